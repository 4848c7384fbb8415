// A case is measured when it does its work: asked over a real upstream.

import { askUpstream, requireAnswer } from "../harness/listeners.ts";
import type { MeasuredCase } from "../harness/measure.ts";
import { EDITED } from "../headers/cases.ts";
import { SUBJECT_HEADER } from "../jwt/filters.ts";
import { SUBJECT } from "../jwt/samples.ts";
import type { Part } from "./work.ts";
import { TRACE_ID, TRACEPARENT } from "./work.ts";

export interface WorkCase extends MeasuredCase {
  parts: readonly Part[];
  /** Fields that the upstream sees otherwise than they were sent, beside what the parts do. */
  changed?: Readonly<Record<string, string | undefined>>;
}

type Answer = Awaited<ReturnType<typeof askUpstream>>;

const PASSED = 200;
const OVER_THE_LIMIT = 429;
const GOES_ON = new RegExp(`^00-${TRACE_ID}-[0-9a-f]{16}-01$`);

export async function checkWork(one: WorkCase): Promise<void> {
  const { name, port, headers, status, parts } = one;
  const [first = {}] = headers;
  // The first request takes the only token.
  if (status === OVER_THE_LIMIT) await askUpstream(port, first);
  const answer = await askUpstream(port, first);
  requireAnswer(name, "status", answer.response.status, status);
  if (status !== PASSED) return;
  if (parts.length === 0) checkUntouched(one, answer);
  for (const part of parts) PART_CHECKS[part](name, answer);
  if (!parts.includes("token")) return;
  const { authorization, ...tokenless } = first;
  requireAnswer(name, "a token", authorization === undefined, false);
  const refused = await askUpstream(port, tokenless);
  requireAnswer(name, "status without a token", refused.response.status, 401);
}

const PART_CHECKS: Record<Part, (name: string, answer: Answer) => void> = {
  headers: (name, { upstream }) => {
    for (const [header, value] of Object.entries(EDITED)) {
      requireAnswer(name, header, upstream.get(header), value);
    }
  },
  trace: (name, { upstream }) => {
    const traceparent = upstream.get("traceparent") ?? "";
    const goesOn = GOES_ON.test(traceparent) && traceparent !== TRACEPARENT;
    requireAnswer(name, `${traceparent} the trace under a new parent-id`, goesOn, true);
    requireAnswer(name, "x-trace-id", upstream.get("x-trace-id"), TRACE_ID);
  },
  token: (name, { upstream }) => {
    requireAnswer(name, SUBJECT_HEADER, upstream.get(SUBJECT_HEADER), SUBJECT);
    requireAnswer(name, "authorization", upstream.get("authorization"), undefined);
  },
  limit: (name, { response }) => {
    const told = response.headers.some(([field]) => /^(x-)?ratelimit(-limit)?$/.test(field));
    requireAnswer(name, "the limit told", told, true);
  },
};

function checkUntouched({ name, headers, changed }: WorkCase, { upstream }: Answer): void {
  for (const [header, value] of Object.entries({ ...headers[0], ...changed })) {
    requireAnswer(name, header, upstream.get(header), value);
  }
}
