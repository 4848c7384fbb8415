// Errors of the upstream on the simulator. test/e2e/upstream_errors.test.ts shows the same cases to
// a real Envoy.

import { readFile } from "node:fs/promises";

import { describe, expect, test } from "vitest";
import type { HeaderList, StreamResult } from "../../host-sim/src/index.ts";
import { Status } from "../../host-sim/src/index.ts";
import type { UpstreamErrorCase } from "../cases/upstream_errors.ts";
import { UPSTREAM_ERROR_CONFIGURATIONS, UPSTREAM_ERROR_RUNS } from "../cases/upstream_errors.ts";
import type { UpstreamAnswer } from "../support/answering_upstream.ts";
import type { Protocol } from "../support/case.ts";
import { loadConfigurationError } from "../support/configuration_error.ts";
import { MODULE_PATH } from "../support/envoy.ts";
import { Simulated } from "../support/simulated_filter.ts";
import type { UpstreamErrorOutcome } from "../cases/upstream_error_outcome.ts";
import { expectUpstreamError } from "../cases/upstream_error_outcome.ts";

const module = await WebAssembly.compile(await readFile(MODULE_PATH));

function requestFields(protocol: Protocol, headers: HeaderList): HeaderList {
  const own: HeaderList = protocol === "grpc" ? [["content-type", "application/grpc"]] : [];
  return [[":authority", "example.test"], [":path", "/"], [":method", "POST"], ...own, ...headers];
}

const responseFields = ({ status, headers }: UpstreamAnswer): HeaderList => [
  [":status", String(status)],
  ...headers,
];

function run(
  filter: Simulated,
  protocol: Protocol,
  { headers = [], answer }: Pick<UpstreamErrorCase, "headers" | "answer">,
): UpstreamErrorOutcome {
  const stream = filter.open();
  try {
    const passed = stream.requestHeaders(requestFields(protocol, headers), true);
    expect(passed.kind).toBe("continue");
    const begun = stream.responseHeaders(responseFields(answer), answer.body === "");
    if (begun.kind === "continue" && answer.body !== "") {
      expect(stream.responseBody(Buffer.from(answer.body), true).kind).toBe("continue");
    }
    return toOutcome(begun, answer);
  } finally {
    stream.close();
  }
}

function toOutcome(result: StreamResult, answer: UpstreamAnswer): UpstreamErrorOutcome {
  const status = (headers: HeaderList): number =>
    Number(headers.find(([name]) => name === ":status")?.[1]);
  if (result.kind === "reply") {
    const { headers, body, details } = result.reply;
    return { status: status(headers), headers, body, details };
  }
  if (result.kind !== "continue") throw new Error(`the response ${result.kind}`);
  const { headers } = result;
  return { status: status(headers), headers, body: Buffer.from(answer.body), details: null };
}

const filters = new Map<string, Simulated>();

test.each(UPSTREAM_ERROR_RUNS)("%s", (_name, protocol, one) => {
  const configuration = UPSTREAM_ERROR_CONFIGURATIONS[one.configuration];
  const filter = filters.get(one.configuration) ?? new Simulated(module, { configuration });
  filters.set(one.configuration, filter);
  expectUpstreamError(run(filter, protocol, one), one);
});

const ERROR: UpstreamAnswer = { status: 503, headers: [["content-type", "text/html"]], body: "x" };
const MAPPED = { configuration: UPSTREAM_ERROR_CONFIGURATIONS.precise };

