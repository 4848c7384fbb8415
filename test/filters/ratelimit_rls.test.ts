// Limits of a rate limit service: what it is asked, what its verdict means, and every way in which
// there is none.

import { describe, expect, test } from "vitest";

import type { RlsAnswer } from "../support/rls_service.ts";
import { allOk, answerCall, verdict } from "../support/rls_service.ts";
import { CODE, encodeResponse } from "../support/rls_messages.ts";
import { requestOn, waitingFor } from "../support/simulated_filter.ts";
import { PLAIN, sent, settle, start, UNAVAILABLE } from "./rls_filter.ts";

describe("what a service is asked", () => {
  test("is the domain, and the name of a limit without a key", async () => {
    const { filter, service } = start(allOk);
    expect((await sent({ filter, service })).reason).toBeNull();
    const entries = [["generic_key", "one"]];
    expect(service.requests).toEqual([{ domain: "edge", descriptors: [{ entries }], hits: 1 }]);
    const [call] = service.calls;
    expect([call?.cluster, call?.service, call?.method, call?.timeoutMilliseconds]).toEqual([
      "limits",
      "envoy.service.ratelimit.v3.RateLimitService",
      "ShouldRateLimit",
      20,
    ]);
  });

  test("is a descriptor for each limit and an entry for each part, in order", async () => {
    const answering = start(allOk, [
      {
        ...PLAIN,
        key: [
          { header: "x-tenant", as: "tenant" },
          { text: "fixed", as: "kind" },
        ],
      },
      { name: "two", store: "service", key: [{ header: "x-user", as: "user" }] },
    ]);
    await sent(answering, [
      ["x-tenant", "acme"],
      ["x-user", "jürgen".normalize()],
    ]);
    expect(answering.service.requests[0]?.descriptors.map(({ entries }) => entries)).toEqual([
      [
        ["tenant", "acme"],
        ["kind", "fixed"],
      ],
      [["user", expect.stringMatching(/^sha256:[0-9a-f]{64}$/)]],
    ]);
  });

  test("is `-` for what is missing or empty", async () => {
    const answering = start(allOk, [{ ...PLAIN, key: [{ header: "x-user", as: "user" }] }]);
    await sent(answering);
    await sent(answering, [["x-user", ""]]);
    const values = answering.service.requests.map(({ descriptors }) => descriptors[0]?.entries);
    expect(values).toEqual([[["user", "-"]], [["user", "-"]]]);
  });

  const hashed: [string, string][] = [
    ["is too long", "x".repeat(257)],
    ["is not UTF-8", "\xff"],
    ["is cut within a character", "\xc3"],
  ];
  test.each(hashed)("is the hash of a value that %s", async (_name, value) => {
    const answering = start(allOk, [{ ...PLAIN, key: [{ header: "x-user", as: "user" }] }]);
    const digest = await crypto.subtle.digest("SHA-256", Buffer.from(value, "latin1"));
    await sent(answering, [["x-user", value]]);
    expect(answering.service.requests[0]?.descriptors[0]?.entries).toEqual([
      ["user", `sha256:${Buffer.from(digest).toString("hex")}`],
    ]);
  });

  test("is the value itself up to 256 bytes, UTF-8 included", async () => {
    const answering = start(allOk, [{ ...PLAIN, key: [{ header: "x-user", as: "user" }] }]);
    await sent(answering, [["x-user", "x".repeat(256)]]);
    await sent(answering, [["x-user", "\xc3\xbc"]]);
    const values = answering.service.requests.map((each) => each.descriptors[0]?.entries[0]?.[1]);
    expect(values).toEqual(["x".repeat(256), "ü"]);
  });

  const costs: [string, number[], number, (number | undefined)[]][] = [
    ["one for all where they cost the same", [7, 7], 7, [undefined, undefined]],
    ["each its own where they differ", [1, 5], 0, [1, 5]],
    ["0, which a request as a whole cannot cost", [0, 0], 0, [0, 0]],
  ];
  test.each(costs)("costs %s", async (_name, given, common, own) => {
    const limits = given.map((cost, i) => ({ name: `n${i}`, store: "service", cost }));
    const answering = start(allOk, limits);
    expect((await sent(answering)).reason).toBeNull();
    const [request] = answering.service.requests;
    expect(request?.hits).toBe(common);
    expect(request?.descriptors.map(({ hits }) => hits)).toEqual(own);
  });

  test("fits when every part of every limit is as long as can be", async () => {
    const key = Array.from({ length: 8 }, () => ({ header: "x-user", as: "k".repeat(256) }));
    const limits = Array.from({ length: 32 }, (_, i) => ({
      name: `n${i}`,
      store: "service",
      key,
      cost: 999_900 + i,
    }));
    const stores = { service: { rls: { cluster: "limits", domain: "d".repeat(2048) } } };
    const answering = start(allOk, limits, { stores });
    expect((await sent(answering, [["x-user", "v".repeat(256)]])).reason).toBeNull();
    const [request] = answering.service.requests;
    expect(request?.domain).toHaveLength(2048);
    expect(request?.descriptors).toHaveLength(32);
    expect(request?.descriptors[31]?.entries).toHaveLength(8);
    expect(request?.descriptors[31]?.hits).toBe(999_931);
  });

  test("is at most 32 limits, which the configuration is held to", () => {
    const limits = Array.from({ length: 33 }, (_, i) => ({ name: `n${i}`, store: "service" }));
    expect(() => start(allOk, limits)).toThrow(/limits\[32\]\.store.*at most 32/s);
  });
});

