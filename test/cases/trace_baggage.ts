// What of a request's baggage goes on, end to end. Every form of a bad member is in
// test/core/trace/baggage.test.ts.

import type { Case } from "../support/case.ts";
import { all, one, passes, SPAN_ID, TRACE_ID } from "./trace_fields.ts";
import type { Fields } from "./trace_fields.ts";

const carrying = (...lines: string[]): Fields => lines.map((line) => ["baggage", line]);
const baggage = (value: string | null): ReturnType<typeof passes> => passes({ baggage: value });
const members = (count: number): string =>
  Array.from({ length: count }, (_, i) => `k${String(i)}=v`).join(",");
const JAEGER: Fields = [["uber-trace-id", `${TRACE_ID}:${SPAN_ID}:0:1`]];

export const traceBaggageCases: Case[] = [
  one(
    "good baggage stays as it is",
    "trace",
    carrying("a=1;p;q=2,b=%20"),
    baggage("a=1;p;q=2,b=%20"),
  ),
  one("spaces between members go", "trace", carrying("a = 1 ; p , b=2"), baggage("a = 1 ; p,b=2")),
  one("its lines become one", "trace", carrying("a=1", "b=2"), baggage("a=1,b=2")),
  one("a bad member goes alone", "trace", carrying("a=1,b,c=%zz,d=4"), baggage("a=1,d=4")),
  one("64 members go on", "trace", carrying(members(70)), baggage(members(64))),
  all("none is left of bad ones", "trace", [carrying("a"), carrying(", ,")], baggage(null)),
  one(
    "8192 bytes go on",
    "trace",
    carrying(`a=${"x".repeat(8000)}`, `b=${"y".repeat(300)}`, "c=1"),
    baggage(`a=${"x".repeat(8000)}`),
  ),
  one("none where it is stripped", "baggage stripped", carrying("tenant=1"), baggage(null)),
  one(
    "keys that are listed, in their case",
    "baggage with keys",
    carrying("user=1,tenant=2;p=1,Region=3", "region=4"),
    baggage("tenant=2;p=1,region=4"),
  ),
  one(
    "at the edge they count too",
    "baggage with keys at the edge",
    carrying("user=1,tenant=2"),
    baggage("tenant=2"),
  ),
  one(
    "and where somebody else traces",
    "baggage with keys where Envoy traces",
    carrying("user=1,tenant=2"),
    baggage("tenant=2"),
  ),
  one(
    "Jaeger's goes on where its format comes and goes",
    "baggage of Jaeger",
    [...JAEGER, ["uberctx-tenant", "1"]],
    passes({ "uberctx-tenant": "1" }),
  ),
  one(
    "but not past a list of keys",
    "baggage of Jaeger under keys",
    [...JAEGER, ["uberctx-tenant", "1"], ["baggage", "tenant=1"]],
    passes({ "uberctx-tenant": null, baggage: "tenant=1" }),
  ),
];
