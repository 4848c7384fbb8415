// The member `grpc` against a plain reading of its rules, and what a client picks to overrun it.

import fc from "fast-check";
import { describe, expect, test } from "vitest";

import type { HeaderList } from "../../host-sim/src/index.ts";
import { pass, PSEUDO } from "../support/header_filter.ts";
import type { GatewayName } from "../support/grpc_metadata_model.ts";
import { GATEWAYS, grpcMetadataModel } from "../support/grpc_metadata_model.ts";
import { loadShippedModule, Simulated } from "../support/simulated_filter.ts";

const module = await loadShippedModule();
const HEADERS_MAX = 512;

function filterOf(gateway: GatewayName): Simulated {
  return new Simulated(module, {
    configuration: {
      markChecked: true,
      normalise: {
        strip: ["x-jwt-*", "x-internal"],
        map: [{ from: "a-bin", to: "listed-bin" }],
        grpc: {
          timeout: { header: "x-timeout-ms", max: "30s" },
          binary: { padding: "remove" },
          invalidMetadata: "drop",
          gateway,
        },
      },
    },
  });
}
const filters = new Map(GATEWAYS.map((gateway) => [gateway, filterOf(gateway)]));

function filterFor(gateway: GatewayName): Simulated {
  const filter = filters.get(gateway);
  if (filter === undefined) throw new Error(`no filter ${gateway}`);
  return filter;
}

/** Values by name: which line stands where among others is of no importance. */
function byName(headers: HeaderList): Record<string, string[]> {
  const found: Record<string, string[]> = {};
  for (const [name, value] of headers) (found[name] ??= []).push(value);
  return Object.fromEntries(Object.entries(found).sort(([a], [b]) => (a < b ? -1 : 1)));
}

const GRPC: [string, string] = ["content-type", "application/grpc"];
const plainNames = ["tenant", "accept", "cookie", "x-internal", "x-jwt-a", "te", "x!y", "expect"];
const binaryNames = ["x-bin", "a-bin", "listed-bin", "grpc-trace-bin"];
const grpcNames = ["grpc-status", "grpc-timeout", "x-timeout-ms", "grpc-", "grpc-metadata-"];
const names = [...plainNames, ...binaryNames, ...grpcNames];
const name = fc.oneof(
  fc.constantFrom(...names),
  fc.constantFrom(...names).map((each) => `grpc-metadata-${each}`),
  fc.constantFrom(...names).map((each) => `grpcgateway-${each}`),
);
const texts = [
  "",
  "a",
  "YQ",
  "YQ==",
  "YQ,Yg==",
  "YR",
  "\xe9",
  "5S",
  "1n",
  "99H",
  "0m",
  "7",
  "31000",
];
const value = fc.oneof(fc.constantFrom(...texts), fc.string({ maxLength: 8 }).map(printable));

/** Without what no field may have, or a codec would trim. */
function printable(text: string): string {
  return text.replace(/[^\x20-\x7e]/g, "~").trim();
}

/** Names of which Envoy makes one line itself, in whatever disguise. */
const JOINED_BY_HOST = /^(?:grpc-metadata-|grpcgateway-)?(accept|expect|te|grpc-timeout)$/;

/** Whether a line is not another one of such a name. */
function isFirstOfJoined([name]: [string, string], index: number, all: HeaderList): boolean {
  const inner = JOINED_BY_HOST.exec(name)?.[1];
  const isSame = ([other]: [string, string]): boolean => JOINED_BY_HOST.exec(other)?.[1] === inner;
  return inner === undefined || all.findIndex(isSame) === index;
}

