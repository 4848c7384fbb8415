// What the member `grpc` of `normalise` makes of a request, read off its documentation: for the
// configuration of test/filters/grpc_metadata.test.ts and names without `_`.

import type { HeaderList } from "../../host-sim/src/index.ts";

export const GATEWAYS = ["none", "toMetadata", "fromMetadata"] as const;
export type GatewayName = (typeof GATEWAYS)[number];

const DISGUISE = "grpc-metadata-";
const COPY = "grpcgateway-";
const MAX_MILLISECONDS = 30_000n;
const OF_REQUESTS = ["timeout", "encoding", "accept-encoding", "message-type", "trace-bin"];
const PERMANENT = ["accept", "authorization", "content-type", "cookie", "expect", "user-agent"];
const PROTOCOL = ["content-type", "expect", "host", "te", "content-length", "connection"];
const UNITS: Readonly<Record<string, bigint>> = {
  H: 3_600_000_000_000n,
  M: 60_000_000_000n,
  S: 1_000_000_000n,
  m: 1_000_000n,
  u: 1_000n,
  n: 1n,
};

const isStripped = (name: string): boolean => name.startsWith("x-jwt-") || name === "x-internal";
const isProtocol = (name: string): boolean => PROTOCOL.includes(name) || /^x-envoy-/.test(name);
const isFree = (name: string): boolean =>
  /^[0-9a-z_.-]+$/.test(name) && !/^(grpc-|grpcgateway-)/.test(name) && !isProtocol(name);
const isSendable = (name: string): boolean => isFree(name) && !isStripped(name);

/** What reaches the upstream. */
export function grpcMetadataModel(
  sent: HeaderList,
  isGrpc: boolean,
  gateway: GatewayName,
): HeaderList {
  const isCall = isGrpc || gateway === "toMetadata";
  let lines = readNames(
    sent.filter(([name]) => !isStripped(name)),
    isGrpc,
    gateway,
  );
  lines = moveBinary(lines);
  lines = mapTimeout(lines, isCall);
  if (isCall) lines = readValues(lines);
  return [...lines, ...copies(lines, isGrpc, gateway)];
}

function readNames(lines: HeaderList, isGrpc: boolean, gateway: GatewayName): HeaderList {
  const plain = new Set(lines.map(([name]) => name));
  const uncovered = (name: string, value: string): HeaderList =>
    isSendable(name) && !plain.has(name) ? [[name, value]] : [];
  return lines.flatMap(([name, value]): HeaderList => {
    const same: HeaderList = [[name, value]];
    if (!isGrpc && name.startsWith(DISGUISE)) {
      const inner = name.slice(DISGUISE.length);
      if (gateway === "toMetadata") return uncovered(inner, value);
      return isSendable(inner) ? same : [];
    }
    if (name.startsWith("grpc-")) return OF_REQUESTS.includes(name.slice(5)) ? same : [];
    if (!name.startsWith(COPY)) return same;
    if (!isGrpc) return gateway === "toMetadata" ? [] : same;
    if (gateway !== "fromMetadata") return same;
    const inner = name.slice(COPY.length);
    return PERMANENT.includes(inner) ? uncovered(inner, value) : [];
  });
}

const valuesOf = (lines: HeaderList, sought: string): string[] =>
  lines.filter(([name]) => name === sought).map(([, value]) => value);
const without = (lines: HeaderList, unwanted: string): HeaderList =>
  lines.filter(([name]) => name !== unwanted);

/** The line of `map`: a-bin moves to listed-bin. */
function moveBinary(lines: HeaderList): HeaderList {
  const values = valuesOf(lines, "a-bin");
  const rest = without(lines, "a-bin");
  if (values.length === 0 || valuesOf(rest, "listed-bin").length > 0) return rest;
  return [...rest, ["listed-bin", values.join(", ")]];
}

function readTimeout(values: string[]): bigint {
  const parts = /^([0-9]{1,8})([HMSmun])$/.exec(values.length === 1 ? (values[0] ?? "") : "");
  const nanoseconds = BigInt(parts?.[1] ?? 0) * (UNITS[parts?.[2] ?? ""] ?? 0n);
  return (nanoseconds + 999_999n) / 1_000_000n;
}

function readMilliseconds(values: string[]): bigint {
  return values.length === 1 && /^[0-9]{1,8}$/.test(values[0] ?? "") ? BigInt(values[0] ?? 0) : 0n;
}

function mapTimeout(lines: HeaderList, isCall: boolean): HeaderList {
  const stated = valuesOf(lines, "grpc-timeout");
  const asked = readTimeout(stated);
  const found = asked === 0n ? readMilliseconds(valuesOf(lines, "x-timeout-ms")) : asked;
  const rest = without(without(lines, "grpc-timeout"), "x-timeout-ms");
  if (found === 0n) return rest;
  const limited = found > MAX_MILLISECONDS ? MAX_MILLISECONDS : found;
  const timeout: string[] = isCall ? [`${String(limited)}m`] : [];
  const kept = asked === limited ? stated : [`${String(limited)}m`];
  return [
    ...rest,
    ["x-timeout-ms", String(limited)],
    ...(asked === 0n ? timeout : kept).map((each): [string, string] => ["grpc-timeout", each]),
  ];
}

function readValues(lines: HeaderList): HeaderList {
  const names = [...new Set(lines.map(([name]) => name))];
  return names.flatMap((name): HeaderList => {
    const values = valuesOf(lines, name);
    const isBinary = name.endsWith("-bin");
    const normal = isBinary ? values.map(normalBinary) : values;
    const decoded = normal.flatMap((each) => (each === null ? [] : [each]));
    if (decoded.length < values.length) return [];
    const isAllowed = /^[0-9a-z_.-]+$/.test(name) && decoded.every((each) => /^[ -~]*$/.test(each));
    if (!isAllowed && !isProtocol(name)) return [];
    const isSame = decoded.every((each, i) => each === values[i]);
    const kept = isSame ? values : [decoded.join(",")];
    return kept.map((each): [string, string] => [name, each]);
  });
}

function normalBinary(value: string): string | null {
  const parts = value.split(",").map((part) => part.trim());
  const normal = parts.map((part) => {
    const padded = Buffer.from(part, "base64").toString("base64");
    const unpadded = padded.replace(/=+$/, "");
    return part === padded || part === unpadded ? unpadded : null;
  });
  return normal.includes(null) ? null : normal.join(",");
}

function copies(lines: HeaderList, isGrpc: boolean, gateway: GatewayName): HeaderList {
  if (gateway !== (isGrpc ? "fromMetadata" : "toMetadata")) return [];
  return lines.flatMap(([name, value]): HeaderList => {
    const isPermanent = PERMANENT.includes(name);
    if (isGrpc) return isFree(name) && !isPermanent ? [[DISGUISE + name, value]] : [];
    return isPermanent ? [[COPY + name, value]] : [];
  });
}
