// Answers of limits that no case on a healthy host shows.

import { describe, expect, test } from "vitest";

import type { HeaderList, HostCall } from "../../host-sim/src/index.ts";
import { Status } from "../../host-sim/src/index.ts";
import type { Sent } from "../support/simulated_filter.ts";
import { loadShippedModule, requestOn, Simulated } from "../support/simulated_filter.ts";

const module = await loadShippedModule();

const ONE = { name: "one", key: [{ text: "" }], capacity: 1, refill: "1/m" };
type Faults = (call: HostCall) => Status | undefined;

function filter(members: object, limits: object[], faults?: Faults): Simulated {
  const given = faults === undefined ? {} : { faults };
  return new Simulated(module, { configuration: { rateLimit: { ...members, limits } }, ...given });
}

/** A fault of one host call in one kind of callback. */
const failing =
  (name: string, status: Status, phase: string): Faults =>
  (call) =>
    call.name === name && call.phase === phase ? status : undefined;

const NO_CLOCK = failing("clock_time_get", Status.INTERNAL_FAILURE, "request_headers");
const NO_WRITE = failing("proxy_set_shared_data", Status.CAS_MISMATCH, "request_headers");

describe("a store that fails", () => {
  test("is 503 in the form of the section, with a time to come back, and may be retried", () => {
    const sent = filter({ errors: "problem" }, [{ ...ONE, status: 418 }], NO_CLOCK).send();
    expect(sent).toMatchObject({ status: 503, reason: "ratelimit:unavailable" });
    expect(sent.headers.get("retry-after")).toBe("2");
    expect(sent.headers.get("content-type")).toBe("application/problem+json");
    expect(sent.headers.has("x-envoy-ratelimited")).toBe(false);
    expect(sent.headers.has("ratelimit")).toBe(false);
    expect(JSON.parse(sent.body)).toEqual({
      type: "about:blank",
      title: "Service Unavailable",
      status: 503,
      detail: "ratelimit:unavailable",
    });
  });

  test("is no matter for a limit that is tried out", () => {
    const shadow = { ...ONE, shadow: true };
    expect(filter({}, [shadow], NO_CLOCK).send().reason).toBeNull();
    expect(filter({}, [shadow], NO_WRITE).send().reason).toBeNull();
    const noRead = failing("proxy_get_shared_data", Status.INTERNAL_FAILURE, "request_headers");
    expect(filter({}, [shadow], noRead).send().reason).toBeNull();
    expect(filter({}, [shadow, { ...ONE, name: "two" }], NO_CLOCK).send().status).toBe(503);
  });
});

describe("what a request lacks", () => {
  const NO_KEY = { ...ONE, capacity: 9, key: [{ header: "x-user", onMissing: "deny" }] };
  const NO_COST = { ...ONE, capacity: 9, cost: { header: "x-cost", max: 5, onInvalid: "deny" } };
  const sendTo = (limits: object[], members: object = {}): Sent =>
    filter(members, limits).send([["x-cost", "-1"]]);

  test.each([
    [NO_KEY, "ratelimit:key_missing", "missing rate limit key"],
    [NO_COST, "ratelimit:cost_invalid", "invalid rate limit cost"],
  ])("is told in the form of the section, without a limit", (limit, reason, message) => {
    const refused = { status: 400, reason };
    const plain = sendTo([limit]);
    expect(plain).toMatchObject({ ...refused, body: JSON.stringify({ error: message }) });
    for (const name of ["ratelimit", "retry-after", "x-envoy-ratelimited"]) {
      expect(plain.headers.has(name), name).toBe(false);
    }
    const problem = sendTo([{ ...limit, status: 503 }], { errors: "problem" });
    expect(problem).toMatchObject(refused);
    expect(JSON.parse(problem.body)).toEqual({
      type: "about:blank",
      title: "Bad Request",
      status: 400,
      detail: reason,
    });
  });

  test.each([NO_KEY, NO_COST])("is no matter for a limit that is tried out", (limit) => {
    expect(sendTo([{ ...limit, shadow: true }]).reason).toBeNull();
  });
});

