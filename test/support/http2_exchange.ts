// An HTTP/2 client and an upstream that send trailers, and keep what they get.

import { once } from "node:events";
import type { ClientHttp2Stream, ServerHttp2Session, ServerHttp2Stream } from "node:http2";
import { connect, createServer } from "node:http2";
import type { HeaderList } from "../../host-sim/src/index.ts";

const TIMEOUT_MILLISECONDS = 10_000;

export interface ExchangeRequest {
  path: string;
  /** Default "example.test". */
  authority?: string;
  headers: HeaderList;
  body?: Uint8Array;
  trailers?: HeaderList | undefined;
}

/** What a client got. */
export interface Exchanged {
  status: number;
  headers: HeaderList;
  trailers: HeaderList;
  body: Buffer;
  /** Whether the stream ended with RST_STREAM and a code other than NO_ERROR. */
  isReset: boolean;
}

export interface ExchangeAnswer {
  headers?: HeaderList;
  body?: string;
  trailers?: HeaderList;
}

export interface ExchangeUpstream {
  port: number;
  /** Of the request that came since `begin`; null until it has ended. */
  readonly trailers: HeaderList | null;
  /** Requests that were cut off. */
  readonly cutOff: number;
  /** What the next request is answered with: when it has ended, or as soon as it begins. */
  begin(answer: ExchangeAnswer, when?: "ended" | "early"): void;
  /** Ends an early answer. */
  finish(): void;
  close(): void;
}

type Fields = Record<string, string | string[]>;

/** Repeated names are a list. */
function fieldsOf(list: HeaderList): Fields {
  const fields: Record<string, string[]> = {};
  for (const [name, value] of list) (fields[name] ??= []).push(value);
  return fields;
}

function linesOf(raw: unknown): HeaderList {
  const lines: HeaderList = [];
  if (!Array.isArray(raw)) return lines;
  for (let i = 0; i + 1 < raw.length; i += 2) lines.push([String(raw[i]), String(raw[i + 1])]);
  return lines.filter(([name]) => !name.startsWith(":"));
}

export async function startExchangeUpstream(): Promise<ExchangeUpstream> {
  const sessions = new Set<ServerHttp2Session>();
  const server = createServer();
  server.on("session", (session) => sessions.add(session));
  let answer: ExchangeAnswer = {};
  let isEarly = false;
  let trailers: HeaderList | null = null;
  let cutOff = 0;
  let open: ServerHttp2Stream | null = null;
  const respond = (stream: ServerHttp2Stream): void => {
    const { headers = [], body = "", trailers: last } = answer;
    const endStream = body === "" && last === undefined;
    const options = { endStream, waitForTrailers: last !== undefined };
    stream.on("wantTrailers", () => stream.sendTrailers(fieldsOf(last ?? [])));
    stream.respond({ ":status": 200, ...fieldsOf(headers) }, options);
    if (isEarly) stream.write(body);
    else if (!endStream) stream.end(body);
  };
  server.on("stream", (stream: ServerHttp2Stream) => {
    let seen: HeaderList = [];
    open = stream;
    stream.on("error", () => undefined);
    stream.on("aborted", () => cutOff++);
    stream.on("trailers", (_fields: unknown, _flags: unknown, raw?: unknown) => {
      seen = linesOf(raw);
    });
    stream.resume();
    stream.on("end", () => {
      if (stream.aborted) return;
      trailers = seen;
      if (!isEarly) respond(stream);
    });
    if (isEarly) respond(stream);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  return {
    port: typeof address === "object" && address !== null ? address.port : 0,
    get trailers() {
      return trailers;
    },
    get cutOff() {
      return cutOff;
    },
    begin: (next, when = "ended") => {
      answer = next;
      isEarly = when === "early";
      trailers = null;
    },
    finish: () => void open?.end(),
    close: () => {
      for (const session of sessions) session.destroy();
      server.close();
    },
  };
}

/** Begins a request whose body is the caller's to write and end. */
export function openExchange(
  port: number,
  { path, authority = "example.test", headers, trailers }: ExchangeRequest,
): { stream: ClientHttp2Stream; ended: Promise<Exchanged> } {
  const session = connect(`http://127.0.0.1:${port}`);
  session.on("error", () => undefined);
  const pseudo = { ":method": "POST", ":path": path, ":authority": authority };
  const options = { endStream: false, waitForTrailers: trailers !== undefined };
  const stream = session.request({ ...pseudo, ...fieldsOf(headers) }, options);
  stream.on("wantTrailers", () => stream.sendTrailers(fieldsOf(trailers ?? [])));
  const found: Exchanged = {
    status: 0,
    headers: [],
    trailers: [],
    body: Buffer.alloc(0),
    isReset: false,
  };
  stream.on("response", (fields, _flags, raw?: unknown) => {
    found.status = fields[":status"] ?? 0;
    found.headers = linesOf(raw);
  });
  stream.on("trailers", (_fields: unknown, _flags: unknown, raw?: unknown) => {
    found.trailers = linesOf(raw);
  });
  stream.on("data", (chunk: Buffer) => {
    found.body = Buffer.concat([found.body, chunk]);
  });
  stream.on("error", () => undefined);
  stream.setTimeout(TIMEOUT_MILLISECONDS, () => stream.destroy(new Error("no response in time")));
  const ended = new Promise<Exchanged>((resolve) => {
    stream.on("close", () => {
      session.destroy();
      resolve({ ...found, isReset: stream.rstCode !== 0 });
    });
  });
  return { stream, ended };
}

/** A whole request, and what came of it. */
export function exchange(port: number, request: ExchangeRequest): Promise<Exchanged> {
  const { stream, ended } = openExchange(port, request);
  stream.end(request.body ?? Buffer.from("{}"));
  return ended;
}
