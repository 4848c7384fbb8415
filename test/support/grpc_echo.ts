// A gRPC server that echoes a message with metadata, and a client of it.

import { Client, credentials, Metadata, status } from "@grpc/grpc-js";
import type { Done, GrpcServer, UnaryCall } from "./grpc_server.ts";
import { IDENTITY, startGrpcServer } from "./grpc_server.ts";

const ECHO = "/test.Echo/Echo";
const TIMEOUT_MILLISECONDS = 10_000;

export interface EchoCalled {
  code: number;
  details: string;
  value: string | undefined;
  initial: Metadata;
  trailing: Metadata;
}

function metadata(where: string): Metadata {
  const own = new Metadata();
  own.set("x-old", where);
  own.set("x-internal-host", "10.0.0.1");
  return own;
}

/** `fail` fails behind the initial metadata, `fail at once` without it. */
function echo(call: UnaryCall, done: Done): void {
  const message = call.request.toString();
  const trailing = metadata("trailing");
  if (message !== "fail at once") call.sendMetadata(metadata("initial"));
  if (!message.startsWith("fail")) done(null, call.request, trailing);
  else done({ code: status.NOT_FOUND, details: "no order é %", metadata: trailing });
}

export const startEcho = (): Promise<GrpcServer> => startGrpcServer(ECHO, echo);

export function callEcho(port: number, message: string): Promise<EchoCalled> {
  const client = new Client(`127.0.0.1:${port}`, credentials.createInsecure());
  return new Promise((resolve) => {
    let value: string | undefined;
    let initial = new Metadata();
    const call = client.makeUnaryRequest(
      ECHO,
      IDENTITY.serialize,
      IDENTITY.deserialize,
      Buffer.from(message),
      new Metadata(),
      { deadline: Date.now() + TIMEOUT_MILLISECONDS },
      (_error, bytes) => {
        value = bytes?.toString();
      },
    );
    call.on("metadata", (own: Metadata) => {
      initial = own;
    });
    call.on("status", ({ code, details, metadata: trailing }) => {
      setImmediate(() => {
        client.close();
        resolve({ code, details, value, initial, trailing });
      });
    });
  });
}
