// The other places that keys come from: an issuer's metadata, SPIFFE bundles, PEM.

import type { KeyObject } from "node:crypto";
import { createPublicKey } from "node:crypto";
import { describe, expect, test } from "vitest";

import type { HttpCall } from "../../host-sim/src/index.ts";
import type { Answering } from "../support/key_server.ts";
import { KeyServer, settle } from "../support/key_server.ts";
import { ecKey, keyFor, mint, rsaKey } from "../support/tokens.ts";
import type { TestKey } from "../support/tokens.ts";
import {
  CLUSTER,
  configuration,
  jwks,
  metric,
  pass,
  reasonFor,
  sendToken,
  started,
} from "./remote_keys.ts";
import type { Simulated } from "../support/simulated_filter.ts";

const KEY = ecKey("k");
const OTHER = ecKey("other");

const pathOf = (call: HttpCall): string => new Map(call.headers).get(":path") ?? "";

describe("discovery", () => {
  const ISSUER = "https://idp.test/realm";
  const JWKS_URI = "https://keys.test:8443/realm/keys?v=2";
  const config = configuration({ discovery: { issuer: ISSUER, cluster: CLUSTER } });
  const metadata = { issuer: ISSUER, authorization_endpoint: "x", jwks_uri: JWKS_URI };

  function serverOf(document: unknown, keys: Answering = jwks(KEY)): KeyServer {
    return new KeyServer((call) =>
      pathOf(call).includes("openid-configuration") ? { body: document } : keys,
    );
  }

  test.each([ISSUER, `${ISSUER}/`])(
    "asks %s for its metadata and that for the keys",
    async (issuer) => {
      const server = serverOf({ ...metadata, issuer });
      const keys = { discovery: { cluster: CLUSTER } };
      const filter = await started(server, { configuration: configuration(keys, { issuer }) });
      const asked = server.calls.map(({ cluster, headers }) => {
        const fields = new Map(headers);
        const uri = [":scheme", ":authority", ":path"].map((name) => fields.get(name));
        return [cluster, ...uri];
      });
      expect(asked).toEqual([
        [CLUSTER, "https", "idp.test", "/realm/.well-known/openid-configuration"],
        [CLUSTER, "https", "keys.test:8443", "/realm/keys?v=2"],
      ]);
      const value = await mint(KEY, { iss: issuer, aud: "orders", exp: 1e9 });
      expect((await sendToken(filter, value)).reason).toBeNull();
    },
  );

  test("takes an escaped URI", async () => {
    const text = JSON.stringify(metadata).replaceAll("/", "\\/");
    const filter = await started(serverOf(text), { configuration: config });
    expect(await reasonFor(filter, KEY)).toBeNull();
  });

  test.each<[string, unknown]>([
    ["another issuer", { ...metadata, issuer: "https://idp.test/realm2" }],
    ["an issuer with a slash more", { ...metadata, issuer: `${ISSUER}/` }],
    ["no issuer", { jwks_uri: JWKS_URI }],
    ["an issuer that is no text", { ...metadata, issuer: [ISSUER] }],
    ["no jwks_uri", { issuer: ISSUER }],
    ["a jwks_uri that is no text", { ...metadata, jwks_uri: 7 }],
    ["an empty jwks_uri", { ...metadata, jwks_uri: "" }],
    ["a jwks_uri of another scheme", { ...metadata, jwks_uri: "file:///etc/passwd" }],
    ["a jwks_uri with a line break", { ...metadata, jwks_uri: `${JWKS_URI}\r\nx: y` }],
    ["a jwks_uri without a path", { ...metadata, jwks_uri: "https://keys.test" }],
    ["a list", [metadata]],
    ["HTML", "<html>"],
  ])("refuses metadata with %s", async (_, document) => {
    const server = serverOf(document);
    const filter = await started(server, { configuration: config });
    expect(await reasonFor(filter, KEY)).toBe("jwt:keys_unavailable");
    expect(metric(filter, "sallyport_jwks_last_status")).toBe(4);
    expect(server.calls.map(pathOf)).not.toContain("/realm/keys?v=2");
  });

  test("keeps the keys when metadata or keys fail later, and follows a new jwks_uri", async () => {
    const server = serverOf(metadata);
    const filter = await started(server, { configuration: config });
    server.answer = serverOf(metadata, { status: 500 }).answer;
    await pass(filter, 601, 1);
    expect(metric(filter, "sallyport_jwks_last_status")).toBe(500);
    expect(await reasonFor(filter, KEY)).toBeNull();
    server.answer = (call): Answering =>
      pathOf(call) === "/new" ? jwks(OTHER) : { body: { ...metadata, jwks_uri: "http://k/new" } };
    await pass(filter, 31, 1);
    expect(await reasonFor(filter, OTHER)).toBeNull();
    expect(await reasonFor(filter, KEY)).toBe("jwt:key_unknown");
  });

  test("is one flight for all workers", async () => {
    const server = serverOf(metadata);
    const filter = await started(server, { configuration: config, workers: 4 });
    expect(server.calls).toHaveLength(2);
    await pass(filter, 1);
    for (let worker = 0; worker < 4; worker++) {
      expect(await reasonFor(filter, KEY, worker)).toBeNull();
    }
  });
});

