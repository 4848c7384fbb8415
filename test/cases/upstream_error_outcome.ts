// What a client got under a case of test/cases/upstream_errors.ts, compared with what it should.

import { expect } from "vitest";
import type { HeaderList } from "../../host-sim/src/index.ts";
import type { UpstreamErrorCase } from "./upstream_errors.ts";
import { reasonOf } from "../support/run_cases.ts";

export interface UpstreamErrorOutcome {
  status: number;
  headers: HeaderList;
  body: Uint8Array;
  /** Response code details of a local reply, else null. */
  details: string | null;
}

export function expectUpstreamError(found: UpstreamErrorOutcome, one: UpstreamErrorCase): void {
  const { status, headers, body, detail } = one.expect;
  expect({
    status: found.status,
    body: Buffer.from(found.body).toString("utf8"),
    detail: found.details === null ? null : reasonOf(found.details),
  }).toEqual({ status, body, detail });
  for (const [name, value] of Object.entries(headers)) {
    const values = found.headers.filter(([each]) => each === name).map(([, text]) => text);
    if (value === null) expect(values, name).toEqual([]);
    else if (value instanceof RegExp) expect(values.join("|"), name).toMatch(value);
    else expect(values, name).toEqual([value]);
  }
}
