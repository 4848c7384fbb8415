// A deny-list from elsewhere in the configuration: what is accepted, and the message for everything
// else.

import { describe, expect, test } from "vitest";

import { schemaFindings } from "../../host-sim/cli/schema_check.ts";
import { loadConfigurationError } from "../support/configuration_error.ts";
import { IDP, inline, EC, provider, svid } from "./jwt_sections.ts";

const errorOf = await loadConfigurationError();

const URI = "https://lists.test/denied";
const SOURCE = { uri: URI, cluster: "lists" };
const deny = (changed: object = {}, more: object = {}): object => ({
  deny: { remote: { ...SOURCE, ...changed }, ...more },
});
const remote = (changed: object): object => provider(deny(changed));

/** As many providers with a deny-list, each with fetched keys or without. */
const sources = (count: number, keys: object): object => ({
  providers: Object.fromEntries(
    Array.from({ length: count }, (_, i) => [
      `p${String(i)}`,
      { audiences: ["a"], keys, ...deny() },
    ]),
  ),
  rules: [{ match: { prefix: "/" }, require: "p0" }],
});
const FETCHED = { remote: { uri: URI, cluster: "idp" } };

const accepted: [name: string, section: object][] = [
  ["a list from elsewhere", remote({})],
  ["beside one in the configuration", provider(deny({}, { jti: ["a"], sub: ["b"] }))],
  ["all its members", remote({ refresh: "30s", staleFor: "60s", timeout: "100ms" })],
  ["their largest values", remote({ refresh: "24h", staleFor: "168h", timeout: "30s" })],
  ["for SVIDs", svid(deny())],
  ["eight beside eight fetched sets of keys", sources(8, FETCHED)],
  ["sixteen", sources(16, inline(EC))],
];

const DURATION = "a duration such as 250ms, 30s, 5m, 1h of";
const refused: [section: object, message: string][] = [
  [remote({ uri: undefined }), `${IDP}.deny.remote: found no member "uri", allowed: "uri"`],
  [
    remote({ cluster: undefined }),
    `${IDP}.deny.remote: found no member "cluster", allowed: "cluster"`,
  ],
  [
    remote({ cooldown: "30s" }),
    `${IDP}.deny.remote.cooldown: found an unknown member, ` +
      "allowed: uri, cluster, refresh, staleFor, timeout",
  ],
  [
    remote({ refresh: "29s" }),
    `${IDP}.deny.remote.refresh: found "29s", allowed: ${DURATION} 30000ms to 86400000ms`,
  ],
  [
    remote({ staleFor: "169h" }),
    `${IDP}.deny.remote.staleFor: found "169h", allowed: ${DURATION} 60000ms to 604800000ms`,
  ],
  [
    remote({ timeout: "31s" }),
    `${IDP}.deny.remote.timeout: found "31s", allowed: ${DURATION} 100ms to 30000ms`,
  ],
  [
    remote({ refresh: "10m", staleFor: "9m" }),
    `${IDP}.deny.remote.staleFor: found a staleFor shorter than refresh, allowed: at least refresh`,
  ],
  [
    remote({ uri: "/denied" }),
    `${IDP}.deny.remote.uri: found "/denied", allowed: ` +
      "an http:// or https:// URI with a host and a path, without user and fragment",
  ],
  [provider({ deny: { remote: URI } }), `${IDP}.deny.remote: found "${URI}", allowed: an object`],
  [
    provider({ deny: { remote: SOURCE, jti: [] } }),
    `${IDP}.deny.jti: found an empty list, allowed: a list of 1 to 256`,
  ],
  [
    sources(9, FETCHED),
    "$.jwt.providers.p8.deny.remote: found one source too many, " +
      "allowed: 16 sources of keys and deny-lists",
  ],
];

describe("a deny-list from elsewhere", () => {
  test.each(accepted)("is accepted: %s", (_name, jwt) => {
    expect(errorOf({ jwt })).toBeNull();
    expect(schemaFindings({ jwt })).toEqual([]);
  });

  test.each(refused)("is refused: %j", (jwt, message) => {
    expect(errorOf({ jwt })).toBe(message);
  });
});