test("races that are lost for ever have the status of the limit, and are not retried", () => {
  const sent = filter({ errors: "google" }, [{ ...ONE, status: 503 }], NO_WRITE).send();
  expect(sent).toMatchObject({ status: 503, reason: "ratelimit:cas_exhausted" });
  expect(sent.headers.get("x-envoy-ratelimited")).toBe("true");
  expect(sent.headers.get("retry-after")).toBe("2");
  const { error }: { error: { details: unknown[] } } = JSON.parse(sent.body);
  expect(error).toMatchObject({ code: 503, status: "RESOURCE_EXHAUSTED" });
  expect(error.details).toEqual([expect.objectContaining({ reason: "RATELIMIT_CAS_EXHAUSTED" })]);
});

test("a refusal has all its fields however large the request is", () => {
  const on = filter({ xRateLimitHeaders: true, errors: "google" }, [{ ...ONE, capacity: 0 }]);
  // The pairs fill the arena but for the reserve.
  for (const bytes of [400_000, 900_000, 1_000_000, 1_030_000]) {
    const sent = on.send([["x-large", "x".repeat(bytes)]]);
    if (sent.reason === "headers_too_large") continue;
    expect(sent.reason, String(bytes)).toBe("ratelimit:limited");
    expect([...sent.headers.keys()]).toEqual(
      expect.arrayContaining(["ratelimit", "ratelimit-policy", "x-ratelimit-remaining"]),
    );
    expect(JSON.parse(sent.body)).toHaveProperty("error.code", 429);
  }
});

describe("responses", () => {
  const ALWAYS = { headers: "always", xRateLimitHeaders: true };
  const FIVE = { ...ONE, capacity: 5 };

  function responseOf(on: Simulated, answer: HeaderList = []): HeaderList {
    const stream = on.open();
    try {
      expect(requestOn(stream).reason).toBeNull();
      const result = stream.responseHeaders([[":status", "200"], ...answer], true);
      if (result.kind !== "continue") throw new Error(`found ${result.kind}`);
      return result.headers.filter(([name]) => name !== ":status");
    } finally {
      stream.close();
    }
  }

  test("of a request that costs nothing tell a full bucket: reset 0, and no t", () => {
    const fields = new Map(responseOf(filter(ALWAYS, [{ ...FIVE, cost: 0 }])));
    expect(fields.get("ratelimit")).toBe('"one";r=5');
    expect(fields.get("x-ratelimit-reset")).toBe("0");
  });

  test.each(["x-ratelimit-limit", "X-RateLimit-Remaining", "x-ratelimit-reset"])(
    "with %s of the upstream keep its numbers alone",
    (name) => {
      const names = responseOf(filter(ALWAYS, [FIVE]), [[name, "7"]]).map(([each]) => each);
      expect(names).toEqual([name.toLowerCase(), "ratelimit", "ratelimit-policy"]);
    },
  );

  test.each([Status.INTERNAL_FAILURE, Status.INVALID_MEMORY_ACCESS])(
    "get no numbers where the host answers %i for what it has",
    (status) => {
      const faults = failing("proxy_get_header_map_pairs", status, "response_headers");
      const names = responseOf(filter(ALWAYS, [FIVE], faults)).map(([name]) => name);
      expect(names).toEqual(["ratelimit", "ratelimit-policy"]);
    },
  );

  test("with more fields than are looked at get no numbers", () => {
    const many = Array.from({ length: 600 }, (_, i): [string, string] => [`x-${String(i)}`, ""]);
    const names = responseOf(filter(ALWAYS, [FIVE]), many).map(([name]) => name);
    expect(names.slice(many.length)).toEqual(["ratelimit", "ratelimit-policy"]);
  });

  test("pass where the host takes no field", () => {
    const faults = failing("proxy_add_header_map_value", Status.BAD_ARGUMENT, "response_headers");
    expect(responseOf(filter(ALWAYS, [FIVE], faults))).toEqual([]);
  });
});
