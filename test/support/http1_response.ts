// Reads one HTTP/1.1 response, field lines as they came. node:http hides repeats of some fields.

import type { HeaderList } from "../../host-sim/src/index.ts";

export interface Http1Response {
  status: number;
  headers: HeaderList;
  trailers: HeaderList;
  body: Buffer;
}

const HEAD_END = "\r\n\r\n";

export class ResponseParser {
  private received = Buffer.alloc(0);

  /** The response once it is complete, null until then; throws on what is no response. */
  push(chunk: Uint8Array): Http1Response | null {
    this.received = Buffer.concat([this.received, chunk]);
    const headEnd = this.received.indexOf(HEAD_END);
    if (headEnd < 0) return null;
    const [statusLine = "", ...lines] = this.received.toString("latin1", 0, headEnd).split("\r\n");
    const status = Number(/^HTTP\/1\.1 (\d{3})/.exec(statusLine)?.[1]);
    if (!(status >= 100)) throw new Error(`not an HTTP/1.1 response: ${statusLine}`);
    const headers = lines.map(parseLine);
    const body = readBody(this.received.subarray(headEnd + HEAD_END.length), headers);
    return body === null ? null : { status, headers, trailers: [], body };
  }
}

function parseLine(line: string): [string, string] {
  const colon = line.indexOf(":");
  return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()];
}

function readBody(rest: Buffer, headers: HeaderList): Buffer | null {
  const field = (name: string): string | undefined => headers.find(([n]) => n === name)?.[1];
  if (field("transfer-encoding") === "chunked") return readChunks(rest);
  const length = Number(field("content-length") ?? 0);
  return rest.length < length ? null : rest.subarray(0, length);
}

/** RFC 9112 §7.1, without extensions and trailers: Envoy and the upstream send none here. */
function readChunks(rest: Buffer): Buffer | null {
  const chunks: Buffer[] = [];
  for (let at = 0; ;) {
    const lineEnd = rest.indexOf("\r\n", at);
    if (lineEnd < 0) return null;
    const size = Number.parseInt(rest.toString("latin1", at, lineEnd), 16);
    if (!(size >= 0)) throw new Error("a chunk without a size");
    const start = lineEnd + 2;
    if (rest.length < start + size + 2) return null;
    if (size === 0) return Buffer.concat(chunks);
    chunks.push(rest.subarray(start, start + size));
    at = start + size + 2;
  }
}
