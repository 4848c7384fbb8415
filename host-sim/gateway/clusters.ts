// The clusters that the module may call, and nothing else: each an origin, reached by a pool of its
// own, or by a gRPC client once a gRPC call goes there. Answers as Envoy's async client gives them:
// whole, or a broken connection.

import { Pool } from "undici";
import type { GrpcDispatcher, HeaderList, HttpCall, HttpDispatcher } from "../src/index.ts";
import { fieldsFrom } from "./fields.ts";
import { createGrpcClients } from "./grpc_clients.ts";
import { upstreamOrigin } from "./upstream.ts";

/** Bytes of an answer; Envoy's default for a buffered response is of this order. */
const BODY_BYTES_MAX = 1_048_576;
/** Milliseconds until a connection counts as failed: the call's own timeout ends it earlier. */
const CONNECT_MILLISECONDS = 5_000;

export interface ClusterAnswer {
  /** `:status` first. */
  headers: HeaderList;
  body: Uint8Array;
}

export interface Clusters {
  names: readonly string[];
  dispatch: HttpDispatcher;
  dispatchGrpc: GrpcDispatcher;
  /** The answer to a call, which is left for the caller to give; rejects when there is none. */
  ask(call: HttpCall): Promise<ClusterAnswer>;
  close(): Promise<void>;
}

/**
 * `origins` is an origin by name of cluster. Throws a TypeError for what is no origin. A call that
 * failed for a reason of ours or the network's is told to `onFailure` in one line.
 */
export function createClusters(
  origins: Readonly<Record<string, string>>,
  onFailure: (message: string) => void,
): Clusters {
  const pools = new Map<string, Pool>();
  for (const [name, url] of Object.entries(origins)) {
    const origin = upstreamOrigin(url);
    pools.set(name, new Pool(origin, { connections: 4, connectTimeout: CONNECT_MILLISECONDS }));
  }
  const grpc = createGrpcClients(origins, onFailure);
  const ask = async (call: HttpCall): Promise<ClusterAnswer> => {
    const pool = pools.get(call.cluster);
    if (pool === undefined) throw new Error("no such cluster");
    return answer(pool, call);
  };
  return {
    names: [...pools.keys()],
    ask,
    dispatch: (call) => {
      ask(call).then(
        (answered) => call.respond(answered),
        (error: unknown) => {
          if (call.finished) return;
          const reason = error instanceof Error ? error.message : String(error);
          onFailure(`cluster ${call.cluster}: ${reason}`);
          call.reset();
        },
      );
    },
    dispatchGrpc: grpc.dispatch,
    async close() {
      grpc.close();
      await Promise.all([...pools.values()].map((pool) => pool.destroy()));
    },
  };
}

async function answer(pool: Pool, call: HttpCall): Promise<ClusterAnswer> {
  const pseudo = (name: string): string => call.headers.find(([each]) => each === name)?.[1] ?? "";
  const regular = call.headers.filter(([name]) => !name.startsWith(":") && name !== "host");
  const response = await pool.request({
    method: pseudo(":method"),
    path: pseudo(":path"),
    headers: ["host", pseudo(":authority"), ...regular.flat()],
    body: call.body.length === 0 ? null : call.body,
    signal: call.signal,
    responseHeaders: "raw",
  });
  const raw: unknown = response.headers;
  const status: [string, string] = [":status", String(response.statusCode)];
  const headers: HeaderList = [status, ...fieldsFrom(Array.isArray(raw) ? raw.map(String) : [])];
  return { headers, body: await readBounded(response.body) };
}

async function readBounded(source: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const pieces: Uint8Array[] = [];
  let length = 0;
  for await (const piece of source) {
    length += piece.length;
    if (length > BODY_BYTES_MAX) throw new Error(`an answer of more than ${BODY_BYTES_MAX} bytes`);
    pieces.push(piece);
  }
  return Buffer.concat(pieces);
}
