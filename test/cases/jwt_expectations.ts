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

const NO_CHALLENGE = new Set(["jwt:no_rule", "jwt:path_refused"]);
const ERRORS: Record<string, string> = {
  "jwt:multiple": "invalid_request",
  "jwt:spiffe_id_invalid": "insufficient_scope",
  "jwt:subject_refused": "insufficient_scope",
  "jwt:claim_refused": "insufficient_scope",
};

/** WWW-Authenticate (RFC 6750 §3) of a refusal, without the parameters that a section can add. */
export function challengeOf(reason: string, realm = "sallyport"): string | null {
  const [status] = ANSWERS[reason] ?? [401];
  if (status >= 500 || NO_CHALLENGE.has(reason)) return null;
  if (reason === "jwt:missing") return `Bearer realm="${realm}"`;
  const error = ERRORS[reason] ?? "invalid_token";
  return `Bearer realm="${realm}", error="${error}", error_description="${reason}"`;
}

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
  return {
    status,
    reason,
    grpcStatus,
    body: JSON.stringify({ error }),
    response: { "www-authenticate": challengeOf(reason) },
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
