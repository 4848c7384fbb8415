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

const configuration = {
  trace: { inject: ["tracecontext", "b3"] },
  jwt: {
    providers: {
      idp: { audiences: ["orders"], keys: { remote: { uri: URI, cluster: CLUSTER } } },
    },
    rules: [
      { match: { path: "/open" }, require: "none" },
      { match: { prefix: "/" }, require: "idp" },
    ],
  },
};

function restarts(filter: Simulated): number {
  const found = filter.host.metrics().get(RESTARTS);
  return found === undefined || found.type === "histogram" ? -1 : Number(found.value);
}

/** What goes on of the first request, which waits. */
async function afterWaiting(headers: HeaderList): Promise<[ReadonlyMap<string, string>, number]> {
  const server = new KeyServer("hang");
  const filter = simulate(server, { configuration });
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
  return [outcome()?.headers ?? new Map(), restarts(filter)];
}

/** The same of one that need not wait. */
function atOnce(headers: HeaderList): ReadonlyMap<string, string> {
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
    const [waited, counted] = await afterWaiting(headers);
    const direct = atOnce(headers);
    for (const name of ["traceparent", "tracestate", "b3", "x-trace-id"]) {
      expect(waited.get(name), name).toBe(direct.get(name));
    }
    expect(waited.get("traceparent")).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-0[0-3]$/);
    expect(counted).toBe(count);
  });
});
