// node:http2 refuses to send repeated singleton fields, upper case names and control bytes. It is
// given pseudo-headers only; the field lines are appended to its HEADERS frames on the wire, as
// literals without indexing (RFC 7541 §6.2.2), which leave the compression state as it is.

import type { HeaderList } from "../../host-sim/src/index.ts";

const PREFACE_BYTES = 24;
const FRAME_HEADER_BYTES = 9;
const FRAME_PAYLOAD_BYTES_MAX = 16_384;
const TYPE_HEADERS = 1;
const TYPE_CONTINUATION = 9;
const FLAG_END_HEADERS = 4;

/** Rewrites the client's half of one connection. */
export class HeaderBlockAppender {
  private readonly waiting: Buffer[] = [];
  private pending = Buffer.alloc(0);
  private prefaceLeft = PREFACE_BYTES;

  /** Field lines for the next HEADERS frame that has none yet. */
  queue(lines: HeaderList): void {
    this.waiting.push(Buffer.concat(lines.map(encodeLiteral)));
  }

  /** Bytes that node:http2 wrote → bytes for the wire. Keeps an incomplete frame for later. */
  rewrite(chunk: Uint8Array): Buffer {
    const output: Buffer[] = [];
    let input = Buffer.concat([this.pending, chunk]);
    const preface = Math.min(this.prefaceLeft, input.length);
    output.push(input.subarray(0, preface));
    this.prefaceLeft -= preface;
    input = input.subarray(preface);
    while (input.length >= FRAME_HEADER_BYTES) {
      const end = FRAME_HEADER_BYTES + input.readUIntBE(0, 3);
      if (input.length < end) break;
      output.push(...this.complete(input.subarray(0, end)));
      input = input.subarray(end);
    }
    this.pending = Buffer.from(input);
    return Buffer.concat(output);
  }

  private complete(frame: Buffer): Buffer[] {
    const lines = frame[3] === TYPE_HEADERS ? this.waiting.shift() : undefined;
    if (lines === undefined) return [frame];
    const flags = frame[4] ?? 0;
    const streamId = frame.readUInt32BE(5);
    const block = Buffer.concat([frame.subarray(FRAME_HEADER_BYTES), lines]);
    const frames: Buffer[] = [];
    for (let at = 0; at < block.length; at += FRAME_PAYLOAD_BYTES_MAX) {
      const payload = block.subarray(at, at + FRAME_PAYLOAD_BYTES_MAX);
      const isLast = at + FRAME_PAYLOAD_BYTES_MAX >= block.length;
      const kept = at === 0 ? flags & ~FLAG_END_HEADERS : 0;
      const header = Buffer.alloc(FRAME_HEADER_BYTES);
      header.writeUIntBE(payload.length, 0, 3);
      header[3] = at === 0 ? TYPE_HEADERS : TYPE_CONTINUATION;
      header[4] = kept | (isLast ? FLAG_END_HEADERS : 0);
      header.writeUInt32BE(streamId, 5);
      frames.push(header, payload);
    }
    return frames;
  }
}

function encodeLiteral([name, value]: [string, string]): Buffer {
  return Buffer.concat([Buffer.from([0]), encodeString(name), encodeString(value)]);
}

/** RFC 7541 §5.2 without Huffman coding. */
function encodeString(text: string): Buffer {
  const bytes = Buffer.from(text, "latin1");
  return Buffer.concat([encodeInteger(bytes.length), bytes]);
}

/** RFC 7541 §5.1 with a prefix of seven bits. */
function encodeInteger(value: number): Buffer {
  const limit = 0x7f;
  if (value < limit) return Buffer.from([value]);
  const bytes = [limit];
  let rest = value - limit;
  for (; rest >= 0x80; rest >>>= 7) bytes.push((rest & 0x7f) | 0x80);
  bytes.push(rest);
  return Buffer.from(bytes);
}
