// What a rule should change never goes on unchanged, in a response and in trailers as in a request:
// where it cannot be changed there is another answer, or the stream ends.

import { describe, expect, test } from "vitest";

import type { HeaderList, HostCall, Stream, StreamResult } from "../../host-sim/src/index.ts";
import { Status } from "../../host-sim/src/index.ts";
import { answerCall, KeyServer, settle } from "../support/key_server.ts";
import { reasonOf } from "../support/run_cases.ts";
import type { Simulated } from "../support/simulated_filter.ts";
import { ecKey } from "../support/tokens.ts";
import type { OtherMap } from "./other_maps_run.ts";
import {
  begin,
  fieldsOf,
  give,
  giveTo,
  OTHER_MAPS,
  OVER_GRPC,
  passed,
  simulate,
  withRules,
} from "./other_maps_run.ts";
import { bearer, CLUSTER, jwks, token, URI } from "./remote_keys.ts";

const STREAMS_MAX = 8192;
const HEADERS_MAX = 512;
const REFUSED = "normalise:response_refused";
const FULL = "normalise:streams_full";

/** The status and reason of an answer; the reason of a reset. */
function refusalOf(result: StreamResult): [status: number, reason: string] {
  if (result.kind === "reset") return [0, reasonOf(result.details)];
  if (result.kind !== "reply") throw new Error(`found ${result.kind}`);
  return [result.reply.status, reasonOf(result.reply.details)];
}

/** Decisions for a reason so far, with an outcome. */
function counted(filter: Simulated, reason: string, outcome = "deny"): number {
  const labels = `outcome=.=${outcome};.;reason=.=${reason};`;
  const found = [...filter.host.metrics()].find(([name]) => name.includes(labels));
  if (found?.[1].type !== "counter") throw new Error(`nothing counts ${labels}`);
  return Number(found[1].value);
}

describe("streams that are kept", () => {
  test.each(OTHER_MAPS)("%s: a request beyond the last place is refused", (map) => {
    const filter = withRules(map, { remove: ["x-secret"] });
    const streams = Array.from({ length: STREAMS_MAX }, () => passed(filter, {}, false));
    const late = filter.open();
    expect(refusalOf(begin(late, {}))).toEqual([503, FULL]);
    late.close();
    const overGrpc = filter.open();
    const result = begin(overGrpc, OVER_GRPC);
    expect(result).toMatchObject({ kind: "reply", reply: { grpcStatus: 14 } });
    overGrpc.close();
    expect(counted(filter, FULL)).toBe(2);
    for (const stream of streams) {
      expect(fieldsOf(give(stream, map, [["x-secret", "1"]]))).toEqual([]);
      stream.close();
    }
    expect(fieldsOf(giveTo(filter, map, [["x-secret", "1"]]))).toEqual([]);
  });

  test("are none without rules for what comes later", () => {
    const filter = simulate({ normalise: { remove: ["x-secret"] } });
    const streams = Array.from({ length: STREAMS_MAX + 1 }, () => passed(filter));
    expect(streams).toHaveLength(STREAMS_MAX + 1);
    for (const stream of streams) stream.close();
  });
});

const LARGE: HeaderList = Array.from({ length: HEADERS_MAX + 1 }, (_, i) => [`x-${i}`, "1"]);
const LINES: HeaderList = Array.from({ length: HEADERS_MAX - 1 }, () => ["x-a", "1,2,3"]);

const CANNOT: [string, object, HeaderList, status: number, reason: string][] = [
  [
    "a value that is invalid",
    { rewrite: [{ header: "x-a", apply: ["base64Decode"], onInvalid: "reject" }] },
    [["x-a", "?"]],
    400,
    "normalise:header_refused",
  ],
  ["more fields than are read", { remove: ["x-secret"] }, LARGE, 431, "headers_too_large"],
  ["more bytes than are read", { remove: ["x-secret"] }, [["x-a", "v".repeat(1 << 20)]], 431, ""],
  ["more members than are split", { dedupe: [{ header: "x-a" }] }, LINES, 431, ""],
];

