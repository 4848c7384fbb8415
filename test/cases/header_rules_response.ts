// Header rules of responses and their trailers, end to end.

import type { Case, CaseExpectation } from "../support/case.ts";
import { GRPC } from "./normalise_steps.ts";

type Response = NonNullable<CaseExpectation["response"]>;

/** The upstream answers with these fields. */
function answering(name: string, fields: Record<string, string>, response: Response): Case {
  const headers = Object.entries(fields).map(([field, value]): [string, string] => [
    `x-answer-${field}`,
    value,
  ]);
  const expect: CaseExpectation = { status: 200, reason: null, response };
  return { name, configuration: "response headers", steps: [{ request: { headers }, expect }] };
}

export const headerRulesResponseCases: Case[] = [
  answering(
    "fields of a response are renamed and mapped",
    { "x-legacy-a": "1", "x-from": "2" },
    { "x-legacy-a": null, "x-a": "1", "x-from": null, "x-to": "mapped 2" },
  ),
  answering(
    "fields of a response are removed",
    { "x-powered-by": "php", "x-internal-host": "10.0.0.1", "x-a": "b" },
    { "x-powered-by": null, "x-internal-host": null, "x-a": null },
  ),
  answering(
    "fields of a response are written",
    { "x-frame-options": "ALLOW", "x-via": "upstream" },
    { "x-frame-options": "DENY", "cache-control": "no-store", "x-via": ["upstream", "sallyport"] },
  ),
  answering(
    "a field of a response that is there is not added",
    { "cache-control": "public" },
    { "cache-control": "public" },
  ),
  answering(
    "values of a response are rewritten",
    { "x-url": "http://a/b", "x-groups": "a,b,a" },
    { "x-url": "https://a/b", "x-groups": "a, b" },
  ),
  {
    ...answering("trailers of a response are written", {}, { "x-trailer": "set" }),
    protocols: GRPC,
  },
];
