// The requests of the conformance test. `x-scenario` tells the probe what to do besides probing.

import type { ConformanceRequest } from "./conformance_client.ts";
import type { HeaderList } from "../../host-sim/src/index.ts";

export interface Scenario extends ConformanceRequest {
  name: string;
}

const HEADERS: HeaderList = [
  ["host", "probe.test"],
  ["user-agent", "conformance"],
  ["accept", "*/*"],
  ["x-probe-repeated", "one"],
  ["x-probe-repeated", "two"],
  ["x-probe-empty", ""],
];

const WITH_BODY = [
  "buffer request",
  "drop request",
  "watermark request",
  "body action 9",
  "reply in body",
  "body then call",
  "call",
  "call then reply",
  "response then call",
  "buffer response",
  "action 3",
];

const WITHOUT_BODY = [
  "reply",
  "reply empty",
  "reply typed",
  "reply status 0",
  "reply twice",
  "remove method",
  "remove path",
  "remove authority",
  "wipe",
  "set pairs",
  "edit",
  "close request",
  "close response",
  "remove status",
  "reply in response",
  "reply in response body",
  "call",
  "call then reply",
  "call slow",
  "call broken",
  "action 2",
  "action 3",
  "action 9",
  "response then call",
];

const WITH_TRAILERS = ["edit trailers", "trailers then call", "call", "buffer request"];

function make(
  scenario: string,
  protocol: "http1" | "http2",
  overrides: Partial<ConformanceRequest>,
): Scenario {
  const shape = overrides.trailers ? " with trailers" : overrides.body ? " with body" : "";
  const kind = overrides.headers ? " over gRPC" : overrides.method === "HEAD" ? " HEAD" : "";
  const method = overrides.body === undefined ? "GET" : "POST";
  const headers = [...HEADERS, ...(overrides.headers ?? [])];
  return {
    name: `${scenario}${shape}${kind} (${protocol})`,
    protocol,
    method,
    path: "/probe?query=1",
    body: "",
    trailers: [],
    ...overrides,
    headers: [...headers, ["x-scenario", scenario]],
  };
}

const BODY = { body: "request body" };
const TRAILERS = { ...BODY, trailers: [["x-probe-trailer", "last"]] satisfies HeaderList };
const GRPC = { ...BODY, headers: [["content-type", "application/grpc"]] satisfies HeaderList };

export const SCENARIOS: readonly Scenario[] = (["http1", "http2"] as const).flatMap((protocol) => [
  make("probe", protocol, {}),
  make("probe", protocol, BODY),
  ...WITHOUT_BODY.map((name) => make(name, protocol, {})),
  ...WITH_BODY.map((name) => make(name, protocol, BODY)),
  make("reply", protocol, { method: "HEAD" }),
  ...(protocol === "http2" ? [make("probe", protocol, TRAILERS)] : []),
  ...(protocol === "http2" ? WITH_TRAILERS.map((name) => make(name, protocol, TRAILERS)) : []),
  ...(protocol === "http2"
    ? ["reply", "reply empty", "reply typed", "reply status 0", "call then reply"].map((name) =>
        make(name, protocol, GRPC),
      )
    : []),
]);