describe("metadata", () => {
  test.each(GATEWAYS)("is what the rules say (gateway %s)", (gateway) => {
    const filter = filterFor(gateway);
    const lines = fc.array(fc.tuple(name, value), { maxLength: 12 });
    fc.assert(
      fc.property(lines, fc.boolean(), (sent, isGrpc) => {
        const given = sent.filter(isFirstOfJoined);
        const headers: HeaderList = isGrpc ? [GRPC, ...given] : given;
        const passed = pass(filter, headers);
        if (typeof passed === "string") throw new Error(passed);
        expect(byName(passed)).toEqual(byName(grpcMetadataModel(headers, isGrpc, gateway)));
      }),
      { numRuns: 3000 },
    );
  });

  test("may have any bytes in names and values", () => {
    const bytes = fc
      .uint8Array({ minLength: 1, maxLength: 24 })
      .map((each) => Buffer.from(each).toString("latin1"));
    const prefix = fc.constantFrom("", "grpc-", "grpc-metadata-", "grpcgateway-");
    const line = fc.tuple(
      fc.tuple(prefix, bytes).map((parts) => parts.join("").toLowerCase()),
      bytes,
    );
    fc.assert(
      fc.property(
        fc.array(line, { maxLength: 8 }),
        fc.constantFrom(...GATEWAYS),
        fc.boolean(),
        (sent, gateway, isGrpc) => {
          const own: HeaderList = [
            ["tenant", "a"],
            ["x-internal", "forged"],
          ];
          const passed = pass(filterFor(gateway), [...(isGrpc ? [GRPC] : []), ...sent, ...own]);
          if (typeof passed === "string") throw new Error(passed);
          const valuesOf = (sought: string): string[] =>
            passed.filter(([each]) => each === sought).map(([, text]) => text);
          expect(valuesOf("tenant").at(-1)).toBe("a");
          expect(valuesOf("x-internal")).toEqual([]);
        },
      ),
      { numRuns: 2000 },
    );
  });
});

describe("sizes", () => {
  const fields = (count: number, line: (i: number) => [string, string]): HeaderList =>
    Array.from({ length: count }, (_, i) => line(i));
  const most = HEADERS_MAX - PSEUDO.length - 1;
  const edited = (passed: HeaderList | string): Record<string, string[]> | string =>
    typeof passed === "string" ? passed : byName(passed);

  test("as many lines as there may be pass, and become one", () => {
    const lines = fields(most, () => ["x-bin", "YQ=="]);
    const joined = lines.map(() => "YQ").join(",");
    expect(pass(filterFor("none"), [GRPC, ...lines])).toEqual([GRPC, ["x-bin", joined]]);
  });

  test("as many as a request can have are edited", () => {
    const lines = fields(most, (i) => [`x${i}-bin`, "YQ=="]);
    const bare = fields(most, (i) => [`x${i}-bin`, "YQ"]);
    expect(edited(pass(filterFor("none"), [GRPC, ...lines]))).toEqual(byName([GRPC, ...bare]));
    const disguised = fields(most, (i) => [`grpc-metadata-x${i}`, "1"]);
    const plain = fields(most, (i) => [`x${i}`, "1"]);
    expect(edited(pass(filterFor("toMetadata"), disguised))).toEqual(byName(plain));
    const more = fields(most + 2, (i) => [`grpc-metadata-x${i}`, "1"]);
    expect(pass(filterFor("toMetadata"), more)).toBe("headers_too_large");
  });

  test("names of 256 bytes lose their disguise, longer ones are stripped", () => {
    const [at, above] = ["x".repeat(256), "x".repeat(257)];
    expect(pass(filterFor("toMetadata"), [[`grpc-metadata-${at}`, "1"]])).toEqual([[at, "1"]]);
    expect(pass(filterFor("toMetadata"), [[`grpc-metadata-${above}`, "1"]])).toEqual([]);
  });

  test("a value of 8 KiB has a copy, a longer one refuses", () => {
    const [at, above] = ["a".repeat(8192), "a".repeat(8193)];
    expect(pass(filterFor("toMetadata"), [["cookie", at]])).toHaveLength(2);
    expect(pass(filterFor("toMetadata"), [["cookie", above]])).toBe("headers_too_large");
    const joined = (count: number): HeaderList => [
      ["x-bin", "AAAA".repeat(count)],
      ["x-bin", "AA=="],
    ];
    expect(pass(filterFor("none"), [GRPC, ...joined(2047)])).toHaveLength(2);
    expect(pass(filterFor("none"), [GRPC, ...joined(2048)])).toBe("headers_too_large");
  });
});