describe.each(OTHER_MAPS)("%s that cannot be changed", (map) => {
  test.each(CANNOT)("%s", (_name, rules, given, status, reason) => {
    const filter = withRules(map, rules);
    const result = giveTo(filter, map, given);
    const own = reason === "" ? "headers_too_large" : reason;
    if (map === "requestTrailers") expect(refusalOf(result)).toEqual([status, own]);
    else if (map === "response") expect(refusalOf(result)).toEqual([502, REFUSED]);
    else expect(refusalOf(result)).toEqual([0, REFUSED]);
    expect(counted(filter, map === "requestTrailers" ? own : REFUSED)).toBe(1);
    expect(fieldsOf(giveTo(filter, map, [["x-b", "1"]]))).toEqual([["x-b", "1"]]);
  });

  test("because the host fails, in whatever call", () => {
    const rules = {
      remove: ["x-secret"],
      set: [{ header: "x-a", value: "new" }],
      append: [{ header: "x-b", value: "new" }],
    };
    const given: HeaderList = [
      ["x-secret", "1"],
      ["x-a", "1"],
    ];
    let failing: HostCall["name"] | null = null;
    const faults = ({ name }: HostCall): Status | undefined =>
      name === failing ? Status.INTERNAL_FAILURE : undefined;
    const filter = simulate({ normalise: { [map]: rules } }, { faults });
    const calls: HostCall["name"][] = [
      "proxy_get_header_map_pairs",
      "proxy_remove_header_map_value",
      "proxy_replace_header_map_value",
      "proxy_add_header_map_value",
    ];
    for (const call of calls) {
      const stream = passed(filter, {}, map !== "requestTrailers");
      failing = map === "responseTrailers" ? null : call;
      if (map === "responseTrailers") {
        stream.responseHeaders([[":status", "200"]], false);
        failing = call;
        expect(refusalOf(stream.responseTrailers(given)), call).toEqual([0, "host_failure"]);
      } else {
        expect(refusalOf(give(stream, map, given)), call).toEqual([503, "host_failure"]);
      }
      failing = null;
      stream.close();
    }
  });

  test("stays where it is when the host does not take another answer either", () => {
    let fails = false;
    const faults = ({ name }: HostCall): Status | undefined => {
      const isOfChange = name !== "proxy_get_header_map_pairs" && !name.startsWith("proxy_log");
      return fails && isOfChange ? Status.INTERNAL_FAILURE : undefined;
    };
    const filter = simulate({ normalise: { [map]: { remove: ["x-secret"] } } }, { faults });
    const stream = passed(filter, {}, map !== "requestTrailers");
    if (map === "responseTrailers") stream.responseHeaders([[":status", "200"]], false);
    fails = true;
    const given: HeaderList = [["x-secret", "1"]];
    const result =
      map === "responseTrailers" ? stream.responseTrailers(given) : give(stream, map, given);
    expect(result).toEqual({ kind: "paused" });
    fails = false;
    stream.close();
  });

  test("is no other stream's business", () => {
    const filter = withRules(map, {
      rewrite: [{ header: "x-a", apply: ["base64Decode"], onInvalid: "reject" }],
    });
    const other = passed(filter, {}, map !== "requestTrailers");
    expect(giveTo(filter, map, [["x-a", "?"]]).kind).not.toBe("continue");
    expect(fieldsOf(give(other, map, [["x-a", "eA=="]]))).toEqual([["x-a", "x"]]);
    other.close();
  });
});

