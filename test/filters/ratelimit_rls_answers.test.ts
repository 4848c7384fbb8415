// What clients are told of the limits of a service: what the service says of them, and no more.

import { describe, expect, test } from "vitest";

import type { RlsStatus } from "../support/rls_messages.ts";
import { CODE } from "../support/rls_messages.ts";
import { requestOn, waitingFor } from "../support/simulated_filter.ts";
import { PLAIN, settle, start } from "./rls_filter.ts";

const ALWAYS = { headers: "always", xRateLimitHeaders: true };
const LIMIT = { requests_per_unit: 10, unit: 2 };

/** The fields of limits on the response to a request, or on its refusal. */
async function told(
  statuses: RlsStatus[],
  limits: object[] = [PLAIN],
): Promise<Record<string, string>> {
  const isOver = statuses.some(({ code }) => code === CODE.OVER_LIMIT);
  const overall = isOver ? CODE.OVER_LIMIT : CODE.OK;
  const { filter } = start({ overall, statuses }, limits, ALWAYS);
  const stream = filter.open();
  const came = waitingFor(stream);
  requestOn(stream);
  await settle();
  const sent = came();
  expect(sent?.reason).toBe(isOver ? "ratelimit:limited" : null);
  let headers = [...(sent?.headers ?? [])];
  if (!isOver) {
    const result = stream.responseHeaders([[":status", "200"]], true);
    if (result.kind !== "continue") throw new Error(`found ${result.kind}`);
    headers = [...result.headers];
  }
  stream.close();
  return Object.fromEntries(headers.filter(([name]) => /ratelimit|retry/.test(name)));
}

const REFUSED = { "x-envoy-ratelimited": "true" };

describe("a response tells", () => {
  test("what is left, until when, and of how many in which time", async () => {
    const status = { code: CODE.OK, limit: LIMIT, remaining: 7, until: { seconds: 41, nanos: 1 } };
    expect(await told([status])).toEqual({
      ratelimit: '"one";r=7;t=42',
      "ratelimit-policy": '"one";q=10;w=60',
      "x-ratelimit-limit": "10",
      "x-ratelimit-remaining": "7",
      "x-ratelimit-reset": "42",
    });
  });

  test("no time that the service does not say", async () => {
    expect(await told([{ code: CODE.OK, limit: LIMIT, remaining: 7 }])).toEqual({
      ratelimit: '"one";r=7',
      "ratelimit-policy": '"one";q=10;w=60',
      "x-ratelimit-limit": "10",
      "x-ratelimit-remaining": "7",
    });
  });

  test("nothing of what the service names no limit for", async () => {
    expect(await told([{ code: CODE.OK, until: { seconds: 5 } }])).toEqual({});
  });

  test("of the limit that has least left", async () => {
    const limits = ["a", "b", "c"].map((name) => ({ name, store: "service" }));
    const statuses = [9, 2, 5].map((remaining) => ({ code: CODE.OK, limit: LIMIT, remaining }));
    expect((await told(statuses, limits))["ratelimit"]).toBe('"b";r=2');
  });

  test("its own numbers when a limit of this Envoy has least left", async () => {
    const near = { name: "near", key: [{ text: "" }], capacity: 3, refill: "1/s" };
    const status = { code: CODE.OK, limit: LIMIT, remaining: 7, until: { seconds: 41 } };
    expect(await told([status], [PLAIN, near])).toMatchObject({
      ratelimit: '"near";r=2;t=1',
      "ratelimit-policy": '"near";q=3;w=3',
      "x-ratelimit-limit": "3",
      "x-ratelimit-reset": "1",
    });
  });

  // RateLimitResponse.RateLimit.Unit of Envoy v1.32.4; 5 and 6 are a month and a year.
  test.each([
    [1, ";w=1"],
    [2, ";w=60"],
    [3, ";w=3600"],
    [4, ";w=86400"],
    [5, ";w=2592000"],
    [6, ";w=31536000"],
    [7, ";w=604800"],
    [0, ""],
    [8, ""],
    [257, ""],
  ])("unit %i as %s", async (unit, window) => {
    const limit = { requests_per_unit: 10, unit };
    const found = await told([{ code: CODE.OK, limit, remaining: 1 }]);
    expect(found["ratelimit-policy"]).toBe(`"one";q=10${window}`);
  });
});

describe("a refusal tells", () => {
  test("what is left for a request that costs more", async () => {
    const status = { code: CODE.OVER_LIMIT, limit: LIMIT, remaining: 3, until: { seconds: 9 } };
    expect(await told([status])).toEqual({
      ...REFUSED,
      ratelimit: '"one";r=3;t=9',
      "ratelimit-policy": '"one";q=10;w=60',
      "x-ratelimit-limit": "10",
      "x-ratelimit-remaining": "3",
      "x-ratelimit-reset": "9",
      "retry-after": "9",
    });
  });

  test("nothing left, and no more, where the service says no more", async () => {
    expect(await told([{ code: CODE.OVER_LIMIT }])).toEqual({
      ...REFUSED,
      ratelimit: '"one";r=0',
      "x-ratelimit-remaining": "0",
    });
  });
});
