import { describe, expect, test } from "vitest";

import { loadConfigurationError } from "../support/configuration_error.ts";

const errorOf = await loadConfigurationError();
const UNRESERVED = "a header that the protocol does not need itself";
const HEADER = "a header name in letters, digits and - (no _, it also stands for the one with -)";

const map = (count: number): object => ({
  map: Array.from({ length: count }, (_, i) => ({ from: `a${String(i)}`, to: "b" })),
});
const strip = (count: number, star: string): object => ({
  strip: Array.from({ length: count }, (_, i) => `x-${String(i)}${star}`),
});

function covers(name: string): string {
  const allowed = "headers that the protocol does not need";
  return `$.normalise.strip[0]: found a * that covers ${name}, allowed: ${allowed}`;
}

describe("the section normalise", () => {
  const accepted: [name: string, section: object][] = [
    ["nothing", {}],
    ["empty lists", { strip: [], map: [] }],
    ["each way with underscores", { underscores: "keep" }],
    ["names in upper case", { strip: ["X-Spiffe-Id", "X-JWT-*"], map: [{ from: "A", to: "B" }] }],
    ["an empty prefix", { map: [{ from: "a", to: "b", prefix: "" }] }],
    [
      "a chain of mappings",
      {
        map: [
          { from: "a", to: "b" },
          { from: "b", to: "c" },
        ],
      },
    ],
    ["the largest map", map(2000)],
    ["a member grpc with nothing in it", { grpc: {} }],
    [
      "each way with metadata",
      {
        grpc: {
          timeout: { header: "X-Timeout-Ms", max: "99999999ms", onInvalid: "reject" },
          binary: { onInvalid: "drop", padding: "remove" },
          invalidMetadata: "pass",
          gateway: "none",
        },
      },
    ],
    [
      "the shortest timeout, and nothing of binary",
      { grpc: { timeout: { max: "1ms" }, binary: {} } },
    ],
    ["the most prefixes", strip(64, "*")],
  ];
  test.each(accepted)("accepts %s", (_name, normalise) => {
    expect(errorOf({ normalise })).toBeNull();
  });

  const refused: [section: unknown, message: string][] = [
    [[], "$.normalise: found an empty list, allowed: an object"],
    [
      { strips: [] },
      "$.normalise.strips: found an unknown member, " +
        "allowed: underscores, strip, preset, singletons, hopByHop, reject, rename, map, remove, " +
        "set, add, append, rewrite, dedupe, filterState, grpcUserAgent, grpc, response, " +
        "requestTrailers, responseTrailers, clearRouteCache",
    ],
    [
      { underscores: "Keep" },
      '$.normalise.underscores: found "Keep", allowed: keep, replace, drop, reject',
    ],
    [
      { underscores: true },
      "$.normalise.underscores: found true, allowed: keep, replace, drop, reject",
    ],
    [{ strip: "x" }, '$.normalise.strip: found "x", allowed: a list of 0 to 2112'],
    [{ strip: [1] }, "$.normalise.strip[0]: found 1, allowed: a text"],
    [{ strip: ["x", ""] }, `$.normalise.strip[1]: found "", allowed: ${HEADER}`],
    [{ strip: ["*"] }, `$.normalise.strip[0]: found "*", allowed: ${HEADER}`],
    [{ strip: ["x_y"] }, `$.normalise.strip[0]: found "x_y", allowed: ${HEADER}`],
    [{ strip: [":path"] }, `$.normalise.strip[0]: found ":path", allowed: ${HEADER}`],
    [{ strip: ["host"] }, `$.normalise.strip[0]: found "host", allowed: ${UNRESERVED}`],
    [{ strip: ["Content-*"] }, covers("content-length")],
    [{ strip: ["t*"] }, covers("te")],
    [{ strip: ["a b"] }, `$.normalise.strip[0]: found "a b", allowed: ${HEADER}`],
    [strip(65, "*"), "$.normalise.strip[64]: found one prefix too many, allowed: 64 prefixes"],
    [{ map: [{}] }, '$.normalise.map[0]: found no member "from", allowed: "from"'],
    [{ map: [{ from: "a" }] }, '$.normalise.map[0]: found no member "to", allowed: "to"'],
    [{ map: [{ to: "a" }] }, '$.normalise.map[0]: found no member "from", allowed: "from"'],
    [
      { map: [{ from: "a", to: "A" }] },
      '$.normalise.map[0].to: found "A", allowed: another header than from',
    ],
    [
      { map: [{ from: "a", to: "te" }] },
      `$.normalise.map[0].to: found "te", allowed: ${UNRESERVED}`,
    ],
    [
      { map: [{ from: "a", to: "b", prefix: "x\n" }] },
      '$.normalise.map[0].prefix: found "x\\n", allowed: a text without control characters',
    ],
    [
      { map: [{ from: "a", to: "b", suffix: "" }] },
      "$.normalise.map[0].suffix: found an unknown member, allowed: from, to, prefix, when",
    ],
    [map(2049), "$.normalise.map: found 2049 values, allowed: a list of 0 to 2048"],
    [
      { grpcUserAgent: "" },
      '$.normalise.grpcUserAgent: found "", allowed: a text of 1 to 256 bytes',
    ],
    [
      { grpcUserAgent: "a\r" },
      '$.normalise.grpcUserAgent: found "a\\r", allowed: a text without control characters',
    ],
    [{ grpc: true }, "$.normalise.grpc: found true, allowed: an object"],
    [
      { grpc: { reserved: "strip" } },
      "$.normalise.grpc.reserved: found an unknown member, " +
        "allowed: timeout, binary, invalidMetadata, gateway",
    ],
    [
      { grpc: { timeout: { min: "1s" } } },
      "$.normalise.grpc.timeout.min: found an unknown member, allowed: header, max, onInvalid",
    ],
    [
      { grpc: { timeout: { header: "host" } } },
      `$.normalise.grpc.timeout.header: found "host", allowed: ${UNRESERVED}`,
    ],
    [
      { grpc: { timeout: { header: "grpc-timeout" } } },
      '$.normalise.grpc.timeout.header: found "grpc-timeout", ' +
        "allowed: another header than grpc-timeout",
    ],
    [
      { grpc: { timeout: { max: "0ms" } } },
      '$.normalise.grpc.timeout.max: found "0ms", ' +
        "allowed: a duration such as 250ms, 30s, 5m, 1h of 1ms to 99999999ms",
    ],
    [
      { grpc: { timeout: { max: "28h" } } },
      '$.normalise.grpc.timeout.max: found "28h", ' +
        "allowed: a duration such as 250ms, 30s, 5m, 1h of 1ms to 99999999ms",
    ],
    [
      { grpc: { timeout: { onInvalid: "keep" } } },
      '$.normalise.grpc.timeout.onInvalid: found "keep", allowed: drop, reject',
    ],
    [{ grpc: { binary: "drop" } }, '$.normalise.grpc.binary: found "drop", allowed: an object'],
    [
      { grpc: { binary: { padding: true } } },
      "$.normalise.grpc.binary.padding: found true, allowed: keep, remove",
    ],
    [
      { grpc: { binary: { valid: true } } },
      "$.normalise.grpc.binary.valid: found an unknown member, allowed: onInvalid, padding",
    ],
    [
      { grpc: { invalidMetadata: "reject" } },
      '$.normalise.grpc.invalidMetadata: found "reject", allowed: pass, drop',
    ],
    [
      { grpc: { gateway: "both" } },
      '$.normalise.grpc.gateway: found "both", allowed: none, toMetadata, fromMetadata',
    ],
  ];
  test.each(refused)("refuses %j", (normalise, message) => {
    expect(errorOf({ normalise })).toBe(message);
  });
});
