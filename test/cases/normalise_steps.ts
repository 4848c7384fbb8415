// Steps of the cases of gRPC metadata.

import type { CaseExpectation, CaseStep, Protocol } from "../support/case.ts";

export type Headers = [string, string][];
export type Fields = NonNullable<CaseExpectation["upstream"]>;

export const HTTP: readonly Protocol[] = ["http1", "http2"];
export const GRPC: readonly Protocol[] = ["grpc"];

/** These headers pass, and so does what the upstream sees of them. */
export const passing = (headers: Headers, upstream: Fields, path = "/"): CaseStep => ({
  request: { headers, path },
  expect: { status: 200, reason: null, upstream },
});

/** One of these headers is malformed. */
export const refused = (headers: Headers): CaseStep => ({
  request: { headers },
  expect: {
    status: 400,
    reason: "normalise:header_refused",
    grpcStatus: 3,
    body: '{"error":"bad header"}',
  },
});
