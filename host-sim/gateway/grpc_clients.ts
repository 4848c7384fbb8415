// Unary gRPC calls to the clusters that the module may call. Messages are the module's own bytes:
// nothing here knows what they mean.

import { Client, credentials, Metadata, status } from "@grpc/grpc-js";
import type { GrpcCall, GrpcDispatcher } from "../src/index.ts";
import { upstreamOrigin } from "./upstream.ts";

/** Bytes of an answer. */
const MESSAGE_BYTES_MAX = 1_048_576;
/**
 * Milliseconds between attempts to connect at most: the library's default of two minutes would keep
 * a service that is back out of reach.
 */
const RECONNECT_MILLISECONDS_MAX = 1_000;

export interface GrpcClients {
  dispatch: GrpcDispatcher;
  close(): void;
}

/**
 * `origins` is an origin by name of cluster. Throws a TypeError for what is no origin. A call that
 * found no service is told to `onFailure` in one line.
 */
export function createGrpcClients(
  origins: Readonly<Record<string, string>>,
  onFailure: (message: string) => void,
): GrpcClients {
  const clients = new Map<string, Client>();
  const clientOf = (cluster: string): Client | null => {
    const known = clients.get(cluster);
    if (known !== undefined) return known;
    const origin = origins[cluster];
    if (origin === undefined) return null;
    const client = connect(upstreamOrigin(origin));
    clients.set(cluster, client);
    return client;
  };
  return {
    dispatch: (call) => {
      const client = clientOf(call.cluster);
      if (client === null) call.fail(status.UNAVAILABLE);
      else send(client, call, onFailure);
    },
    close() {
      for (const client of clients.values()) client.close();
    },
  };
}

function connect(origin: string): Client {
  const { protocol, hostname, port } = new URL(origin);
  const isSecure = protocol === "https:";
  const address = `${hostname}:${port === "" ? (isSecure ? "443" : "80") : port}`;
  return new Client(address, isSecure ? credentials.createSsl() : credentials.createInsecure(), {
    "grpc.max_receive_message_length": MESSAGE_BYTES_MAX,
    "grpc.max_reconnect_backoff_ms": RECONNECT_MILLISECONDS_MAX,
    "grpc.initial_reconnect_backoff_ms": RECONNECT_MILLISECONDS_MAX,
    // A call is made once, as Envoy makes it.
    "grpc.enable_retries": 0,
  });
}

function send(client: Client, call: GrpcCall, onFailure: (message: string) => void): void {
  const metadata = new Metadata();
  for (const [name, value] of call.metadata) metadata.add(name, value);
  const bytes = (message: Buffer): Buffer => message;
  const started = client.makeUnaryRequest(
    `/${call.service}/${call.method}`,
    bytes,
    bytes,
    Buffer.from(call.message),
    metadata,
    (error, message) => {
      if (call.finished) return;
      if (error === null && message !== undefined) {
        call.respond(message);
        return;
      }
      const code = error?.code ?? status.INTERNAL;
      onFailure(`cluster ${call.cluster}: ${error?.details ?? "no message"}`);
      call.fail(code, error?.details ?? "");
    },
  );
  call.signal.addEventListener("abort", () => {
    started.cancel();
  });
}
