// What `sallyport_requests_total` says of responses: one series each. Run on the simulator by
// test/filters/request_metrics_paths.test.ts and in a real Envoy by
// test/e2e/request_metrics_paths.test.ts.

import type { HeaderList } from "../../host-sim/src/index.ts";
import type { UpstreamAnswer } from "../support/answering_upstream.ts";

/** Requests to this host are to the service "orders". */
export const ORDERS_HOST = "orders.test";
const METRICS = {
  metrics: {
    requests: { services: [{ hosts: [ORDERS_HOST], service: "orders" }], methods: ["POST"] },
  },
};

const BAD_VALUE: [string, string] = ["x-a", "?"];
/** Refuses what has BAD_VALUE. */
const RULES = { rewrite: [{ header: "x-a", apply: ["base64Decode"], onInvalid: "reject" }] };

export const REQUEST_METRICS_CONFIGURATIONS = {
  off: METRICS,
  standard: { ...METRICS, errors: { mapUpstream: "standard" } },
  precise: { ...METRICS, errors: { mapUpstream: "precise" } },
  refuses: {
    ...METRICS,
    normalise: { response: RULES, responseTrailers: RULES, requestTrailers: RULES },
  },
} satisfies Record<string, object>;
export type RequestMetricsConfiguration = keyof typeof REQUEST_METRICS_CONFIGURATIONS;

export interface RequestMetricsCase {
  name: string;
  configuration: RequestMetricsConfiguration;
  client: "http" | "grpc";
  answer: UpstreamAnswer;
  /** Trailers of the request. */
  trailers?: HeaderList;
  /** The series of the request (test/support/request_counts.ts). */
  series: string;
}

const GRPC: [string, string] = ["content-type", "application/grpc"];

const trailersOnly = (status: string): UpstreamAnswer => ({
  status: 200,
  headers: [GRPC, ["grpc-status", status]],
  body: "",
});

/** A message, and trailers behind it. */
const message = (trailers: HeaderList, headers: HeaderList = []): UpstreamAnswer => ({
  status: 200,
  headers: [GRPC, ...headers],
  body: "\0\0\0\0\0",
  trailers,
});

const page = (status: number): UpstreamAnswer => ({
  status,
  headers: [["content-type", "text/html"]],
  body: "<h1>",
});

type Row = [name: string, answer: UpstreamAnswer, labels: string];

const rowsOf = (
  configuration: RequestMetricsConfiguration,
  client: "http" | "grpc",
  rows: readonly Row[],
): RequestMetricsCase[] =>
  rows.map(([name, answer, labels]) => ({
    name: `${configuration}, ${client}: ${name} is ${labels}`,
    configuration,
    client,
    answer,
    series: `${labels} orders ${client} POST`,
  }));

/** What clients are told by themselves. */
const unmapped: RequestMetricsCase[] = [
  ...rowsOf("off", "grpc", [
    ["trailers-only with a status", trailersOnly("5"), "200 5"],
    ["trailers-only that is good", trailersOnly("0"), "200 0"],
    ["the last code of trailers-only", trailersOnly("16"), "200 16"],
    ["a number that is no code", trailersOnly("17"), "200 2"],
    ["a status that is no number", trailersOnly("x"), "200 2"],
    ["a status with a zero in front", trailersOnly("05"), "200 2"],
    ["trailers behind a message", message([["grpc-status", "7"]]), "200 7"],
    [
      "a status in headers that do not end the response",
      message([["grpc-status", "9"]], [["grpc-status", "0"]]),
      "200 9",
    ],
    ["trailers without a status", message([["x-a", "1"]]), "200 2"],
    ["headers without a status", { status: 200, headers: [GRPC], body: "" }, "200 2"],
    ["a page with 404", page(404), "404 12"],
    ["a page with 503", page(503), "503 14"],
    ["a page with 200", page(200), "200 2"],
  ]),
  ...rowsOf("off", "http", [
    ["trailers-only", trailersOnly("5"), "200 -"],
    ["a message with trailers", message([["grpc-status", "7"]]), "200 -"],
    ["a page with 404", page(404), "404 -"],
    ["the last of all statuses", page(599), "599 -"],
  ]),
];

/** The labels are those of the answer that the client got. */
const mapped: RequestMetricsCase[] = [
  ...rowsOf("standard", "grpc", [
    ["a page with 404", page(404), "200 12"],
    ["a page with 429", page(429), "200 14"],
    ["a page with 504", page(504), "200 14"],
    ["trailers-only", trailersOnly("5"), "200 5"],
  ]),
  ...rowsOf("precise", "grpc", [
    ["a page with 404", page(404), "200 5"],
    ["a page with 429", page(429), "200 8"],
    ["a page with 504", page(504), "200 4"],
    ["a page with 302", page(302), "200 2"],
    ["trailers-only", trailersOnly("13"), "200 13"],
    ["trailers behind a message", message([["grpc-status", "7"]]), "200 7"],
  ]),
  ...rowsOf("precise", "http", [
    ["trailers-only with 5", trailersOnly("5"), "404 -"],
    ["trailers-only with 8", trailersOnly("8"), "429 -"],
    ["trailers-only with 99", trailersOnly("99"), "500 -"],
    ["trailers-only that is good", trailersOnly("0"), "200 -"],
    ["a page with 404", page(404), "404 -"],
  ]),
];

/** Refusals of what comes behind the request's headers. */
const refused: RequestMetricsCase[] = [
  ...rowsOf("refuses", "http", [
    ["a response", { ...page(200), headers: [BAD_VALUE] }, "502 -"],
    ["a response that passes", page(201), "201 -"],
  ]),
  ...rowsOf("refuses", "grpc", [
    ["a response", { ...trailersOnly("0"), headers: [GRPC, BAD_VALUE] }, "200 13"],
    // The client has the status of HTTP by then, and no other.
    ["trailers of a response", message([["grpc-status", "0"], BAD_VALUE]), "200 2"],
  ]),
  ...rowsOf("refuses", "http", [["trailers of a request", page(200), "400 -"]]).map(trailing),
  ...rowsOf("refuses", "grpc", [["trailers of a request", page(200), "200 3"]]).map(trailing),
];

function trailing(one: RequestMetricsCase): RequestMetricsCase {
  return { ...one, trailers: [BAD_VALUE] };
}

/** Each with its name in front. */
export const REQUEST_METRICS_RUNS = [...unmapped, ...mapped, ...refused].map(
  (one) => [one.name, one] as const,
);
