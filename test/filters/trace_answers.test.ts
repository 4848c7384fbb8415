// What answers tell of a trace: whatever comes, and whatever the host does not do.

import { describe, expect, test } from "vitest";

import type { HeaderList, HostCall, LocalReply, Stream } from "../../host-sim/src/index.ts";
import { latin1, Status } from "../../host-sim/src/index.ts";
import { loadConfigurationError } from "../support/configuration_error.ts";
import { reasonOf } from "../support/run_cases.ts";
import { loadShippedModule, requestOn, Simulated } from "../support/simulated_filter.ts";

const module = await loadShippedModule();
const TRACE_ID = "0af7651916cd43dd8448eb211c80319c";
const TRACED: HeaderList = [["traceparent", `00-${TRACE_ID}-b7ad6b7169203331-01`]];
const BOTH = { response: ["traceresponse", "server-timing"] };
const STREAMS_MAX = 8192;
const HEADERS_MAX = 512;

const filterOf = (configuration: object, faults?: (call: HostCall) => Status | undefined) =>
  new Simulated(module, { configuration, ...(faults === undefined ? {} : { faults }) });

/** A request that passes, and the stream that it is on. */
function passed(filter: Simulated, headers: HeaderList = TRACED): [Stream, string] {
  const stream = filter.open();
  const { reason, headers: sent } = requestOn(stream, headers);
  expect(reason).toBeNull();
  return [stream, sent.get("traceparent") ?? ""];
}

function responseOn(stream: Stream, more: HeaderList = []): HeaderList {
  const result = stream.responseHeaders([[":status", "200"], ...more], true);
  if (result.kind !== "continue") throw new Error(`found ${result.kind}`);
  return result.headers;
}

const valuesOf = (fields: HeaderList, name: string): string[] =>
  fields.filter(([each]) => each === name).map(([, value]) => value);

function replyOn(stream: Stream, more: HeaderList): LocalReply {
  const result = stream.responseHeaders([[":status", "200"], ...more], true);
  if (result.kind !== "reply") throw new Error(`found ${result.kind}`);
  return result.reply;
}

const failing =
  (...names: string[]) =>
  ({ name }: HostCall): Status | undefined =>
    names.includes(name) ? Status.INTERNAL_FAILURE : undefined;

describe("responses", () => {
  test("tell the context that the upstream was sent", () => {
    const filter = filterOf({ trace: BOTH });
    const streams = Array.from({ length: 3 }, () => passed(filter));
    for (const [stream, traceparent] of streams.reverse()) {
      const fields = responseOn(stream);
      expect(valuesOf(fields, "traceresponse")).toEqual([traceparent]);
      expect(valuesOf(fields, "server-timing")).toEqual([`trace;desc="${traceparent}"`]);
      stream.close();
    }
  });

  test("have one traceresponse, and all of what server-timing had", () => {
    const [stream, traceparent] = passed(filterOf({ trace: BOTH }));
    const fields = responseOn(stream, [
      ["traceresponse", "a"],
      ["traceresponse", "b"],
      ["server-timing", "db;dur=53"],
    ]);
    expect(valuesOf(fields, "traceresponse")).toEqual([traceparent]);
    expect(valuesOf(fields, "server-timing")).toContain(`trace;desc="${traceparent}"`);
    expect(valuesOf(fields, "server-timing")).toContain("db;dur=53");
  });

  test("go on without it when too many streams are kept", () => {
    const filter = filterOf({ trace: BOTH });
    const streams = Array.from({ length: STREAMS_MAX + 1 }, () => passed(filter)[0]);
    const last = streams.at(-1);
    expect(last === undefined ? [] : responseOn(last)).toEqual([[":status", "200"]]);
    for (const stream of streams) stream.close();
    expect(responseOn(passed(filter)[0])).toHaveLength(3);
  });

  test("go on without it when the host takes no field", () => {
    const faults = (call: HostCall): Status | undefined =>
      call.phase === "response_headers"
        ? failing("proxy_add_header_map_value", "proxy_replace_header_map_value")(call)
        : undefined;
    const [stream] = passed(filterOf({ trace: BOTH }, faults));
    expect(responseOn(stream)).toEqual([[":status", "200"]]);
  });

  test("tell nothing of a request that the host gave no random bytes", () => {
    const faults = (call: HostCall): Status | undefined =>
      call.phase === "request_headers" ? failing("random_get")(call) : undefined;
    const [stream] = passed(filterOf({ trace: BOTH }, faults), []);
    expect(responseOn(stream)).toEqual([[":status", "200"]]);
  });

  test.each([
    ["none", { trace: {} }],
    ["an empty list", { trace: { response: [] } }],
  ])("with %s cost nothing", (_name, configuration) => {
    const filter = filterOf(configuration);
    const before = filter.host.hostCallsByName().get("proxy_add_header_map_value") ?? 0;
    const [stream] = passed(filter);
    const after = filter.host.hostCallsByName().get("proxy_add_header_map_value") ?? 0;
    expect(responseOn(stream)).toEqual([[":status", "200"]]);
    expect(filter.host.hostCallsByName().get("proxy_add_header_map_value")).toBe(after);
    expect(after - before).toBe(1);
  });
});

