// Requests that wait for the verdict of a rate limit service: each gets its own, whatever order
// calls, answers, streams and configurations come and go in.

import { exportJWK, generateKeyPair, SignJWT } from "jose";
import { describe, expect, test } from "vitest";

import type { HeaderList, Stream } from "../../host-sim/src/index.ts";
import { CODE } from "../support/rls_messages.ts";
import { allOk, answerCall, verdict } from "../support/rls_service.ts";
import type { Sent, Simulated } from "../support/simulated_filter.ts";
import { requestOn, waitingFor } from "../support/simulated_filter.ts";
import { PLAIN, sent, start, STORES, UNAVAILABLE } from "./rls_filter.ts";

describe("requests that wait", () => {
  function opened(filter: Simulated): { stream: Stream; came: () => Sent | null } {
    const stream = filter.open();
    const came = waitingFor(stream);
    expect(requestOn(stream).reason).toBe("waits");
    return { stream, came };
  }

  test("each get the verdict about themselves, in whatever order they come", () => {
    const { filter, service } = start("hang");
    const waiting = Array.from({ length: 50 }, () => opened(filter));
    const order = waiting.map((_, i) => (i * 7) % 50);
    for (const i of order) {
      const call = service.calls[i];
      if (call === undefined) throw new Error("no call");
      answerCall(call, verdict(i % 3 === 0 ? CODE.OVER_LIMIT : CODE.OK));
    }
    const reasons = waiting.map(({ came }) => came()?.reason);
    expect(reasons).toEqual(waiting.map((_, i) => (i % 3 === 0 ? "ratelimit:limited" : null)));
  });

  test("and go leave nothing behind, and what they were to be told is nobody's", () => {
    const { filter, service } = start("hang");
    const gone = opened(filter);
    gone.stream.close();
    const next = opened(filter);
    const [first, second] = service.calls;
    if (first === undefined || second === undefined) throw new Error("no call");
    answerCall(first, verdict(CODE.OK));
    expect([gone.came(), next.came()]).toEqual([null, null]);
    answerCall(second, verdict(CODE.OVER_LIMIT));
    expect(next.came()?.reason).toBe("ratelimit:limited");
    expect(gone.came()).toBeNull();
  });

  test("are as many as there are places, and one more fails at once", () => {
    const { filter, service } = start("hang");
    const waiting = Array.from({ length: 848 }, () => opened(filter));
    expect(requestOn(filter.open()).reason).toBe(UNAVAILABLE);
    for (const call of service.calls) answerCall(call, verdict(CODE.OK));
    expect(waiting.every(({ came }) => came()?.reason === null)).toBe(true);
    for (const { stream } of waiting) stream.close();
    opened(filter);
  });

  test("get their verdict over a push, and the next configuration asks for itself", async () => {
    const { filter, service } = start("hang");
    const old = opened(filter);
    const configuration = {
      rateLimit: { stores: STORES, limits: [PLAIN, { name: "two", store: "service" }] },
    };
    filter.plugin.update(JSON.stringify(configuration));
    const [call] = service.calls;
    if (call === undefined) throw new Error("no call");
    answerCall(call, verdict(CODE.OK));
    expect(old.came()?.reason).toBeNull();
    service.answer = allOk;
    expect((await sent({ filter, service })).reason).toBeNull();
    expect(service.requests.at(-1)?.descriptors).toHaveLength(2);
  });
});

describe("two groups", () => {
  test("ask one after the other, each once", async () => {
    const { publicKey, privateKey } = await generateKeyPair("ES256");
    const jwk = { ...(await exportJWK(publicKey)), kid: "k", alg: "ES256" };
    const token = await new SignJWT({ sub: "spiffe://a/b" })
      .setProtectedHeader({ alg: "ES256", kid: "k" })
      .setAudience("orders")
      .setExpirationTime(2 ** 40)
      .sign(privateKey);
    const jwt = {
      providers: { one: { audiences: ["orders"], keys: { inline: { keys: [jwk] } } } },
      rules: [{ match: { prefix: "/" }, require: "one" }],
    };
    const limits = [
      { name: "flood", store: "service" },
      { name: "subject", store: "service", key: [{ claim: "sub", as: "sub" }] },
    ];
    const { filter, service } = start(allOk, limits, {}, ["limits"], { jwt });
    const headers: HeaderList = [["authorization", `Bearer ${token}`]];
    expect((await sent({ filter, service }, headers)).reason).toBeNull();
    expect(
      service.requests.map(({ descriptors }) => descriptors.map((one) => one.entries)),
    ).toEqual([[[["generic_key", "flood"]]], [[["sub", "spiffe://a/b"]]]]);
    // What is refused for its token is counted by the first group alone.
    expect((await sent({ filter, service })).reason).toBe("jwt:missing");
    expect(service.requests).toHaveLength(3);
    service.answer = ({ descriptors }) =>
      verdict(descriptors[0]?.entries[0]?.[0] === "sub" ? CODE.OVER_LIMIT : CODE.OK);
    expect((await sent({ filter, service }, headers)).reason).toBe("ratelimit:limited");
    expect(service.requests).toHaveLength(5);
  });
});
