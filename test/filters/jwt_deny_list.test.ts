// A deny-list from a server: what is listed is refused, tokens that were verified before included.

import { describe, expect, test } from "vitest";

import type { Answering } from "../support/key_server.ts";
import { KeyServer } from "../support/key_server.ts";
import type { Claims } from "../support/tokens.ts";
import {
  ALICE,
  begun,
  deny,
  denying,
  INLINE,
  list,
  reasonOf,
  REVOKED,
  tokenOf,
} from "./deny_lists.ts";
import { bearer, configuration, metric, pass } from "./remote_keys.ts";

describe("a fetched deny-list", () => {
  test.each([
    ["a jti", { jti: ["t-1"] }, REVOKED],
    ["a sub", { sub: ["alice"] }, REVOKED],
    ["both", { jti: ["t-1"], sub: ["alice"] }, REVOKED],
    ["others", { jti: ["t-2", "alice"], sub: ["bob", "t-1"] }, null],
    ["a beginning", { jti: ["t-"], sub: ["alic"] }, null],
    ["nothing", { jti: [] }, null],
  ])("refuses by %s", async (_name, document, reason) => {
    const filter = await begun(new KeyServer(list(document)));
    expect(await reasonOf(filter, ALICE)).toBe(reason);
    expect(await reasonOf(filter, ALICE)).toBe(reason);
  });

  test("reads over other members, escapes and repetitions", async () => {
    const body =
      '{"v":{"jti":["t-2"]},"sub":["b\\u006fb","bob"],"jti":["t\\u002d1","\\ud83d\\ude00"]}';
    const filter = await begun(new KeyServer({ body }), { workers: 2 });
    for (const worker of [0, 1]) {
      for (const [claims, reason] of [
        [{ jti: "t-1" }, REVOKED],
        [{ jti: "t-2" }, null],
        [{ jti: "\u{1f600}" }, REVOKED],
        [{ sub: "bob" }, REVOKED],
      ] as const) {
        expect(await reasonOf(filter, claims, worker), JSON.stringify(claims)).toBe(reason);
      }
    }
    await pass(filter, 1);
    expect(metric(filter, "sallyport_deny_list_entries")).toBe(3);
  });

  test("stands beside the list of the configuration", async () => {
    const filter = await begun(new KeyServer(list({ jti: ["t-1"], sub: ["bob"] })), {
      configuration: denying({}, { jti: ["t-2"], sub: ["eve"] }),
    });
    for (const claims of [{ jti: "t-1" }, { jti: "t-2" }, { sub: "bob" }, { sub: "eve" }]) {
      expect(await reasonOf(filter, claims)).toBe(REVOKED);
    }
    expect(await reasonOf(filter, { jti: "t-3" })).toBeNull();
  });

  test("refuses a jti that is no text, and needs neither claim", async () => {
    const filter = await begun(new KeyServer(list({ sub: ["bob"] })));
    expect(await reasonOf(filter, { jti: 5 })).toBe("jwt:claims_invalid");
    expect(await reasonOf(filter, { sub: undefined })).toBeNull();
  });

  test("is found whole when it is as long as a document can be", async () => {
    const ids = Array.from({ length: 8000 }, (_, i) => i.toString(36).padStart(4, "0"));
    const server = new KeyServer(list({ jti: ids.slice(0, 4000), sub: ids.slice(4000) }));
    const filter = await begun(server);
    await pass(filter, 1);
    expect(metric(filter, "sallyport_deny_list_entries")).toBe(ids.length);
    for (let i = 0; i < ids.length; i += 97) {
      const [id, isToken] = [ids[i] ?? "", i < 4000];
      expect(await reasonOf(filter, { jti: id })).toBe(isToken ? REVOKED : null);
      expect(await reasonOf(filter, { sub: id })).toBe(isToken ? null : REVOKED);
    }
  });
});