describe("a SPIFFE bundle", () => {
  const config = configuration(
    { bundle: { uri: "https://spire.test/bundle", cluster: CLUSTER } },
    { profile: "jwt-svid", trustDomain: "example.org" },
  );
  const svidKey = (key: TestKey): object => ({ ...key.jwk, use: "jwt-svid" });
  const bundle = (keys: object[], more: object = {}): Answering => ({
    body: { keys, ...more },
  });
  const reasonOf = async (filter: Simulated, key: TestKey): Promise<string | null> => {
    const claims = { sub: "spiffe://example.org/a", aud: "orders", exp: 1e9 };
    return (await sendToken(filter, await mint(key, claims))).reason;
  };

  test("gives the keys whose use is jwt-svid, and no others", async () => {
    const [wit, x509, none, signing] = ["w", "x", "n", "s"].map((kid) => ecKey(kid));
    if (!wit || !x509 || !none || !signing) throw new Error("no keys");
    const server = new KeyServer(
      bundle([
        svidKey(KEY),
        { ...wit.jwk, use: "wit-svid" },
        { ...x509.jwk, use: "x509-svid", x5c: ["AAAA"] },
        none.jwk,
        { ...signing.jwk, use: "sig" },
        { ...OTHER.jwk, use: "JWT-SVID" },
      ]),
    );
    const filter = await started(server, { configuration: config });
    expect(await reasonOf(filter, KEY)).toBeNull();
    for (const key of [wit, x509, none, signing, OTHER]) {
      expect(await reasonOf(filter, key), key.kid).toBe("jwt:key_unknown");
    }
    expect(metric(filter, "sallyport_jwks_keys")).toBe(1);
  });

  test("drops a key for JWT-SVIDs without a kid", async () => {
    const server = new KeyServer(bundle([svidKey(KEY), { ...svidKey(OTHER), kid: undefined }]));
    const filter = await started(server, { configuration: config });
    expect(metric(filter, "sallyport_jwks_keys")).toBe(1);
    expect(metric(filter, "sallyport_jwks_dropped_keys_total")).toBe(1);
  });

  test("without keys revokes all of them, cached tokens too", async () => {
    const server = new KeyServer(bundle([svidKey(KEY)]));
    const filter = await started(server, { configuration: config });
    expect(await reasonOf(filter, KEY)).toBeNull();
    server.answer = bundle([]);
    await pass(filter, 601, 1);
    expect(await reasonOf(filter, KEY)).toBe("jwt:key_unknown");
    expect(metric(filter, "sallyport_jwks_keys")).toBe(0);
    expect(metric(filter, "sallyport_jwks_last_status")).toBe(200);
  });

  test("is refused when its sequence goes back, until the keys are stale", async () => {
    const server = new KeyServer(bundle([svidKey(KEY)], { spiffe_sequence: 7 }));
    const times = { refresh: "1m", staleFor: "10m" };
    const keys = { bundle: { uri: "https://spire.test/b", cluster: CLUSTER, ...times } };
    const provider = { profile: "jwt-svid", trustDomain: "example.org" };
    const filter = await started(server, { configuration: configuration(keys, provider) });
    server.answer = bundle([svidKey(OTHER)], { spiffe_sequence: 6 });
    await pass(filter, 100, 1);
    expect(metric(filter, "sallyport_jwks_last_status")).toBe(5);
    expect(await reasonOf(filter, KEY)).toBeNull();
    expect(await reasonOf(filter, OTHER)).toBe("jwt:keys_unavailable");
    server.answer = bundle([svidKey(KEY), svidKey(OTHER)], { spiffe_sequence: 8 });
    await pass(filter, 31, 1);
    expect(await reasonOf(filter, OTHER)).toBeNull();
    server.answer = bundle([svidKey(OTHER)], { spiffe_sequence: 1 });
    await pass(filter, 700, 1);
    expect(await reasonOf(filter, OTHER)).toBeNull();
    expect(await reasonOf(filter, KEY)).toBe("jwt:key_unknown");
  });

  test.each([
    [120, 108, 121],
    [1, 30, 31],
    [0, 540, 601],
  ])("with a refresh hint of %i s is fetched again in time", async (hint, least, most) => {
    const server = new KeyServer(bundle([svidKey(KEY)], { spiffe_refresh_hint: hint }));
    const filter = await started(server, { configuration: config });
    await pass(filter, least - 1, 1);
    expect(server.calls).toHaveLength(1);
    await pass(filter, most - least + 3, 1);
    expect(server.calls).toHaveLength(2);
  });

  test.each<[string, object]>([
    ["a sequence that is no number", { spiffe_sequence: "1" }],
    ["a negative sequence", { spiffe_sequence: -1 }],
    ["a hint with a fraction", { spiffe_refresh_hint: 1.5 }],
  ])("is refused with %s", async (_, more) => {
    const server = new KeyServer(bundle([svidKey(KEY)], more));
    const filter = await started(server, { configuration: config });
    expect(metric(filter, "sallyport_jwks_last_status")).toBe(4);
    expect(await reasonOf(filter, KEY)).toBe("jwt:keys_unavailable");
  });

  test("of the Workload API is a plain set: keys without use are taken", async () => {
    const keys = { remote: { uri: "http://agent/keys", cluster: CLUSTER } };
    const provider = { profile: "jwt-svid", trustDomain: "example.org" };
    const server = new KeyServer(jwks(KEY));
    const filter = await started(server, { configuration: configuration(keys, provider) });
    expect(await reasonOf(filter, KEY)).toBeNull();
  });
});

