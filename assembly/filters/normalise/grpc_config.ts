// The member `grpc`.

import { NONE } from "../../core/bytes/none";
import { text } from "../../core/bytes/text";
import { durationMilliseconds, fixedNameId, nameId } from "../../core/config/scalars";
import { Value } from "../../core/config/value";
import { addNameFlags, NAME_WRITTEN } from "../../core/headers/names";
import { HeaderPolicy } from "../../core/headers/policy";
import { GRPC_TIMEOUT_COUNT_MAX } from "../../core/limits";
import { GrpcConfig } from "./grpc_model";

const TIMEOUT = text("grpc-timeout");

/** Returns the address of a GrpcConfig. */
export function readGrpc(value: Value, names: usize, policy: HeaderPolicy): usize {
  const ptr = value.block.allocate(<u32>offsetof<GrpcConfig>());
  const config = changetype<GrpcConfig>(ptr);
  config.policy = changetype<usize>(policy);
  const timeout = value.optional("timeout");
  if (timeout !== null) readTimeoutMember(timeout, names, config);
  const binary = value.optional("binary");
  if (binary !== null) readBinaryMember(binary, config);
  const invalid = value.optional("invalidMetadata");
  config.dropsInvalid = invalid === null ? 0 : invalid.choice(["pass", "drop"]);
  const gateway = value.optional("gateway");
  // In the order of the enum.
  config.gateway = gateway === null ? 0 : gateway.choice(["none", "toMetadata", "fromMetadata"]);
  value.done();
  return ptr;
}

function readTimeoutMember(timeout: Value, names: usize, config: GrpcConfig): void {
  config.hasTimeout = 1;
  config.timeoutId = fixedNameId(names, timeout, TIMEOUT);
  config.millisecondsId = NONE;
  addNameFlags(names, config.timeoutId, NAME_WRITTEN);
  const header = timeout.optional("header");
  if (header !== null) {
    config.millisecondsId = nameId(names, header);
    if (header.error.failed) return;
    if (config.millisecondsId == config.timeoutId)
      header.refuse("another header than grpc-timeout");
    addNameFlags(names, config.millisecondsId, NAME_WRITTEN);
  }
  const max = timeout.optional("max");
  if (max !== null) {
    config.timeoutMilliseconds = durationMilliseconds(max, 1, GRPC_TIMEOUT_COUNT_MAX);
  }
  config.onInvalidTimeout = onInvalid(timeout);
  timeout.done();
}

function readBinaryMember(binary: Value, config: GrpcConfig): void {
  config.hasBinary = 1;
  config.onInvalidBinary = onInvalid(binary);
  const padding = binary.optional("padding");
  config.keepsPadding = padding === null || padding.choice(["keep", "remove"]) == 0 ? 1 : 0;
  binary.done();
}

function onInvalid(value: Value): u32 {
  const member = value.optional("onInvalid");
  // In the order of the enum.
  return member === null ? 0 : member.choice(["drop", "reject"]);
}