describe("the answer in place of a response", () => {
  const REJECTS = { rewrite: [{ header: "x-a", apply: ["base64Decode"], onInvalid: "reject" }] };

  test("is gRPC's own for a gRPC client, and has the form of the configuration else", () => {
    const filter = withRules("response", REJECTS, { errors: { form: "problem" } });
    const overGrpc = giveTo(filter, "response", [["x-a", "?"]], OVER_GRPC);
    expect(overGrpc).toMatchObject({ kind: "reply", reply: { grpcStatus: 13 } });
    const plain = giveTo(filter, "response", [["x-a", "?"]]);
    if (plain.kind !== "reply") throw new Error("the response passed");
    expect(Buffer.from(plain.reply.body).toString()).toContain(`"detail":"${REFUSED}"`);
  });

  test("is not touched by rules, nor is that to a request that is refused", () => {
    const rules = { ...REJECTS, set: [{ header: "content-type", value: "text/plain" }] };
    const filter = simulate({ normalise: { reject: ["x-debug"], response: rules } });
    const isJson = (result: StreamResult): boolean =>
      result.kind === "reply" &&
      result.reply.headers.some(([, value]) => value === "application/json");
    expect(isJson(giveTo(filter, "response", [["x-a", "?"]]))).toBe(true);
    const stream = filter.open();
    expect(isJson(begin(stream, { headers: [["x-debug", "1"]] }))).toBe(true);
    stream.close();
  });

  test("counts nothing of a dry run that another request passed", () => {
    const jwt = { dryRun: true, providers: PROVIDERS, rules: RULES };
    const filter = simulate({ jwt, normalise: { response: REJECTS } });
    const stream = passed(filter);
    const dryRuns = (): number => counted(filter, "jwt:missing", "dry_run");
    const before = dryRuns();
    expect(refusalOf(give(stream, "response", [["x-a", "?"]]))).toEqual([502, REFUSED]);
    expect(dryRuns()).toBe(before);
    stream.close();
  });
});

const KEY = ecKey("k");
const PROVIDERS = { idp: { audiences: ["orders"], keys: { inline: { keys: [KEY.jwk] } } } };
const RULES = [{ match: { prefix: "/" }, require: "idp" }];

describe("a request that waited for keys", () => {
  test.each(OTHER_MAPS)("%s: has what it is due, with its claims", async (map) => {
    const server = new KeyServer("hang");
    const keys = { remote: { uri: URI, cluster: CLUSTER } };
    const when = { claims: [{ claim: "sub", equals: "alice" }] };
    const filter = simulate(
      {
        normalise: { [map]: { set: [{ header: "x-b", value: "1", when }], remove: ["x-secret"] } },
        jwt: { providers: { idp: { audiences: ["orders"], keys } }, rules: RULES },
      },
      { clusters: [CLUSTER], dispatch: server.dispatch },
    );
    const stream = filter.open();
    const isLast = map !== "requestTrailers";
    const request = { headers: bearer(await token(KEY)) };
    expect(begin(stream, request, isLast)).toEqual({ kind: "paused" });
    let outcome: StreamResult | null = null;
    stream.onResume = ({ result }) => (outcome = result);
    const [call] = server.calls;
    if (call === undefined) throw new Error("nothing was asked");
    answerCall(call, jwks(KEY));
    await settle();
    expect(outcome).toMatchObject({ kind: "continue" });
    expect(fieldsOf(give(stream, map, [["x-secret", "1"]]))).toEqual([["x-b", "1"]]);
    stream.close();
  });
});

