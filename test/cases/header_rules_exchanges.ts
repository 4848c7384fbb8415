// Rules for responses and trailers: what a client and an upstream send, and what arrives.

import type { HeaderList } from "../../host-sim/src/index.ts";
import type { Protocol } from "../support/case.ts";

const DECODED = { header: "x-a", apply: ["base64Decode"], onInvalid: "reject" };

export const EXCHANGE_CONFIGURATIONS = {
  changes: {
    normalise: {
      response: {
        rename: [{ header: "x-old", to: "x-new" }],
        remove: ["x-internal-*"],
        set: [{ header: "x-frame-options", value: "DENY", when: { grpc: false } }],
        add: [{ header: "cache-control", value: "no-store", when: { path: "/private" } }],
        append: [{ header: "x-via", value: "sallyport" }],
        rewrite: [{ header: "set-cookie", pattern: "{all**}; Domain=a.test", to: "{all}" }],
      },
      requestTrailers: {
        rename: [{ header: "x-old", to: "x-new" }],
        remove: ["x-internal-*", "*-status"],
        set: [{ header: "x-total", value: "{header:x-count}" }],
        append: [{ header: "x-private", value: "1", when: { path: "/private" } }],
      },
      responseTrailers: {
        rename: [{ header: "x-old", to: "x-new" }],
        remove: ["x-internal-*", "*-status", "grpc*"],
        set: [{ header: "x-grpc", value: "1", when: { grpc: true } }],
        append: [{ header: "x-private", value: "1", when: { path: "/private" } }],
        rewrite: [{ header: "x-list", lines: "split" }],
      },
    },
  },
  refuses: {
    normalise: {
      reject: ["x-debug"],
      response: { rewrite: [DECODED], set: [{ header: "x-frame-options", value: "DENY" }] },
      requestTrailers: { rewrite: [DECODED] },
      responseTrailers: { rewrite: [DECODED] },
    },
  },
} as const;

/** Values of fields by name, in order; null of one that is absent. */
export type Values = Readonly<Record<string, readonly string[] | null>>;

export interface Exchange {
  name: string;
  configuration: keyof typeof EXCHANGE_CONFIGURATIONS;
  protocols: readonly Protocol[];
  request?: { path?: string; headers?: HeaderList; trailers?: HeaderList };
  answer: { headers?: HeaderList; body?: string; trailers?: HeaderList };
  expect: {
    status: number;
    /** Why something was refused; null when nothing was. */
    reason: string | null;
    headers?: Values;
    trailers?: Values;
    upstreamTrailers?: Values;
  };
}

const ALL: readonly Protocol[] = ["http1", "http2", "grpc"];
const PLAIN: readonly Protocol[] = ["http1", "http2"];
/** Envoy hands no trailers to HTTP/1.1 clients, nor takes any of theirs. */
const WITH_TRAILERS: readonly Protocol[] = ["http2", "grpc"];
const PASSED = { status: 200, reason: null };

