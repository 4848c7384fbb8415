// The trace of a request that waits and is walked again.

import { describe, expect, test } from "vitest";

import type { HeaderList } from "../../host-sim/src/index.ts";
import { answerCall, KeyServer, settle } from "../support/key_server.ts";
import type { Simulated } from "../support/simulated_filter.ts";
import { requestOn, waitingFor } from "../support/simulated_filter.ts";
import { ecKey } from "../support/tokens.ts";
import { bearer, CLUSTER, jwks, simulate, token, URI } from "./remote_keys.ts";

const KEY = ecKey("k");
const TRACE_ID = "0af7651916cd43dd8448eb211c80319c";
const PARENT_ID = "b7ad6b7169203331";
const RESTARTS = "format=.=tracecontext;.;reason=.=malformed;.;sallyport_trace_restarts_total";

const configurationWith = (sampling: object | undefined): object => ({
  trace: { inject: ["tracecontext", "b3"], ...(sampling === undefined ? {} : { sampling }) },
  jwt: {
    providers: {
      idp: { audiences: ["orders"], keys: { remote: { uri: URI, cluster: CLUSTER } } },
    },
    rules: [
      { match: { path: "/open" }, require: "none" },
      { match: { prefix: "/" }, require: "idp" },
    ],
  },
});

function restarts(filter: Simulated): number {
  const found = filter.host.metrics().get(RESTARTS);
  return found === undefined || found.type === "histogram" ? -1 : Number(found.value);
}

interface Waited {
  filter: Simulated;
  /** What goes on of the request. */
  headers: ReadonlyMap<string, string>;
}

/** The first request, which waits. */
async function afterWaiting(headers: HeaderList, sampling?: object): Promise<Waited> {
  const server = new KeyServer("hang");
  const filter = simulate(server, { configuration: configurationWith(sampling) });
  const stream = filter.open();
  const outcome = waitingFor(stream);
  const all = [...bearer(await token(KEY)), ...headers];
  expect(requestOn(stream, all).reason).toBe("waits");
  const [call] = server.calls;
  if (call === undefined) throw new Error("nothing was asked");
  answerCall(call, jwks(KEY));
  await settle();
  expect(outcome()?.reason).toBeNull();
  stream.close();
  return { filter, headers: outcome()?.headers ?? new Map() };
}

/** The same of one that need not wait. */
function atOnce(headers: HeaderList, sampling?: object): ReadonlyMap<string, string> {
  const configuration = configurationWith(sampling);
  const stream = simulate(new KeyServer("hang"), { configuration }).open();
  return requestOn(stream, headers, "/open").headers;
}

const traces: [name: string, headers: HeaderList, count: number][] = [
  ["starts", [], 0],
  ["restarts", [["traceparent", "x"]], 1],
  [
    "goes on",
    [
      ["traceparent", `00-${TRACE_ID}-${PARENT_ID}-01`],
      ["tracestate", "foo=1,,bar=2"],
    ],
    0,
  ],
];

describe("a trace of a request that waits", () => {
  // The simulator's random bytes are the same in every run: other ids would be later ones.
  test.each(traces)("%s with the ids of the first walk", async (_name, headers, count) => {
    const { filter, headers: waited } = await afterWaiting(headers);
    const counted = restarts(filter);
    const direct = atOnce(headers);
    for (const name of ["traceparent", "tracestate", "b3", "x-trace-id"]) {
      expect(waited.get(name), name).toBe(direct.get(name));
    }
    expect(waited.get("traceparent")).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-0[0-3]$/);
    expect(counted).toBe(count);
  });

  test.each([
    { root: "always" },
    { root: { ratio: 0.5 } },
    { root: { ratio: 0.000001 } },
    { root: { rate: "1/d" } },
  ])("is sampled by %j as at once", async (sampling) => {
    for (const [, headers] of traces) {
      const { headers: waited } = await afterWaiting(headers, sampling);
      const direct = atOnce(headers, sampling);
      for (const name of ["traceparent", "tracestate", "b3"]) {
        expect(waited.get(name), name).toBe(direct.get(name));
      }
    }
  });

  test("takes one token of a rate", async () => {
    const { filter, headers } = await afterWaiting([], { root: { rate: "2/d" } });
    const next = (): string | undefined =>
      requestOn(filter.open(), [], "/open").headers.get("traceparent");
    expect([headers.get("traceparent"), next(), next()].map((it) => it?.slice(-2))).toEqual([
      "03",
      "03",
      "02",
    ]);
  });
});
