// When a deny-list is fetched, who waits for it, and that nobody passes while none may be used.

import { describe, expect, test } from "vitest";

import type { HttpCall } from "../../host-sim/src/index.ts";
import { answerCall, KeyServer } from "../support/key_server.ts";
import { requestOn, WAITING, waitingFor } from "../support/simulated_filter.ts";
import { ecKey, flipBit } from "../support/tokens.ts";
import {
  ALICE,
  begun,
  deny,
  denying,
  INLINE,
  KEY,
  list,
  LISTS,
  OPTIONS,
  reasonOf,
  REVOKED,
  URI,
} from "./deny_lists.ts";
import {
  bearer,
  CLUSTER,
  configuration,
  jwks,
  metric,
  pass,
  remote,
  sendToken,
  simulate,
  token,
} from "./remote_keys.ts";

const UNAVAILABLE = "jwt:deny_list_unavailable";

function first<Item>(items: readonly Item[]): Item {
  const [item] = items;
  if (item === undefined) throw new Error("there is none");
  return item;
}

describe("without a list that may be used", () => {
  test("nobody passes, whatever was verified before, until one comes", async () => {
    const server = new KeyServer(list({ jti: ["other"] }));
    const filter = await begun(server, {
      workers: 2,
      configuration: denying({ refresh: "30s", staleFor: "1m" }),
    });
    expect(await reasonOf(filter, ALICE)).toBeNull();
    server.answer = { status: 500 };
    await pass(filter, 59, 1);
    expect(await reasonOf(filter, ALICE)).toBeNull();
    await pass(filter, 2, 1);
    for (const worker of [0, 1]) {
      const sent = await sendToken(filter, await token(KEY, ALICE), worker);
      expect(sent).toMatchObject({ reason: UNAVAILABLE, status: 503 });
      expect(sent.headers.get("retry-after")).toBeDefined();
      expect(sent.headers.get("www-authenticate")).toBeUndefined();
    }
    server.answer = list({ jti: ["other"] });
    await pass(filter, 35, 1);
    for (const worker of [0, 1]) expect(await reasonOf(filter, ALICE, worker)).toBeNull();
  });

  test("a failed first fetch is 503, and no signature is looked at", async () => {
    const filter = await begun(new KeyServer({ status: 500 }));
    expect(await reasonOf(filter, ALICE)).toBe(UNAVAILABLE);
    const forged = flipBit(await token(KEY, ALICE), 2, 5);
    expect((await sendToken(filter, forged)).reason).toBe(UNAVAILABLE);
    expect((await sendToken(filter, await token(ecKey("x")))).reason).toBe("jwt:key_unknown");
  });

  test("requests do not hurry a server that fails", async () => {
    const server = new KeyServer({ status: 500 });
    const filter = await begun(server);
    for (let second = 0; second < 30; second++) {
      expect(await reasonOf(filter, ALICE)).toBe(UNAVAILABLE);
      await pass(filter, 1, 1);
    }
    expect(server.calls.length).toBeLessThanOrEqual(7);
  });

  test("a cluster that is not there is 503", async () => {
    const filter = simulate(new KeyServer(list({ jti: [] })), { ...OPTIONS, clusters: [] });
    await pass(filter, 0.3);
    expect(await reasonOf(filter, ALICE)).toBe(UNAVAILABLE);
  });
});

describe("a request before the first list", () => {
  test.each([
    [{ jti: [] }, null],
    [{ jti: ["t-1"] }, REVOKED],
  ])("waits for it: %j", async (document, reason) => {
    const server = new KeyServer("hang");
    const filter = simulate(server, { ...OPTIONS, workers: 2 });
    const streams = [0, 1].map((worker) => filter.open(worker));
    const outcomes = streams.map((stream) => waitingFor(stream));
    for (const stream of streams) {
      expect(requestOn(stream, bearer(await token(KEY, ALICE)))).toBe(WAITING);
    }
    await pass(filter, 0.2);
    expect(metric(filter, "sallyport_deny_list_waiters")).toBe(2);
    expect(server.calls).toHaveLength(1);
    answerCall(first(server.calls), list(document));
    await pass(filter, 0.2);
    expect(outcomes.map((outcome) => outcome()?.reason)).toEqual([reason, reason]);
    for (const stream of streams) stream.close();
    expect(metric(filter, "sallyport_deny_list_waiters")).toBe(0);
  });

  test("is refused after five seconds whatever happens", async () => {
    const configured = denying({ timeout: "30s" });
    const filter = simulate(new KeyServer("hang"), { ...OPTIONS, configuration: configured });
    const stream = filter.open();
    const outcome = waitingFor(stream);
    expect(requestOn(stream, bearer(await token(KEY)))).toBe(WAITING);
    await pass(filter, 4.8);
    expect(outcome()).toBeNull();
    await pass(filter, 0.4);
    expect(outcome()).toMatchObject({ reason: UNAVAILABLE, status: 503 });
    stream.close();
  });

  test("waits for keys, then for the list", async () => {
    const server = new KeyServer((call) => (call.cluster === LISTS ? "hang" : jwks(KEY)));
    const configured = { jwt: { ...both() } };
    const filter = simulate(server, { ...OPTIONS, configuration: configured });
    const stream = filter.open();
    const outcome = waitingFor(stream);
    expect(requestOn(stream, bearer(await token(KEY, ALICE)))).toBe(WAITING);
    await pass(filter, 0.3);
    expect(outcome()).toBeNull();
    const asked = server.calls.filter(({ cluster }) => cluster === LISTS);
    expect(asked).toHaveLength(1);
    answerCall(first(asked), list({ sub: ["alice"] }));
    await pass(filter, 0.2);
    expect(outcome()?.reason).toBe(REVOKED);
    stream.close();
  });

  function both(): object {
    const keys = { remote: { uri: "https://idp.test/keys", cluster: CLUSTER } };
    return {
      providers: { idp: { audiences: ["orders"], keys, ...deny() } },
      rules: [{ match: { prefix: "/" }, require: "idp" }],
    };
  }
});