const RESPONSES: Exchange[] = [
  {
    name: "fields of a response are moved, removed and written",
    configuration: "changes",
    protocols: ALL,
    answer: {
      headers: [
        ["x-old", "1"],
        ["x-internal-host", "10.0.0.1"],
        ["x-via", "upstream"],
      ],
    },
    expect: {
      ...PASSED,
      headers: {
        "x-old": null,
        "x-new": ["1"],
        "x-internal-host": null,
        "x-via": ["upstream", "sallyport"],
      },
    },
  },
  {
    name: "cookies stay apart",
    configuration: "changes",
    protocols: ALL,
    answer: {
      headers: [
        ["set-cookie", "a=1; Expires=Thu, 01 Jan 2026 00:00:00 GMT; Domain=a.test"],
        ["set-cookie", "b=2"],
      ],
    },
    expect: {
      ...PASSED,
      headers: { "set-cookie": ["a=1; Expires=Thu, 01 Jan 2026 00:00:00 GMT", "b=2"] },
    },
  },
  {
    name: "a condition about the request holds for its response",
    configuration: "changes",
    protocols: PLAIN,
    request: { path: "/private" },
    answer: {},
    expect: {
      ...PASSED,
      headers: { "cache-control": ["no-store"], "x-frame-options": ["DENY"] },
    },
  },
  {
    name: "a condition about another request does not hold",
    configuration: "changes",
    protocols: ["grpc"],
    answer: {},
    expect: { ...PASSED, headers: { "cache-control": null, "x-frame-options": null } },
  },
  {
    name: "a response that cannot be changed is replaced",
    configuration: "refuses",
    protocols: PLAIN,
    answer: { headers: [["x-a", "?"]], body: "secret" },
    expect: {
      status: 502,
      reason: "normalise:response_refused",
      headers: { "x-a": null, "x-frame-options": null },
    },
  },
  {
    name: "a gRPC response that cannot be changed is replaced by a status",
    configuration: "refuses",
    protocols: ["grpc"],
    answer: { headers: [["x-a", "?"]] },
    expect: {
      status: 200,
      reason: "normalise:response_refused",
      headers: { "grpc-status": ["13"], "x-a": null, "x-frame-options": null },
    },
  },
  {
    name: "the answer to a request that is refused is no response",
    configuration: "refuses",
    protocols: PLAIN,
    request: { headers: [["x-debug", "1"]] },
    answer: {},
    expect: {
      status: 400,
      reason: "normalise:header_refused",
      headers: { "x-frame-options": null },
    },
  },
];

const TRAILERS: Exchange[] = [
  {
    name: "trailers of a response are changed, and the status of gRPC is not",
    configuration: "changes",
    protocols: WITH_TRAILERS,
    answer: {
      body: "x",
      trailers: [
        ["grpc-status", "5"],
        ["grpc-message", "no order"],
        ["x-old", "1"],
        ["x-internal-host", "10.0.0.1"],
        ["x-status", "1"],
        ["x-list", "a,b"],
        ["trailer-bin", "AQL/"],
      ],
    },
    expect: {
      ...PASSED,
      trailers: {
        "grpc-status": ["5"],
        "grpc-message": ["no order"],
        "x-old": null,
        "x-new": ["1"],
        "x-internal-host": null,
        "x-status": null,
        "x-list": ["a", "b"],
        "trailer-bin": ["AQL/"],
        "x-private": null,
      },
    },
  },
  {
    name: "a condition about the request holds for the trailers of its response",
    configuration: "changes",
    protocols: ["grpc"],
    request: { path: "/private" },
    answer: { body: "x", trailers: [["grpc-status", "0"]] },
    expect: {
      ...PASSED,
      trailers: { "grpc-status": ["0"], "x-grpc": ["1"], "x-private": ["1"] },
    },
  },
  {
    name: "trailers of a request are changed",
    configuration: "changes",
    protocols: WITH_TRAILERS,
    request: {
      path: "/private",
      trailers: [
        ["x-old", "1"],
        ["x-internal-user", "mallory"],
        ["x-status", "1"],
        ["x-count", "3"],
      ],
    },
    answer: {},
    expect: {
      ...PASSED,
      upstreamTrailers: {
        "x-old": null,
        "x-new": ["1"],
        "x-internal-user": null,
        "x-status": null,
        "x-count": ["3"],
        "x-total": ["3"],
        "x-private": ["1"],
      },
    },
  },
  {
    name: "trailers of a request that cannot be changed go no further",
    configuration: "refuses",
    protocols: ["http2"],
    request: { trailers: [["x-a", "?"]] },
    answer: {},
    expect: { status: 400, reason: "normalise:header_refused", headers: { "x-a": null } },
  },
];

export const EXCHANGE_RUNS = [...RESPONSES, ...TRAILERS].flatMap((each) =>
  each.protocols.map((protocol): [string, Protocol, Exchange] => [
    `${each.name}, ${protocol}`,
    protocol,
    each,
  ]),
);
