// Metrics of requests on every way that a request can take: what is counted, and how long it took.

import { describe, expect, test } from "vitest";

import type { HeaderList, Stream, StreamResult } from "../../host-sim/src/index.ts";
import type { RequestMetricsCase } from "../cases/request_metrics.ts";
import {
  ORDERS_HOST,
  REQUEST_METRICS_CONFIGURATIONS,
  REQUEST_METRICS_RUNS,
} from "../cases/request_metrics.ts";
import type { UpstreamAnswer } from "../support/answering_upstream.ts";
import { answerCall, KeyServer, settle } from "../support/key_server.ts";
import type { Answering } from "../support/key_server.ts";
import { countsInHost } from "../support/request_counts.ts";
import { CODE } from "../support/rls_messages.ts";
import type { RlsAnswer } from "../support/rls_service.ts";
import { answerCall as answerGrpc, verdict } from "../support/rls_service.ts";
import { loadShippedModule, Simulated, waitingFor } from "../support/simulated_filter.ts";
import { ecKey } from "../support/tokens.ts";
import { bearer, CLUSTER, jwks, pass, remote, token } from "./remote_keys.ts";
import { start, STORES } from "./rls_filter.ts";

const module = await loadShippedModule();
const METRICS = REQUEST_METRICS_CONFIGURATIONS.off;

const PROTOCOLS = ["http", "grpc"] as const;
type Client = (typeof PROTOCOLS)[number];

function request(client: Client, headers: HeaderList = []): HeaderList {
  const own: HeaderList = client === "grpc" ? [["content-type", "application/grpc"]] : [];
  const pseudo: HeaderList = [
    [":authority", ORDERS_HOST],
    [":path", "/"],
    [":method", "POST"],
  ];
  return [...pseudo, ...own, ...headers];
}

/** The whole exchange under a case. */
function exchange(on: Simulated, { client, answer, trailers }: RequestMetricsCase): void {
  const stream = on.open();
  expect(stream.requestHeaders(request(client), trailers === undefined).kind).toBe("continue");
  const sent = trailers === undefined ? null : stream.requestTrailers(trailers);
  if (sent === null || sent.kind === "continue") respond(stream, answer);
  expect(countsInHost(on.host)).toEqual({});
  stream.close();
}

function respond(stream: Stream, { status, headers, body, trailers }: UpstreamAnswer): void {
  const isLast = body === "" && trailers === undefined;
  const begun = stream.responseHeaders([[":status", String(status)], ...headers], isLast);
  if (begun.kind !== "continue" || isLast) return;
  stream.responseBody(Buffer.from(body), trailers === undefined);
  if (trailers !== undefined) stream.responseTrailers(trailers);
}

test.each(REQUEST_METRICS_RUNS)("%s", (_name, one) => {
  const configuration = REQUEST_METRICS_CONFIGURATIONS[one.configuration];
  const on = new Simulated(module, { configuration });
  exchange(on, one);
  expect(countsInHost(on.host)).toEqual({ [one.series]: 1 });
});

/** Count and sum of the durations of a protocol. */
function durations(on: Simulated, client: Client): { count: number; milliseconds: number } {
  const name =
    `destination_service=.=orders;.;request_protocol=.=${client};.;` +
    "sallyport_request_duration_milliseconds";
  const found = on.host.metrics().get(name);
  if (found?.type !== "histogram") throw new Error(`no ${name}`);
  return { count: Number(found.count), milliseconds: Number(found.sum) };
}

const KEY = ecKey("k");

describe.each(PROTOCOLS)("a request over %s that waits for keys", (client) => {
  /** Waits three seconds; what becomes of it then is told by `outcome`. */
  async function waiting() {
    const server = new KeyServer("hang");
    const on = new Simulated(module, {
      configuration: { ...remote(), ...METRICS },
      clusters: [CLUSTER],
      dispatch: server.dispatch,
    });
    const stream = on.open();
    const outcome = waitingFor(stream);
    const sent = stream.requestHeaders(request(client, bearer(await token(KEY))), true);
    expect(sent.kind).toBe("paused");
    await pass(on, 3);
    const answer = async (answering: Answering): Promise<void> => {
      const [call] = server.calls;
      if (call === undefined) throw new Error("nothing was asked");
      answerCall(call, answering);
      await settle();
    };
    expect(countsInHost(on.host)).toEqual({});
    return { on, stream, outcome, answer };
  }

  const late: [name: string, answering: Answering, http: string, grpc: string][] = [
    ["keys without its own", jwks(ecKey("other")), "401 -", "200 16"],
    ["another key under its name", jwks(ecKey("k")), "401 -", "200 16"],
    ["a server that fails", { status: 500 }, "503 -", "200 14"],
  ];
  test.each(late)("and is refused by %s counts once, when it is", async (...row) => {
    const [, answering, http, grpc] = row;
    const { on, stream, outcome, answer } = await waiting();
    await answer(answering);
    expect(outcome()?.reason).toMatch(/^jwt:/);
    const counts = { [`${client === "grpc" ? grpc : http} orders ${client} POST`]: 1 };
    expect(countsInHost(on.host)).toEqual(counts);
    stream.close();
    expect(countsInHost(on.host)).toEqual(counts);
    expect(durations(on, client)).toEqual({ count: 1, milliseconds: 3000 });
  });

  test("and is refused when its time is over", async () => {
    const { on, stream, outcome } = await waiting();
    await pass(on, 2.2);
    expect(outcome()?.reason).toBe("jwt:keys_unavailable");
    stream.close();
    const labels = client === "grpc" ? "200 14" : "503 -";
    expect(countsInHost(on.host)).toEqual({ [`${labels} orders ${client} POST`]: 1 });
    const { count, milliseconds } = durations(on, client);
    expect(count).toBe(1);
    expect(milliseconds).toBeGreaterThanOrEqual(5000);
    expect(milliseconds).toBeLessThanOrEqual(5200);
  });

  test("and is reset by its client has no status", async () => {
    const { on, stream, outcome } = await waiting();
    stream.close();
    expect(outcome()).toBeNull();
    const counts = { [`0 - orders ${client} POST`]: 1 };
    expect(countsInHost(on.host)).toEqual(counts);
    expect(durations(on, client)).toEqual({ count: 1, milliseconds: 3000 });
    // What comes for it then is nobody's.
    await pass(on, 3);
    expect(countsInHost(on.host)).toEqual(counts);
  });

  test("and passes counts as what the upstream answers", async () => {
    const { on, stream, outcome, answer } = await waiting();
    await answer(jwks(KEY));
    expect(outcome()?.reason).toBeNull();
    expect(countsInHost(on.host)).toEqual({});
    on.advance(2);
    stream.responseHeaders([[":status", "204"]], true);
    stream.close();
    const grpcStatus = client === "grpc" ? "2" : "-";
    expect(countsInHost(on.host)).toEqual({ [`204 ${grpcStatus} orders ${client} POST`]: 1 });
    expect(durations(on, client)).toEqual({ count: 1, milliseconds: 5000 });
  });
});

