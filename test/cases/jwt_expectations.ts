// What the jwt filter answers, and cases of one request.

import type { HeaderList } from "../../host-sim/src/index.ts";
import type { Case, CaseExpectation, CaseRequest, CaseStep, Protocol } from "../support/case.ts";

type Upstream = NonNullable<CaseExpectation["upstream"]>;

export function bearer(value: string): HeaderList {
  return [["authorization", `Bearer ${value}`]];
}

export function passes(upstream: Upstream = {}): CaseExpectation {
  return { status: 200, reason: null, upstream, response: { "www-authenticate": null } };
}

const CHALLENGES: Record<string, string | null> = {
  "jwt:missing": 'Bearer realm="sallyport"',
  "jwt:multiple": 'Bearer realm="sallyport", error="invalid_request"',
  "jwt:spiffe_id_invalid": 'Bearer realm="sallyport", error="insufficient_scope"',
  "jwt:subject_refused": 'Bearer realm="sallyport", error="insufficient_scope"',
  "jwt:claim_refused": 'Bearer realm="sallyport", error="insufficient_scope"',
  "jwt:no_rule": null,
  "jwt:path_refused": null,
};
const INVALID_TOKEN = 'Bearer realm="sallyport", error="invalid_token"';

const ANSWERS: Record<string, [status: number, grpcStatus: number, error: string]> = {
  "jwt:multiple": [400, 3, "several tokens"],
  "jwt:spiffe_id_invalid": [403, 7, "invalid spiffe_id"],
  "jwt:subject_refused": [403, 7, "forbidden"],
  "jwt:claim_refused": [403, 7, "forbidden"],
  "jwt:no_rule": [403, 7, "forbidden"],
  "jwt:path_refused": [400, 3, "invalid path"],
};

export function refused(reason: string): CaseExpectation {
  const [status, grpcStatus, error] = ANSWERS[reason] ?? [401, 16, "invalid token"];
  const challenge = CHALLENGES[reason];
  return {
    status,
    reason,
    grpcStatus,
    body: JSON.stringify({ error }),
    response: { "www-authenticate": challenge === undefined ? INVALID_TOKEN : challenge },
  };
}

export const step = (request: CaseRequest, expect: CaseExpectation): CaseStep => ({
  request,
  expect,
});

export function one(
  name: string,
  configuration: string,
  request: CaseRequest,
  expect: CaseExpectation,
  protocols?: readonly Protocol[],
): Case {
  const only = protocols === undefined ? {} : { protocols };
  return { name, configuration, ...only, steps: [step(request, expect)] };
}
