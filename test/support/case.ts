// The shape of a case: one configuration, a few requests in order, and what must come of each.
// The same tables run through the simulator and through a real Envoy.

import type { HeaderList } from "../../host-sim/src/index.ts";

export const PROTOCOLS = ["http1", "http2", "grpc"] as const;
export type Protocol = (typeof PROTOCOLS)[number];

export interface CaseRequest {
  method?: string; // default GET, POST for grpc
  path?: string; // default /
  authority?: string; // default example.test
  /** Field lines in order, latin1; repeated names are repeated lines. gRPC adds its own two. */
  headers?: HeaderList;
  /** Sends this step so many times; default 1. */
  repeat?: number;
}

export interface CaseExpectation {
  /** HTTP status before gRPC mapping: 200 means that the upstream answered. */
  status: number;
  /** The reason code of the refusal, null when the request reached the upstream. */
  reason: string | null;
  /** Asserted when the step runs as gRPC and is refused. */
  grpcStatus?: number;
  /** Values as the upstream saw them: text, pattern, list for repeated lines, null for absent. */
  upstream?: Record<string, string | RegExp | string[] | null>;
  /** Field values of the response, likewise. */
  response?: Record<string, string | RegExp | string[] | null>;
  /** Without the member `trace_id`, which is expected to be that of `x-trace-id`. */
  body?: string;
}

export interface CaseStep {
  request: CaseRequest;
  expect: CaseExpectation;
}

export interface Case {
  /** A sentence of behaviour. */
  name: string;
  /** Name of a configuration in test/cases/configurations.ts. */
  configuration: string;
  /** Protocols that can express the input; default all three. */
  protocols?: readonly Protocol[];
  /** A named reason why the real Envoy cannot be shown this input (its codec refuses it first). */
  simulatorOnly?: string;
  steps: CaseStep[];
}
