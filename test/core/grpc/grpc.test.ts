import { describe, expect, test } from "vitest";

import { loadCore } from "../../support/core_probe.ts";

interface Exports {
  isGrpcContentType(ptr: number, len: number): number;
}

const probe = await loadCore<Exports>();

describe("a gRPC request", () => {
  const types: [value: string, isGrpc: boolean][] = [
    ["application/grpc", true],
    ["application/grpc+proto", true],
    ["application/grpc+json", true],
    ["application/grpc+", true],
    ["application/grpc-web", false],
    ["application/grpc-web+proto", false],
    ["application/grpc;charset=utf-8", false],
    ["application/grp", false],
    ["Application/grpc", false],
    ["application/json", false],
    ["", false],
  ];
  test.each(types)("content-type %s: %s", (value, isGrpc) => {
    probe.reset();
    expect(probe.core.isGrpcContentType(probe.put(value), value.length) === 1).toBe(isGrpc);
  });
});
