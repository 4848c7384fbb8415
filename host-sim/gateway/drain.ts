// The rest of a request body after its answer has gone out: read a little so that the connection
// can be kept and the client sees the answer instead of a reset, then cut.

import type { IncomingMessage } from "node:http";

const DRAIN_BYTES_MAX = 1 << 20;
const DRAIN_MILLISECONDS_MAX = 2000;

export function drainRest(request: IncomingMessage): void {
  if (request.readableEnded || request.destroyed) return;
  const { socket } = request;
  const timer = setTimeout(() => socket.destroy(), DRAIN_MILLISECONDS_MAX);
  request.once("close", () => clearTimeout(timer));
  request.once("end", () => clearTimeout(timer));
  let bytesLeft = DRAIN_BYTES_MAX;
  request.on("data", (chunk: Buffer) => {
    bytesLeft -= chunk.length;
    if (bytesLeft < 0) socket.destroy();
  });
  request.on("error", () => socket.destroy());
  request.resume();
}