describe("a list that changes", () => {
  test("ends a token in the cache at once, and lets it pass again", async () => {
    const server = new KeyServer(list({ jti: ["other"] }));
    const filter = await begun(server, {
      workers: 2,
      configuration: denying({ refresh: "30s" }),
    });
    for (const reason of [null, REVOKED, null, REVOKED]) {
      const jti = reason === null ? ["other"] : ["other", "t-1"];
      server.answer = list({ jti });
      await pass(filter, 32, 1);
      for (const worker of [0, 1]) {
        expect(await reasonOf(filter, ALICE, worker)).toBe(reason);
        expect(await reasonOf(filter, { ...ALICE, jti: "t-9" }, worker)).toBeNull();
      }
    }
  });

  test("ends tokens that a copy of the provider verified for other audiences", async () => {
    const server = new KeyServer(list({ sub: [] }));
    const section = {
      jwt: {
        providers: { idp: { audiences: ["orders"], keys: INLINE, ...deny() } },
        rules: [{ match: { prefix: "/" }, require: { provider: "idp", audiences: ["billing"] } }],
      },
    };
    const filter = await begun(server, { configuration: section });
    const claims = { ...ALICE, aud: "billing" };
    expect(await reasonOf(filter, claims)).toBeNull();
    server.answer = list({ sub: ["alice"] });
    await pass(filter, 601, 1);
    expect(await reasonOf(filter, claims)).toBe(REVOKED);
  });

  test("in order and spelling alone keeps the cache; refused tokens make no work", async () => {
    const server = new KeyServer(list({ jti: ["a", "t-1"], sub: ["bob"] }));
    const byHost = configuration(INLINE, deny(), { crypto: "host" });
    const filter = await begun(server, { configuration: byHost });
    const verified = async (claims: Claims): Promise<number> =>
      filter.callsOf(bearer(await tokenOf(claims))).get("proxy_call_foreign_function") ?? 0;
    expect([await verified({ jti: "b" }), await verified({ jti: "b" })]).toEqual([1, 0]);
    expect([await verified({ jti: "t-1" }), await verified({ jti: "t-1" })]).toEqual([1, 0]);
    server.answer = { body: ' {"sub":["b\\u006fb"],"jti":["t-1","a","a"],"n":2}' };
    await pass(filter, 601, 1);
    expect(server.calls).toHaveLength(2);
    expect(await verified({ jti: "b" })).toBe(0);
    server.answer = list({ jti: ["a", "t-1"], sub: ["bob", "b"] });
    await pass(filter, 601, 1);
    expect(await verified({ jti: "b" })).toBe(1);
  });

  test.each<[string, Answering]>([
    ["500", { status: 500 }],
    ["a reset", "reset"],
    ["no healthy host", "refuse"],
    ["204", { status: 204 }],
    ["an empty body", { body: "" }],
    ["HTML", { body: "<html>" }],
    ["half of it", { body: '{"jti":["t-1"' }],
    ["an object of other members", { body: { error: "maintenance" } }],
    ["a list", { body: ["t-1"] }],
    ["a list that is a text", { body: { jti: "t-1" } }],
    ["a value that is a number", { body: { jti: ["t-2"], sub: [5] } }],
    ["a value that is a list", { body: { jti: [["t-2"]] } }],
    ["one member twice", { body: '{"jti":[],"jti":[]}' }],
    ["text behind it", { body: '{"jti":[]}{}' }],
    ["no UTF-8", { body: Uint8Array.of(0x7b, 0x22, 0xff, 0x22, 0x7d) }],
    ["more than 64 KiB", { body: { jti: ["x".repeat(65536)] } }],
  ])("to %s leaves the last good one", async (_name, answer) => {
    const server = new KeyServer(list({ jti: ["t-1"] }));
    const filter = await begun(server);
    server.answer = answer;
    await pass(filter, 602, 1);
    expect(server.calls.length).toBeGreaterThan(1);
    expect(metric(filter, "outcome=.=failed;.;sallyport_deny_list_fetches_total")).toBeGreaterThan(
      0,
    );
    expect(await reasonOf(filter, ALICE)).toBe(REVOKED);
    expect(await reasonOf(filter, { jti: "t-2" })).toBeNull();
  });
});
