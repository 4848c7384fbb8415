// A verdict that is remembered counts for the provider, the audiences, the keys and the
// configuration that it was made by, and for nothing else.

import { describe, expect, test } from "vitest";

import type { HeaderList } from "../../host-sim/src/index.ts";
import { loadShippedModule, requestOn, Simulated } from "../support/simulated_filter.ts";
import { ecKey, mint } from "../support/tokens.ts";

const module = await loadShippedModule();
const KEY = ecKey("k");
const OTHER = ecKey("k");
const NOW = 1_700_000_000;

const keys = (key: typeof KEY): object => ({ inline: { keys: [key.jwk] } });
const IDP = { audiences: ["orders"], keys: keys(KEY) };

/** A provider for each path, and one whose audiences a rule changes. */
const PROVIDERS: Readonly<Record<string, object>> = {
  idp: IDP,
  billing: { ...IDP, audiences: ["billing"] },
  "other-key": { ...IDP, keys: keys(OTHER) },
  issuer: { ...IDP, issuer: "https://idp.test" },
  typed: { ...IDP, types: ["at+jwt"] },
  denied: { ...IDP, deny: { sub: ["alice"] } },
  young: { ...IDP, maxLifetime: "1s" },
  same: IDP,
};

const section = (providers: Readonly<Record<string, object>>): object => ({
  jwt: {
    providers,
    rules: [
      {
        match: { prefix: "/invoices" },
        require: { provider: "idp", audiences: ["invoices"] },
      },
      ...Object.keys(providers).map((name) => ({ match: { prefix: `/${name}` }, require: name })),
    ],
  },
});

function simulate(): Simulated {
  const filter = new Simulated(module, { configuration: section(PROVIDERS) });
  filter.advance(NOW - 1);
  return filter;
}

const bearer = (value: string): HeaderList => [["authorization", `Bearer ${value}`]];
const token = await mint(KEY, { sub: "alice", aud: "orders", exp: NOW + 100 });

function reasonAt(filter: Simulated, path: string): string | null {
  const stream = filter.open();
  const { reason } = requestOn(stream, bearer(token), path);
  stream.close();
  return reason;
}

const REFUSALS: readonly (readonly [path: string, reason: string])[] = [
  ["/billing", "jwt:audience_refused"],
  ["/other-key", "jwt:signature_invalid"],
  ["/issuer", "jwt:issuer_refused"],
  ["/typed", "jwt:type_refused"],
  ["/denied", "jwt:revoked"],
  ["/young", "jwt:lifetime_refused"],
];

describe("a token that was verified before", () => {
  test("means nothing to another provider", () => {
    const filter = simulate();
    for (let turn = 0; turn < 3; turn++) {
      expect(reasonAt(filter, "/idp")).toBeNull();
      for (const [path, reason] of REFUSALS) expect(reasonAt(filter, path), path).toBe(reason);
      expect(reasonAt(filter, "/same")).toBeNull();
    }
  });

  test("means nothing to other audiences of its provider", () => {
    const filter = simulate();
    for (let turn = 0; turn < 3; turn++) {
      expect(reasonAt(filter, "/idp")).toBeNull();
      expect(reasonAt(filter, "/invoices")).toBe("jwt:audience_refused");
    }
  });

  test.each<[name: string, provider: object, reason: string | null]>([
    ["other audiences", { ...IDP, audiences: ["billing"] }, "jwt:audience_refused"],
    ["other keys", { ...IDP, keys: keys(OTHER) }, "jwt:signature_invalid"],
    ["an issuer", { ...IDP, issuer: "https://idp.test" }, "jwt:issuer_refused"],
    ["a list of the revoked", { ...IDP, deny: { sub: ["alice"] } }, "jwt:revoked"],
    ["nothing new", IDP, null],
  ])("is judged by the configuration of the moment: %s", (_name, provider, reason) => {
    const filter = simulate();
    for (let turn = 0; turn < 3; turn++) {
      expect(reasonAt(filter, "/idp")).toBeNull();
      filter.plugin.update(JSON.stringify(section({ ...PROVIDERS, idp: provider })));
      expect(reasonAt(filter, "/idp")).toBe(reason);
      filter.plugin.update(JSON.stringify(section(PROVIDERS)));
    }
  });
});

describe("a token that was refused before", () => {
  test("is good for who takes it", () => {
    for (const [path, reason] of REFUSALS) {
      const filter = simulate();
      for (let turn = 0; turn < 3; turn++) expect(reasonAt(filter, path), path).toBe(reason);
      expect(reasonAt(filter, "/idp"), path).toBeNull();
    }
  });

  test("is good once the configuration is another one", () => {
    const filter = simulate();
    expect(reasonAt(filter, "/billing")).toBe("jwt:audience_refused");
    filter.plugin.update(JSON.stringify(section({ ...PROVIDERS, billing: IDP })));
    expect(reasonAt(filter, "/billing")).toBeNull();
  });
});