describe("beside errors of the upstream that are mapped", () => {
  const errors = { mapUpstream: "standard" };
  const ERROR: HeaderList = [
    [":status", "503"],
    ["content-type", "text/html"],
    ["retry-after", "7"],
    ["www-authenticate", "secret"],
  ];
  const mapped = (filter: Simulated): StreamResult => {
    const stream = passed(filter, OVER_GRPC);
    try {
      return stream.responseHeaders(ERROR, true);
    } finally {
      stream.close();
    }
  };
  const valuesOf = (result: StreamResult, name: string): string[] => {
    if (result.kind !== "reply") throw new Error(`found ${result.kind}`);
    return result.reply.headers.filter(([each]) => each === name).map(([, value]) => value);
  };

  test("a mapped answer keeps nothing that a rule takes away, and what it writes", () => {
    const filter = withRules(
      "response",
      {
        remove: ["www-authenticate"],
        rewrite: [{ header: "retry-after", pattern: "{n}", to: "1{n}" }],
      },
      { errors },
    );
    const result = mapped(filter);
    expect(result).toMatchObject({ reply: { grpcStatus: 14 } });
    expect(valuesOf(result, "www-authenticate")).toEqual([]);
    expect(valuesOf(result, "retry-after")).toEqual(["17"]);
  });

  test("a response to gRPC-Web has its rules and stays as it is else", () => {
    const when = { grpc: true };
    const rules = { set: [{ header: "x-b", value: "grpc", when }], remove: ["www-authenticate"] };
    const given = ERROR.filter(([name]) => name !== ":status");
    const left = given.filter(([name]) => name !== "www-authenticate");
    const inside: HeaderList = [["content-type", "application/grpc"]];
    // Translated by Envoy's grpc_web in front.
    const translated: HeaderList = [...inside, ["x-grpc-web", "1"]];
    const web: HeaderList = [["content-type", "application/grpc-web"]];
    const answer = (headers: HeaderList, others: object): HeaderList => {
      const stream = passed(withRules("response", rules, others), { method: "POST", headers });
      const result = stream.responseHeaders(ERROR, true);
      stream.close();
      return fieldsOf(result);
    };
    const leftOfGrpc = [...left, ["x-b", "grpc"]];
    expect(answer(web, {})).toEqual(left);
    expect(answer(web, { errors })).toEqual(left);
    expect(answer(inside, {})).toEqual(leftOfGrpc);
    expect(answer(translated, {})).toEqual(leftOfGrpc);
    expect(answer(translated, { errors })).toEqual(leftOfGrpc);
  });

  test("limits are told beside what rules leave", () => {
    const limits = [{ name: "one", capacity: 9, refill: "0/s" }];
    const filter = withRules(
      "response",
      { remove: ["ratelimit*", "x-secret"] },
      { rateLimit: { limits, headers: "always" } },
    );
    const given: HeaderList = [
      ["ratelimit", "of the upstream"],
      ["x-secret", "1"],
    ];
    const left = fieldsOf(giveTo(filter, "response", given));
    expect(left.map(([name]) => name)).not.toContain("x-secret");
    expect(left.filter(([name]) => name === "ratelimit")).toEqual([["ratelimit", '"one";r=8']]);
  });
});

describe("trailers over gRPC", () => {
  test("keep the status whatever the rules are, and metadata is changed", () => {
    const rules = { remove: ["x-*"], append: [{ header: "trailer-text", value: "2" }] };
    const filter = withRules("responseTrailers", rules);
    const given: HeaderList = [
      ["grpc-status", "5"],
      ["grpc-message", "no order"],
      ["x-secret", "1"],
      ["trailer-text", "1"],
    ];
    const left = fieldsOf(giveTo(filter, "responseTrailers", given, OVER_GRPC));
    expect(left).toEqual([...given.slice(0, 2), given[3], ["trailer-text", "2"]]);
  });

  test("come after those of the request, each map with its own rules", () => {
    const own = (map: OtherMap): object => ({ set: [{ header: "x-map", value: map }] });
    const filter = simulate({
      normalise: Object.fromEntries(OTHER_MAPS.map((map) => [map, own(map)])),
    });
    const stream: Stream = passed(filter, OVER_GRPC, false);
    stream.requestBody(Buffer.from("x"), false);
    const seen = [
      stream.requestTrailers([]),
      stream.responseHeaders([[":status", "200"]], false),
      stream.responseTrailers([["grpc-status", "0"]]),
    ].map((result) => fieldsOf(result).find(([name]) => name === "x-map")?.[1]);
    expect(seen).toEqual(["requestTrailers", "response", "responseTrailers"]);
    stream.close();
  });
});