describe("keys as PEM", () => {
  const pemOf = (key: KeyObject): string =>
    createPublicKey(key).export({ type: "spki", format: "pem" }).toString();
  const KEYS = [
    rsaKey("r"),
    { ...rsaKey("r"), alg: "PS384" as const },
    ecKey("a"),
    ecKey("b", "ES384"),
    ecKey("c", "ES512"),
    keyFor("EdDSA", "d"),
  ];

  test.each(["auto", "wasm", "host"])(
    "verify tokens whatever their kid (crypto: %s)",
    async (crypto) => {
      const server = new KeyServer("hang");
      const text = KEYS.map(({ privateKey }) => pemOf(privateKey)).join("");
      const config = configuration({ pem: text }, {}, { crypto });
      const filter = await started(server, { configuration: config });
      for (const key of KEYS) {
        const isHosts = crypto !== "host" || (key.alg !== "EdDSA" && key.alg !== "PS384");
        const expected = isHosts ? null : "jwt:algorithm_refused";
        expect(await reasonFor(filter, key), key.alg).toBe(expected);
        expect(await reasonFor(filter, { ...key, kid: "x" }), key.alg).toBe(expected);
      }
      expect(await reasonFor(filter, OTHER)).toBe("jwt:signature_invalid");
      await settle();
      expect(server.calls).toEqual([]);
    },
  );

  test("are tried one after the other where there are several of a type", async () => {
    const keys = [1, 2, 3, 4].map((i) => ecKey(String(i)));
    const filter = await started(new KeyServer("hang"), {
      configuration: configuration({ pem: keys.map(({ privateKey }) => pemOf(privateKey)) }),
    });
    for (const key of keys) expect(await reasonFor(filter, key)).toBeNull();
    expect(await reasonFor(filter, OTHER)).toBe("jwt:signature_invalid");
    expect(await reasonFor(filter, rsaKey("r"))).toBe("jwt:algorithm_refused");
  });
});
