// The services of an API for @grpc/grpc-js: messages are objects with the field names of the proto,
// enumerations are names, 64-bit numbers are JavaScript's.

import type { MethodDefinition, ServiceDefinition } from "@grpc/grpc-js";
import type protobuf from "protobufjs";

export type Message = Record<string, unknown>;
export type Method = MethodDefinition<Message, Message>;

/** Methods by name; register them with a server, or pick one for a client's call. */
export function grpcService(service: protobuf.Service): ServiceDefinition & Record<string, Method> {
  return Object.fromEntries(
    service.methodsArray.map((method) => [method.name, methodDefinition(method)]),
  );
}

function methodDefinition(method: protobuf.Method): Method {
  const { resolvedRequestType: request, resolvedResponseType: response } = method;
  if (request === null || response === null) throw new Error(`${method.fullName} is not resolved`);
  return {
    path: `/${method.parent?.fullName.slice(1) ?? ""}/${method.name}`,
    requestStream: method.requestStream === true,
    responseStream: method.responseStream === true,
    requestSerialize: encoder(request),
    requestDeserialize: decoder(request),
    responseSerialize: encoder(response),
    responseDeserialize: decoder(response),
  };
}

function encoder(type: protobuf.Type): (message: Message) => Buffer {
  return (message) => Buffer.from(type.encode(type.fromObject(message)).finish());
}

function decoder(type: protobuf.Type): (bytes: Buffer) => Message {
  return (bytes) =>
    type.toObject(type.decode(bytes), { defaults: true, enums: String, longs: Number });
}
