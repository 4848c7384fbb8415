// Length-prefixed messages of gRPC over HTTP/2: one byte compressed flag, four bytes length.
// https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-HTTP2.md

const PREFIX_BYTES = 5;

export function frameMessage(message: Uint8Array): Buffer {
  const frame = Buffer.alloc(PREFIX_BYTES + message.length);
  frame.writeUInt32BE(message.length, 1);
  frame.set(message, PREFIX_BYTES);
  return frame;
}

/** The messages in a body; throws when it ends inside one. */
export function parseMessages(body: Buffer): Buffer[] {
  const messages: Buffer[] = [];
  let at = 0;
  while (at < body.length) {
    const end = at + PREFIX_BYTES + body.readUInt32BE(at + 1);
    if (end > body.length) throw new Error("the gRPC body ends inside a message");
    messages.push(body.subarray(at + PREFIX_BYTES, end));
    at = end;
  }
  return messages;
}
