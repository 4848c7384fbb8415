// Clients that send exactly the field lines they are given: order, repeats, letter case and bytes
// that ordinary clients refuse or tidy up.

import type { ClientHttp2Session, IncomingHttpHeaders, IncomingHttpStatusHeader } from "node:http2";
import { connect as connectHttp2 } from "node:http2";
import type { Socket } from "node:net";
import { connect } from "node:net";
import { Duplex } from "node:stream";
import type { HeaderList } from "../../host-sim/src/index.ts";
import { frameMessage } from "./grpc_frame.ts";
import { HeaderBlockAppender } from "./http2_frames.ts";
import { ResponseParser } from "./http1_response.ts";

export interface ClientRequest {
  method: string;
  path: string;
  authority: string;
  /** Field lines as they go on the wire, latin1. */
  headers: HeaderList;
  body?: Uint8Array;
}

export interface ClientResponse {
  status: number;
  /** Names in lower case, repeats kept, latin1. */
  headers: HeaderList;
  trailers: HeaderList;
  body: Buffer;
}

export interface Client {
  send(request: ClientRequest): Promise<ClientResponse>;
  close(): void;
}

const TIMEOUT_MILLISECONDS = 10_000;

/** HTTP/1.1, one connection a request. */
export function http1Client(port: number): Client {
  return { send: (request) => sendHttp1(port, request), close: () => undefined };
}

/** HTTP/2 with prior knowledge, one connection for all requests, one request at a time. */
export function http2Client(port: number): Client {
  const lines = new HeaderBlockAppender();
  const session = connectHttp2(`http://127.0.0.1:${port}`, {
    createConnection: () => rewritingConnection(port, lines),
  });
  session.on("error", () => undefined);
  return {
    send: (request) => sendHttp2(session, lines, request),
    close: () => session.destroy(),
  };
}

/** gRPC framing over HTTP/2: content-type and te are added, the body becomes one message. */
export function grpcClient(port: number): Client {
  const client = http2Client(port);
  return {
    send: (request) => {
      const own: HeaderList = [
        ["content-type", "application/grpc"],
        ["te", "trailers"],
      ];
      const given = new Set(request.headers.map(([name]) => name));
      const added = own.filter(([name]) => !given.has(name));
      const body = frameMessage(request.body ?? new Uint8Array());
      return client.send({ ...request, headers: [...added, ...request.headers], body });
    },
    close: () => client.close(),
  };
}

/** Small writes go out at once: a delayed acknowledgement costs 40 ms a request. */
function connectTcp(port: number): Socket {
  return connect({ port, host: "127.0.0.1", noDelay: true });
}

function sendHttp1(port: number, request: ClientRequest): Promise<ClientResponse> {
  return new Promise((done, fail) => {
    const socket = connectTcp(port);
    const parser = new ResponseParser();
    const timer = setTimeout(() => finish(new Error("no response in time")), TIMEOUT_MILLISECONDS);
    const finish = (outcome: ClientResponse | Error): void => {
      clearTimeout(timer);
      socket.destroy();
      if (outcome instanceof Error) fail(outcome);
      else done(outcome);
    };
    socket.on("error", finish);
    socket.on("end", () => finish(new Error("the connection closed inside the response")));
    socket.on("data", (chunk) => {
      try {
        const response = parser.push(chunk);
        if (response !== null) finish(response);
      } catch (error) {
        finish(error instanceof Error ? error : new Error(String(error)));
      }
    });
    socket.write(encodeHttp1(request));
  });
}

function encodeHttp1(request: ClientRequest): Buffer {
  const lines = [`${request.method} ${request.path} HTTP/1.1`, `host: ${request.authority}`];
  for (const [name, value] of request.headers) lines.push(`${name}: ${value}`);
  if (request.body !== undefined) lines.push(`content-length: ${request.body.length}`);
  const head = Buffer.from(`${lines.join("\r\n")}\r\n\r\n`, "latin1");
  return Buffer.concat([head, request.body ?? new Uint8Array()]);
}

type Http2ResponseHeaders = IncomingHttpHeaders & IncomingHttpStatusHeader;

function sendHttp2(
  session: ClientHttp2Session,
  lines: HeaderBlockAppender,
  request: ClientRequest,
): Promise<ClientResponse> {
  return new Promise((done, fail) => {
    lines.queue(request.headers);
    const pseudo = {
      ":method": request.method,
      ":path": request.path,
      ":authority": request.authority,
    };
    const stream = session.request(pseudo, { endStream: request.body === undefined });
    const response: ClientResponse = {
      status: 0,
      headers: [],
      trailers: [],
      body: Buffer.alloc(0),
    };
    stream.on("response", (headers: Http2ResponseHeaders, _flags, raw?: string[]) => {
      response.status = headers[":status"] ?? 0;
      response.headers = fieldLines(raw, headers);
    });
    stream.on("trailers", (headers: IncomingHttpHeaders, _flags, raw?: string[]) => {
      response.trailers = fieldLines(raw, headers);
    });
    stream.on("data", (chunk: Buffer) => {
      response.body = Buffer.concat([response.body, chunk]);
    });
    stream.setTimeout(TIMEOUT_MILLISECONDS, () => stream.destroy(new Error("no response in time")));
    stream.on("error", fail);
    stream.on("close", () => {
      if (response.status === 0) fail(new Error(`stream reset, code ${stream.rstCode}`));
      else done(response);
    });
    if (request.body !== undefined) stream.end(request.body);
  });
}

/** Node 20 hands over the raw list as one more argument that its types do not name. */
function fieldLines(raw: string[] | undefined, headers: IncomingHttpHeaders): HeaderList {
  if (raw === undefined) {
    return Object.entries(headers).flatMap(([name, value]) =>
      [value ?? []].flat().map((one): [string, string] => [name, one]),
    );
  }
  const lines: HeaderList = [];
  for (let i = 0; i + 1 < raw.length; i += 2) lines.push([raw[i] ?? "", raw[i + 1] ?? ""]);
  return lines.filter(([name]) => !name.startsWith(":"));
}

/** A TCP connection that completes the header blocks which node:http2 writes. */
function rewritingConnection(port: number, lines: HeaderBlockAppender): Duplex {
  const socket = connectTcp(port);
  const duplex = new Duplex({
    read: () => socket.resume(),
    write: (chunk: Buffer, _encoding, done) =>
      void socket.write(lines.rewrite(chunk), () => done()),
    final: (done) => void socket.end(() => done()),
    destroy: (error, done) => {
      socket.destroy();
      done(error);
    },
  });
  socket.on("data", (chunk) => {
    if (!duplex.push(chunk)) socket.pause();
  });
  socket.on("end", () => duplex.push(null)).on("error", (error) => duplex.destroy(error));
  return duplex;
}