describe("a verdict", () => {
  test("over the limit refuses, by the first limit that is over", async () => {
    const limits = ["a", "b", "c"].map((name) => ({ name, store: "service", status: 430 }));
    const answering = start(verdict(CODE.OK, CODE.OVER_LIMIT, CODE.OVER_LIMIT), limits);
    const refused = await sent(answering);
    expect([refused.reason, refused.status]).toEqual(["ratelimit:limited", 430]);
  });

  test("over the limit that names no limit refuses by the first", async () => {
    const limits = [
      { ...PLAIN, status: 431 },
      { name: "two", store: "service" },
    ];
    const statuses = [{ code: CODE.OK }, { code: CODE.OK }];
    const answering = start({ overall: CODE.OVER_LIMIT, statuses }, limits);
    expect((await sent(answering)).status).toBe(431);
  });

  test("OK passes whatever its parts say: the service may be in shadow mode", async () => {
    const statuses = [{ code: CODE.OVER_LIMIT }];
    const answering = start({ overall: CODE.OK, statuses });
    expect((await sent(answering)).reason).toBeNull();
  });

  test("over a shadow limit passes", async () => {
    const answering = start(verdict(CODE.OVER_LIMIT), [{ ...PLAIN, shadow: true }]);
    expect((await sent(answering)).reason).toBeNull();
  });

  test("tells when to come again", async () => {
    const statuses = [{ code: CODE.OVER_LIMIT, until: { seconds: 41, nanos: 1 } }];
    const answering = start({ overall: CODE.OVER_LIMIT, statuses });
    expect((await sent(answering)).headers.get("retry-after")).toBe("42");
  });

  test("is used once: the next request asks again", async () => {
    const answering = start(allOk);
    await sent(answering);
    await sent(answering);
    expect(answering.service.requests).toHaveLength(2);
  });
});

/** Ways of a service to give no verdict. */
const NO_VERDICT: [string, RlsAnswer][] = [
  ["cannot be called", "refuse"],
  ["is unavailable", { status: 14 }],
  ["does not know the method", { status: 12 }],
  ["ends without a message", { status: 0 }],
  ["answers nothing", new Uint8Array()],
  ["answers rubbish", new Uint8Array([0xff, 0xff, 0xff])],
  ["is cut short", encodeResponse(CODE.OK, [{ code: 1, remaining: 300 }]).slice(0, -1)],
  ["answers UNKNOWN", { overall: CODE.UNKNOWN, statuses: [{ code: CODE.OK }] }],
  ["says nothing of the limit", { overall: CODE.OK, statuses: [] }],
  ["says something of one limit more", verdict(CODE.OK, CODE.OK)],
  ["answers more than is read", new Uint8Array(65537)],
];

describe("a service that", () => {
  test.each(NO_VERDICT)("%s makes limits fail as they are to", async (_name, answer) => {
    const denied = await sent(start(answer));
    expect([denied.reason, denied.status]).toEqual([UNAVAILABLE, 503]);
    expect((await sent(start(answer, [{ ...PLAIN, onStoreFailure: "allow" }]))).reason).toBeNull();
  });

  test("is no cluster of the host makes them fail at once", () => {
    const { filter } = start(allOk, [PLAIN], {}, []);
    expect(requestOn(filter.open()).reason).toBe(UNAVAILABLE);
  });

  test("is slow makes them fail when its time is over, and is late for nobody", async () => {
    const { filter, service } = start("hang");
    const stream = filter.open();
    const came = waitingFor(stream);
    expect(requestOn(stream).reason).toBe("waits");
    filter.advance(0.019);
    filter.host.runTimers();
    expect(came()).toBeNull();
    filter.advance(0.002);
    filter.host.runTimers();
    expect(came()?.reason).toBe(UNAVAILABLE);
    const [call] = service.calls;
    if (call !== undefined) answerCall(call, verdict(CODE.OK));
    await settle();
    expect(came()?.reason).toBe(UNAVAILABLE);
  });

  test("fails often is left alone, and asked again later", async () => {
    const answering = start({ status: 14 });
    for (let i = 0; i < 40; i++) expect((await sent(answering)).reason).toBe(UNAVAILABLE);
    const asked = answering.service.requests.length;
    expect(asked).toBeLessThan(40);
    answering.service.answer = allOk;
    // Longer than any breaker stays open.
    for (let i = 0; i < 60 && (await sent(answering)).reason !== null; i++) {
      answering.filter.advance(1);
    }
    expect((await sent(answering)).reason).toBeNull();
    expect(answering.service.requests.length).toBeGreaterThan(asked);
  });
});