describe.each(PROTOCOLS)("a request over %s that waits for a limit", (client) => {
  const late: [name: string, answer: RlsAnswer, http: string, grpc: string][] = [
    ["a verdict", verdict(CODE.OVER_LIMIT), "429 -", "200 8"],
    ["a service that fails", { status: 13 }, "503 -", "200 14"],
  ];
  test.each(late)("and is refused by %s", (_name, answer, http, grpc) => {
    const { filter, service } = start("hang", undefined, {}, ["limits"], METRICS);
    const stream = filter.open();
    expect(stream.requestHeaders(request(client), true).kind).toBe("paused");
    filter.advance(0.25);
    const [call] = service.calls;
    if (call === undefined) throw new Error("nothing was asked");
    answerGrpc(call, answer);
    stream.close();
    const labels = client === "grpc" ? grpc : http;
    expect(countsInHost(filter.host)).toEqual({ [`${labels} orders ${client} POST`]: 1 });
    expect(durations(filter, client)).toEqual({ count: 1, milliseconds: 250 });
  });

  test("and is reset by its client", () => {
    const { filter } = start("hang", undefined, {}, ["limits"], METRICS);
    const stream = filter.open();
    expect(stream.requestHeaders(request(client), true).kind).toBe("paused");
    stream.close();
    expect(countsInHost(filter.host)).toEqual({ [`0 - orders ${client} POST`]: 1 });
  });
});

describe("when as many streams are open as the module keeps", () => {
  const STREAMS_MAX = 8192;
  const UNTRACKED = "sallyport_requests_untracked_total";
  const untracked = (on: Simulated): number => {
    const found = on.host.metrics().get(UNTRACKED);
    if (found?.type !== "counter") throw new Error(`no ${UNTRACKED}`);
    return Number(found.value);
  };

  /** A filter that is full, with a limit for requests to /limited and a store for those to /rls. */
  function full() {
    const limit = { name: "none", match: { path: "/limited" }, capacity: 0, refill: "0/s" };
    const asked = { name: "one", match: { path: "/rls" }, store: "service" };
    const { filter: on } = start("hang", [limit, asked], { stores: STORES }, ["limits"], METRICS);
    const streams = Array.from({ length: STREAMS_MAX }, () => on.open());
    const kinds = streams.map((stream) => stream.requestHeaders(request("http"), true).kind);
    expect(new Set(kinds)).toEqual(new Set(["continue"]));
    const send = (path: string, client: Client = "http"): StreamResult["kind"] => {
      const stream = on.open();
      const fields = request(client).map(([name, value]): [string, string] => [
        name,
        name === ":path" ? path : value,
      ]);
      const { kind } = stream.requestHeaders(fields, true);
      if (kind === "continue") stream.responseHeaders([[":status", "200"]], true);
      stream.close();
      return kind;
    };
    return { on, streams, send };
  }

  test("a request that passes is counted as not tracked, and as nothing else", () => {
    const { on, streams, send } = full();
    expect(untracked(on)).toBe(0);
    expect([send("/"), send("/", "grpc")]).toEqual(["continue", "continue"]);
    expect(untracked(on)).toBe(2);
    expect(countsInHost(on.host)).toEqual({});
    for (const stream of streams) stream.close();
    expect(countsInHost(on.host)).toEqual({ "0 - orders http POST": STREAMS_MAX });
    expect(send("/")).toBe("continue");
    expect(untracked(on)).toBe(2);
    expect(countsInHost(on.host)).toMatchObject({ "200 - orders http POST": 1 });
  });

  test("refusals are counted, also of what would have waited", () => {
    const { on, streams, send } = full();
    expect([send("/limited"), send("/limited", "grpc"), send("/rls")]).toEqual([
      "reply",
      "reply",
      "reply",
    ]);
    expect(untracked(on)).toBe(0);
    expect(countsInHost(on.host)).toEqual({
      "429 - orders http POST": 1,
      "200 8 orders grpc POST": 1,
      "503 - orders http POST": 1,
    });
    for (const stream of streams) stream.close();
  });
});
