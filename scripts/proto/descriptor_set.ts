// The descriptor set of an API, as Envoy's grpc_json_transcoder reads it: one FileDescriptorProto
// that depends on no other, with the `google.api.http` annotations.

import protobuf from "protobufjs";
import descriptor from "protobufjs/ext/descriptor/index.js";

import { httpRule, servicesOf } from "./api.ts";

/** Number of the extension `google.api.http` of MethodOptions (google/api/annotations.proto). */
const HTTP_EXTENSION = 72295728;
const HTTP_FIELD = "http_rule";

// protobufjs writes the options that descriptor.proto names. A message as an extension is on the
// wire what a field of bytes is.
const { FileDescriptorSet, MethodOptions } = descriptor;
if (MethodOptions.get(HTTP_FIELD) === null) {
  MethodOptions.add(new protobuf.Field(HTTP_FIELD, HTTP_EXTENSION, "bytes", "optional"));
}

interface FileDescriptor {
  name: string;
  package: string;
  service: { name: string; method: { name: string; options?: object }[] }[];
}

/** A serialised `google.protobuf.FileDescriptorSet` of one package in proto3 syntax. */
export function descriptorSet(root: protobuf.Root, packageName: string): Uint8Array {
  const set: { file?: FileDescriptor[] } = FileDescriptorSet.toObject(root.toDescriptor("proto3"), {
    arrays: false,
  });
  const file = set.file?.find((one) => one.package === packageName);
  if (file === undefined) throw new Error(`${packageName} declares nothing`);
  const ruleType = root.lookupType("google.api.HttpRule");
  const services = new Map(servicesOf(root, packageName).map((one) => [one.name, one]));
  for (const service of file.service) {
    for (const method of service.method) {
      const declared = services.get(service.name)?.methods[method.name];
      const rule = declared === undefined ? null : httpRule(declared);
      if (rule === null) continue;
      const bytes = ruleType.encode(ruleType.fromObject(rule)).finish();
      method.options = { [HTTP_FIELD]: bytes };
    }
  }
  return FileDescriptorSet.encode(FileDescriptorSet.fromObject({ file: [file] })).finish();
}