describe("a response goes on as it is", () => {
  test.each(["proxy_get_header_map_pairs", "proxy_send_local_response"])(
    "where the host fails in %s",
    (name) => {
      let fails = false;
      const filter = new Simulated(module, {
        ...MAPPED,
        faults: (call) => (fails && call.name === name ? Status.INTERNAL_FAILURE : undefined),
      });
      const stream = filter.open();
      stream.requestHeaders(requestFields("grpc", []), true);
      fails = true;
      expect(stream.responseHeaders(responseFields(ERROR), false)).toMatchObject({
        kind: "continue",
        headers: responseFields(ERROR),
      });
      stream.close();
    },
  );

  test("where more streams are open than the module keeps, and no request is refused", () => {
    const filter = new Simulated(module, MAPPED);
    const STREAMS_MAX = 8192;
    const streams = Array.from({ length: STREAMS_MAX + 1 }, () => {
      const stream = filter.open();
      expect(stream.requestHeaders(requestFields("grpc", []), true).kind).toBe("continue");
      return stream;
    });
    const answers = streams.map((stream) => stream.responseHeaders(responseFields(ERROR), false));
    const kinds = answers.map(({ kind }) => kind);
    expect(kinds.filter((kind) => kind === "continue")).toHaveLength(1);
    expect(kinds.at(-1)).toBe("continue");
    for (const stream of streams) stream.close();
    expect(run(filter, "grpc", { answer: ERROR }).details).not.toBeNull();
  });

  test("where it has more fields than the module reads", () => {
    const filter = new Simulated(module, MAPPED);
    const many: HeaderList = Array.from({ length: 600 }, (_, i) => [`x-${i}`, "1"]);
    const answer = { ...ERROR, headers: [...ERROR.headers, ...many] };
    expect(run(filter, "grpc", { answer }).details).toBeNull();
  });
});

test("a request that is refused is answered once", () => {
  const filter = new Simulated(module, {
    configuration: { ...MAPPED.configuration, rateLimit: LIMIT_OF_NOTHING },
  });
  const stream = filter.open();
  const result = stream.requestHeaders(requestFields("grpc", []), true);
  expect(result).toMatchObject({ kind: "reply", reply: { grpcStatus: 8 } });
  stream.close();
});

const LIMIT_OF_NOTHING = { limits: [{ name: "none", capacity: 0, refill: "1/d" }] };

describe("the form of refusals", () => {
  const google = /^\{"error":\{"code"/;
  const problem = /^\{"type"/;
  const json = /^\{"error":"/;
  const rateLimit = (errors?: string): object => ({
    ...LIMIT_OF_NOTHING,
    ...(errors === undefined ? {} : { errors }),
  });
  const KEY = { kty: "oct", k: "A".repeat(43), alg: "HS256", kid: "k" };
  const jwt = (errors?: string): object => ({
    ...(errors === undefined ? {} : { errors }),
    providers: {
      p: { audiences: ["a"], algorithms: ["HS256"], keys: { inline: { keys: [KEY] } } },
    },
    rules: [{ match: { prefix: "/" }, require: "p" }],
  });

  test.each<[string, object, RegExp]>([
    ["is JSON", { rateLimit: rateLimit() }, json],
    ["is that of the chain", { errors: { form: "google" }, rateLimit: rateLimit() }, google],
    [
      "is the section's before the chain's",
      { errors: { form: "google" }, rateLimit: rateLimit("problem") },
      problem,
    ],
    ["is that of jwt for every section", { jwt: jwt("google"), rateLimit: rateLimit() }, google],
    [
      "is the chain's before that of jwt for other sections",
      { errors: { form: "problem" }, jwt: jwt("google"), rateLimit: rateLimit() },
      problem,
    ],
    [
      "is that of jwt for its own refusals",
      { errors: { form: "problem" }, jwt: jwt("google") },
      google,
    ],
    [
      "is the chain's for refusals of jwt that says nothing",
      { errors: { form: "problem" }, jwt: jwt() },
      problem,
    ],
  ])("%s", (_name, configuration, form) => {
    const filter = new Simulated(module, { configuration });
    const stream = filter.open();
    const result = stream.requestHeaders(requestFields("http2", []), true);
    if (result.kind !== "reply") throw new Error("the request passed");
    expect(Buffer.from(result.reply.body).toString()).toMatch(form);
    stream.close();
  });
});

describe("the section", async () => {
  const errorOf = await loadConfigurationError();

  test.each<[string, unknown, string]>([
    ["a text", "google", '$.errors: found "google", allowed: an object'],
    [
      "an unknown member",
      { forms: "json" },
      "$.errors.forms: found an unknown member, allowed: form, mapUpstream",
    ],
    [
      "an unknown form",
      { form: "xml" },
      '$.errors.form: found "xml", allowed: json, problem, google',
    ],
    [
      "a mapping that is no name",
      { mapUpstream: true },
      "$.errors.mapUpstream: found true, allowed: standard, precise",
    ],
  ])("refuses %s", (_name, errors, message) => {
    expect(errorOf({ errors })).toBe(message);
  });

  test.each([{}, { form: "json" }, { mapUpstream: "standard" }])("takes %j", (errors) => {
    expect(errorOf({ errors })).toBeNull();
  });
});
