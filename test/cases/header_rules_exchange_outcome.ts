// What came of an exchange of header_rules_exchanges.ts, compared with what should.

import { expect } from "vitest";
import type { HeaderList } from "../../host-sim/src/index.ts";
import type { Exchange, Values } from "./header_rules_exchanges.ts";
import { reasonOf } from "../support/run_cases.ts";

export interface ExchangeOutcome {
  status: number;
  headers: HeaderList;
  trailers: HeaderList;
  /** Response code details of a local reply, else null. */
  details: string | null;
  /** What arrived at the upstream; null when its request did not end. */
  upstreamTrailers: HeaderList | null;
}

export function expectExchange(found: ExchangeOutcome, one: Exchange): void {
  const { status, reason, headers = {}, trailers = {}, upstreamTrailers = {} } = one.expect;
  expect({
    status: found.status,
    reason: found.details === null ? null : reasonOf(found.details),
  }).toEqual({ status, reason });
  expectValues(found.headers, headers);
  expectValues(found.trailers, trailers);
  expectValues(found.upstreamTrailers ?? [], upstreamTrailers);
  expect(found.upstreamTrailers === null, "ended").toBe(reason === "normalise:header_refused");
}

function expectValues(found: HeaderList, values: Values): void {
  for (const [name, expected] of Object.entries(values)) {
    const own = found.filter(([each]) => each === name).map(([, value]) => value);
    expect(own, name).toEqual(expected ?? []);
  }
}
