// Sends one request of the conformance test and reports everything that came back.

import { request as http1Request } from "node:http";
import type { ClientHttp2Session } from "node:http2";
import { connect } from "node:http2";
import type { HeaderList } from "../../host-sim/src/index.ts";

export interface ConformanceRequest {
  protocol: "http1" | "http2";
  method: string;
  path: string;
  headers: HeaderList;
  body: string;
  trailers: HeaderList;
}

/** What a client sees. `reset` is true when the answer did not end well. */
export interface ConformanceAnswer {
  status: number;
  headers: HeaderList;
  body: string;
  trailers: HeaderList;
  reset: boolean;
}

const TIMEOUT_MILLISECONDS = 5000;

export function send(port: number, request: ConformanceRequest): Promise<ConformanceAnswer> {
  return request.protocol === "http1" ? sendHttp1(port, request) : sendHttp2(port, request);
}

function emptyAnswer(): ConformanceAnswer {
  return { status: 0, headers: [], body: "", trailers: [], reset: false };
}

function sendHttp1(port: number, request: ConformanceRequest): Promise<ConformanceAnswer> {
  const answer = emptyAnswer();
  return new Promise((resolve) => {
    const lost = (): void => resolve({ ...answer, reset: true });
    const { method, path } = request;
    const options = { host: "127.0.0.1", port, method, path, agent: false };
    const sent = http1Request({ ...options, headers: request.headers.flat() }, (response) => {
      answer.status = response.statusCode ?? 0;
      answer.headers = pairUp(response.rawHeaders);
      response.setEncoding("latin1").on("data", (text: string) => (answer.body += text));
      response.on("error", lost);
      response.on("end", () => {
        resolve({ ...answer, trailers: pairUp(response.rawTrailers) });
      });
    });
    sent.setTimeout(TIMEOUT_MILLISECONDS, () => sent.destroy());
    sent.on("error", lost);
    sent.end(request.body, "latin1");
  });
}

async function sendHttp2(port: number, request: ConformanceRequest): Promise<ConformanceAnswer> {
  const session = connect(`http://127.0.0.1:${port}`);
  session.on("error", () => undefined);
  try {
    return await exchange(session, request);
  } finally {
    session.destroy();
  }
}

function exchange(
  session: ClientHttp2Session,
  request: ConformanceRequest,
): Promise<ConformanceAnswer> {
  const answer = emptyAnswer();
  const headers: Record<string, string | string[]> = {
    ":method": request.method,
    ":path": request.path,
    ":authority": "probe.test",
  };
  for (const [name, value] of request.headers) {
    const known = headers[name];
    if (name === "host") continue;
    headers[name] = known === undefined ? value : [known, value].flat();
  }
  const endStream = request.body === "" && request.trailers.length === 0;
  return new Promise((resolve) => {
    const waitForTrailers = request.trailers.length > 0;
    const stream = session.request(headers, { endStream, waitForTrailers });
    stream.setTimeout(TIMEOUT_MILLISECONDS, () => stream.close(8));
    stream.on("wantTrailers", () => stream.sendTrailers(Object.fromEntries(request.trailers)));
    stream.on("response", (_headers: unknown, _flags: unknown, raw: unknown) => {
      answer.headers = pairUp(raw);
      answer.status = Number(answer.headers.find(([name]) => name === ":status")?.[1] ?? 0);
    });
    stream.on("trailers", (_headers: unknown, _flags: unknown, raw: unknown) => {
      answer.trailers = pairUp(raw);
    });
    stream.setEncoding("latin1").on("data", (text: string) => (answer.body += text));
    stream.on("error", () => undefined);
    stream.on("close", () => resolve({ ...answer, reset: stream.rstCode !== 0 }));
    if (!endStream) stream.end(request.body, "latin1");
  });
}

function pairUp(raw: unknown): HeaderList {
  if (!Array.isArray(raw)) return [];
  const list: HeaderList = [];
  for (let index = 0; index + 1 < raw.length; index += 2) {
    list.push([String(raw[index]).toLowerCase(), String(raw[index + 1])]);
  }
  return list;
}
