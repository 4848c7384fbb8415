// Keys that come and go: what was verified by a key counts as long as the key is there.

import { describe, expect, test } from "vitest";

import { KeyServer } from "../support/key_server.ts";
import { ecKey } from "../support/tokens.ts";
import { bearer, jwks, pass, reasonFor, remote, started, token } from "./remote_keys.ts";

const KEY = ecKey("k");
const NEW = ecKey("new");

describe("a rotation", () => {
  test("ends a key that left at once, and its cached tokens with it", async () => {
    const server = new KeyServer(jwks(KEY, NEW));
    const filter = await started(server, { workers: 2 });
    for (const worker of [0, 1]) {
      expect(await reasonFor(filter, KEY, worker)).toBeNull();
      expect(await reasonFor(filter, NEW, worker)).toBeNull();
    }
    server.answer = jwks(NEW);
    await pass(filter, 601, 1);
    for (const worker of [0, 1]) {
      expect(await reasonFor(filter, KEY, worker)).toBe("jwt:key_unknown");
      expect(await reasonFor(filter, NEW, worker)).toBeNull();
    }
  });

  test("to another key of the same kid ends tokens by the old one", async () => {
    const server = new KeyServer(jwks(KEY));
    const filter = await started(server);
    expect(await reasonFor(filter, KEY)).toBeNull();
    const other = ecKey("k");
    server.answer = jwks(other);
    await pass(filter, 601, 1);
    expect(await reasonFor(filter, KEY)).toBe("jwt:signature_invalid");
    expect(await reasonFor(filter, other)).toBeNull();
  });

  test("of nothing but spelling keeps the cache", async () => {
    const server = new KeyServer(jwks(KEY));
    const filter = await started(server, {
      configuration: remote({}, { crypto: "host" }),
    });
    const value = await token(KEY);
    const verified = (): number =>
      filter.callsOf(bearer(value)).get("proxy_call_foreign_function") ?? 0;
    expect(verified()).toBe(1);
    server.answer = { body: { extra: 1, keys: [{ ...KEY.jwk, x5t: "changed" }] } };
    await pass(filter, 601, 1);
    expect(server.calls).toHaveLength(2);
    expect(verified()).toBe(0);
    server.answer = jwks(KEY, NEW);
    await pass(filter, 601, 1);
    expect(verified()).toBe(1);
  });
});
