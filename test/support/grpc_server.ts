// A gRPC server with one unary method over bytes.

import type { Metadata, ServiceError } from "@grpc/grpc-js";
import { Server, ServerCredentials } from "@grpc/grpc-js";

export const IDENTITY = {
  serialize: (bytes: Buffer) => bytes,
  deserialize: (bytes: Buffer) => bytes,
};

export interface GrpcServer {
  port: number;
  close(): void;
}

export interface UnaryCall {
  request: Buffer;
  metadata: Metadata;
  sendMetadata(metadata: Metadata): void;
}
export type Done = (
  error: Partial<ServiceError> | null,
  value?: Buffer,
  trailer?: Metadata,
) => void;

/** `path` as on the wire: `/package.Service/Method`. */
export async function startGrpcServer(
  path: string,
  answer: (call: UnaryCall, done: Done) => void,
): Promise<GrpcServer> {
  const server = new Server();
  const method = {
    path,
    requestStream: false,
    responseStream: false,
    requestSerialize: IDENTITY.serialize,
    requestDeserialize: IDENTITY.deserialize,
    responseSerialize: IDENTITY.serialize,
    responseDeserialize: IDENTITY.deserialize,
  } as const;
  server.addService({ Only: method }, { Only: answer });
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, bound) => {
      if (error === null) resolve(bound);
      else reject(error);
    });
  });
  return { port, close: () => server.forceShutdown() };
}
