// A gRPC server that echoes a message with metadata, and a client of it.

import type { ServiceError } from "@grpc/grpc-js";
import { Client, credentials, Metadata, Server, ServerCredentials, status } from "@grpc/grpc-js";

const IDENTITY = { serialize: (bytes: Buffer) => bytes, deserialize: (bytes: Buffer) => bytes };
const ECHO = "/test.Echo/Echo";
const TIMEOUT_MILLISECONDS = 10_000;

export interface EchoServer {
  port: number;
  close(): void;
}

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

interface EchoCall {
  request: Buffer;
  sendMetadata(metadata: Metadata): void;
}
type Done = (error: Partial<ServiceError> | null, value?: Buffer, trailer?: Metadata) => void;

/** `fail` fails behind the initial metadata, `fail at once` without it. */
function echo(call: EchoCall, done: Done): void {
  const message = call.request.toString();
  const trailing = metadata("trailing");
  if (message !== "fail at once") call.sendMetadata(metadata("initial"));
  if (!message.startsWith("fail")) done(null, call.request, trailing);
  else done({ code: status.NOT_FOUND, details: "no order é %", metadata: trailing });
}

export async function startEcho(): Promise<EchoServer> {
  const server = new Server();
  const method = {
    path: ECHO,
    requestStream: false,
    responseStream: false,
    requestSerialize: IDENTITY.serialize,
    requestDeserialize: IDENTITY.deserialize,
    responseSerialize: IDENTITY.serialize,
    responseDeserialize: IDENTITY.deserialize,
  } as const;
  server.addService({ Echo: method }, { Echo: echo });
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, bound) => {
      if (error === null) resolve(bound);
      else reject(error);
    });
  });
  return { port, close: () => server.forceShutdown() };
}

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
