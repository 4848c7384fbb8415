// Rules for responses and trailers on the simulator. test/e2e/header_rules_other_maps.test.ts shows
// the same exchanges to a real Envoy.

import { expect, test } from "vitest";
import type { HeaderList, StreamResult } from "../../host-sim/src/index.ts";
import type { ExchangeOutcome } from "../cases/header_rules_exchange_outcome.ts";
import { expectExchange } from "../cases/header_rules_exchange_outcome.ts";
import type { Exchange } from "../cases/header_rules_exchanges.ts";
import { EXCHANGE_CONFIGURATIONS, EXCHANGE_RUNS } from "../cases/header_rules_exchanges.ts";
import type { Protocol } from "../support/case.ts";
import type { Simulated } from "../support/simulated_filter.ts";
import { begin, simulate } from "./other_maps_run.ts";

function run(filter: Simulated, protocol: Protocol, one: Exchange): ExchangeOutcome {
  const { path = "/", headers = [], trailers } = one.request ?? {};
  const own: HeaderList = protocol === "grpc" ? [["content-type", "application/grpc"]] : [];
  const stream = filter.open();
  try {
    const request = { method: "POST", path, headers: [...own, ...headers] };
    const begun = begin(stream, request, trailers === undefined);
    if (begun.kind !== "continue") return replied(begun);
    const ended = trailers === undefined ? begun : stream.requestTrailers(trailers);
    if (ended.kind !== "continue") return replied(ended);
    const upstreamTrailers = ended.trailers ?? [];
    const { headers: fields = [], body = "", trailers: last } = one.answer;
    const isLast = body === "" && last === undefined;
    const first = stream.responseHeaders([[":status", "200"], ...fields], isLast);
    if (first.kind !== "continue") return { ...replied(first), upstreamTrailers };
    const outcome = { ...headersOf(first), details: null, upstreamTrailers };
    if (body !== "") expect(stream.responseBody(Buffer.from(body), !last).kind).toBe("continue");
    if (last === undefined) return { ...outcome, trailers: [] };
    const end = stream.responseTrailers(last);
    if (end.kind !== "continue") throw new Error(`the trailers ${end.kind}`);
    return { ...outcome, trailers: end.trailers ?? [] };
  } finally {
    stream.close();
  }
}

function headersOf({ headers }: { headers: HeaderList }): { status: number; headers: HeaderList } {
  return { status: Number(headers.find(([name]) => name === ":status")?.[1]), headers };
}

function replied(result: StreamResult): ExchangeOutcome {
  if (result.kind !== "reply") throw new Error(`found ${result.kind}`);
  const { details, headers } = result.reply;
  return { ...headersOf({ headers }), trailers: [], details, upstreamTrailers: null };
}

const filters = new Map<string, Simulated>();

test.each(EXCHANGE_RUNS)("%s", (_name, protocol, one) => {
  const filter =
    filters.get(one.configuration) ?? simulate(EXCHANGE_CONFIGURATIONS[one.configuration]);
  filters.set(one.configuration, filter);
  expectExchange(run(filter, protocol, one), one);
});