describe("the requests for a list", () => {
  test("are one for all workers and providers, with the entity tag of the last", async () => {
    const server = new KeyServer((call) =>
      new Map(call.headers).get("if-none-match") === '"1"'
        ? { status: 304 }
        : { body: { jti: ["t-1"] }, headers: [["etag", '"1"']] },
    );
    const provider = { audiences: ["orders"], keys: INLINE, ...deny() };
    const filter = await begun(server, {
      workers: 4,
      configuration: {
        jwt: {
          providers: { other: { ...provider, profile: "at+jwt", issuer: "i" }, idp: provider },
          rules: [{ match: { prefix: "/" }, require: "idp" }],
        },
      },
    });
    expect(server.calls).toHaveLength(1);
    expect(first(server.calls)).toMatchObject({
      cluster: LISTS,
      headers: [
        [":method", "GET"],
        [":scheme", "https"],
        [":authority", "lists.test"],
        [":path", "/denied"],
        ["accept", "application/json"],
      ],
    });
    await pass(filter, 601, 1);
    expect(server.calls).toHaveLength(2);
    for (let worker = 0; worker < 4; worker++) {
      expect(await reasonOf(filter, ALICE, worker)).toBe(REVOKED);
    }
    expect(metric(filter, "sallyport_deny_list_entries")).toBe(1);
    expect(metric(filter, "sallyport_deny_list_last_status")).toBe(304);
    expect(metric(filter, "sallyport_deny_list_age_seconds")).toBeLessThan(100);
    expect(metric(filter, "outcome=.=ok;.;sallyport_deny_list_fetches_total")).toBe(2);
  });

  test("do not mix with those for keys at the same address", async () => {
    const keys = { remote: { uri: URI, cluster: LISTS } };
    const answer = { body: { keys: [KEY.jwk], jti: ["t-1"] } };
    const filter = await begun(new KeyServer(answer), {
      configuration: configuration(keys, deny()),
    });
    expect(await reasonOf(filter, ALICE)).toBe(REVOKED);
    expect(await reasonOf(filter, { jti: "t-2" })).toBeNull();
  });

  test("are not made again by a push of the same list", async () => {
    const server = new KeyServer(list({ jti: ["t-1"] }));
    const filter = await begun(server);
    server.answer = { status: 500 };
    filter.plugin.update(JSON.stringify(denying({ refresh: "5m" }, { sub: ["eve"] })));
    expect(await reasonOf(filter, ALICE)).toBe(REVOKED);
    expect(await reasonOf(filter, { jti: "t-2" })).toBeNull();
    expect(server.calls).toHaveLength(1);
  });
});

test("an area that held a list is one for keys again, and back", async () => {
  const server = new KeyServer((call: HttpCall) =>
    call.cluster === LISTS ? list({ jti: ["t-1"] }) : jwks(KEY),
  );
  const filter = await begun(server);
  for (let round = 0; round < 100; round++) {
    const uri = `${URI}/${String(round)}`;
    const next = round % 2 === 0 ? remote({ uri }) : denying({ uri });
    filter.plugin.update(JSON.stringify(next));
    await pass(filter, 0.2);
    expect(await reasonOf(filter, ALICE)).toBe(round % 2 === 0 ? null : REVOKED);
    expect(await reasonOf(filter, { jti: "t-2" })).toBeNull();
  }
});