describe("answers in place of a response", () => {
  test("have the trace of their request, not that of the last one", () => {
    const normalise = {
      response: { rewrite: [{ header: "x-a", apply: ["base64Decode"], onInvalid: "reject" }] },
    };
    const filter = filterOf({ normalise, trace: BOTH });
    const [stream, traceparent] = passed(filter);
    passed(filter, []);
    const { details, headers, body } = replyOn(stream, [["x-a", "?"]]);
    expect(reasonOf(details)).toBe("normalise:response_refused");
    expect(valuesOf(headers, "x-trace-id")).toEqual([TRACE_ID]);
    expect(valuesOf(headers, "traceresponse")).toEqual([traceparent]);
    expect(JSON.parse(latin1(body))).toMatchObject({ trace_id: TRACE_ID });
    expect(filter.host.log.at(-1)?.message).toContain(`trace_id=${TRACE_ID}`);
  });

  test("that are mapped errors of the upstream have its id and what it keeps of them", () => {
    const filter = filterOf({ errors: { mapUpstream: "standard" }, trace: BOTH });
    const [stream] = passed(filter);
    passed(filter, []);
    const challenges = Array.from({ length: 5 }, (_, i): [string, string] => [
      "www-authenticate",
      `Scheme${i}`,
    ]);
    const { details, headers } = replyOn(stream, [
      ["content-type", "application/grpc"],
      ["grpc-status", "16"],
      ...challenges,
    ]);
    expect(reasonOf(details)).toBe("upstream:grpc:16");
    expect(valuesOf(headers, "x-trace-id")).toEqual([TRACE_ID]);
    expect(valuesOf(headers, "www-authenticate")).toHaveLength(challenges.length);
  });
});

describe("refusals", () => {
  const refusedOf = (configuration: object, headers: HeaderList) =>
    filterOf(configuration).send(headers);

  test.each([
    ["more headers than are looked at", HEADERS_MAX + 1, "headers_too_large"],
    ["very many headers", 5000, "headers_too_large"],
  ])("of %s have a trace-id of their own", (_name, count, reason) => {
    const many: HeaderList = Array.from({ length: count }, () => TRACED[0] ?? ["", ""]);
    const sent = refusedOf({ trace: {} }, many);
    expect(sent.reason).toBe(reason);
    expect(sent.headers.get("x-trace-id")).toMatch(/^(?!0af7)[0-9a-f]{32}$/);
  });

  test("of headers that the host does not hand out have a trace-id of their own", () => {
    const filter = filterOf({ trace: BOTH }, failing("proxy_get_header_map_pairs"));
    const { reason, headers } = filter.send(TRACED);
    expect(reason).toBe("host_failure");
    const traceId = headers.get("x-trace-id") ?? "";
    expect(traceId).toMatch(/^[0-9a-f]{32}$/);
    expect(headers.get("traceresponse")).toContain(traceId);
    expect(filter.send(TRACED).headers.get("x-trace-id")).not.toBe(traceId);
  });

  test("have no trace-id while there is no configuration", () => {
    const { reason, headers, body } = filterOf(
      { trace: BOTH },
      failing("proxy_define_metric"),
    ).send(TRACED);
    expect(reason).toBe("config_failed");
    expect(headers.has("x-trace-id")).toBe(false);
    expect(headers.has("traceresponse")).toBe(false);
    expect(body).not.toContain("trace_id");
  });

  test("have their status still when the host refuses the fields", () => {
    let calls = 0;
    const faults = ({ name }: HostCall): Status | undefined =>
      name === "proxy_send_local_response" && calls++ === 0 ? Status.BAD_ARGUMENT : undefined;
    const normalise = { reject: ["x-bad"] };
    const sent = filterOf({ normalise, trace: BOTH }, faults).send([...TRACED, ["x-bad", "1"]]);
    expect(sent.status).toBe(400);
  });
});

describe("the configuration", () => {
  test.each([
    [["x"], '$.trace.response[0]: found "x", allowed: traceresponse, server-timing'],
    [
      ["traceresponse", "traceresponse"],
      '$.trace.response[1]: found "traceresponse", allowed: each name once',
    ],
    ["traceresponse", '$.trace.response: found "traceresponse", allowed: a list of 0 to 2'],
  ])("refuses %j", async (response, message) => {
    const errorOf = await loadConfigurationError();
    expect(errorOf({ trace: { response } })).toBe(message);
  });
});
