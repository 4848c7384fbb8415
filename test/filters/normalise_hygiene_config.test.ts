import { describe, expect, test } from "vitest";

import { loadConfigurationError } from "../support/configuration_error.ts";
import { PROVIDER, RULES } from "./jwt_sections.ts";

const errorOf = await loadConfigurationError();
const HEADER = "a header name in letters, digits and - (no _, it also stands for the one with -)";
const JOINED = "a header whose joined lines can be told";

const singletons = (count: number): object => ({
  singletons: Object.fromEntries(Array.from({ length: count }, (_, i) => [`x-${i}`, "reject"])),
});

describe("the members singletons, hopByHop and preset", () => {
  const accepted: [name: string, section: object][] = [
    ["no singletons", { singletons: {} }],
    ["the most singletons", singletons(64)],
    ["each way", { singletons: { a: "reject", b: "first", c: "last" } }],
    [
      "joined names that can be told",
      { singletons: { Authorization: "reject", origin: "reject" } },
    ],
    ["each hopByHop", { hopByHop: "keep" }],
    ["hopByHop beside the preset", { preset: "untrusted-edge", hopByHop: "keep" }],
    ["the preset with the most singletons", { preset: "untrusted-edge", ...singletons(64) }],
    ["singletons of the preset", { preset: "untrusted-edge", singletons: { date: "last" } }],
    ["strip of the same", { preset: "untrusted-edge", strip: ["x-user-*", "x-real-ip"] }],
    ["a mapping from a stripped name", { preset: "untrusted-edge", map: [map("x-real-ip")] }],
  ];
  test.each(accepted)("accept %s", (_name, normalise) => {
    expect(errorOf({ normalise })).toBeNull();
  });

  const at = "$.normalise.singletons";
  const refused: [section: object, message: string][] = [
    [{ singletons: [] }, `${at}: found an empty list, allowed: an object of 0 to 64 members`],
    [singletons(65), `${at}: found an object, allowed: an object of 0 to 64 members`],
    [{ singletons: { a: "all" } }, `${at}.a: found "all", allowed: reject, first, last`],
    [
      { singletons: { a_b: "first" } },
      `${at}.a_b: found a member of this name, allowed: ${HEADER}`,
    ],
    [{ singletons: { "": "first" } }, `${at}.: found a member of this name, allowed: ${HEADER}`],
    [
      { singletons: { Host: "first" } },
      `${at}.Host: found a member of this name, ` +
        "allowed: a header that the protocol does not need itself",
    ],
    [
      { singletons: { "x-a": "first", "X-A": "last" } },
      `${at}.X-A: found a second member of this name, allowed: one in any letter case`,
    ],
    [
      { singletons: { Cookie: "reject" } },
      `${at}.Cookie: found a member of this name, allowed: ${JOINED}`,
    ],
    [
      { singletons: { "x-envoy-a": "reject" } },
      `${at}.x-envoy-a: found a member of this name, allowed: ${JOINED}`,
    ],
    [
      { singletons: { authorization: "first" } },
      `${at}.authorization: found "first", allowed: reject, as Envoy has joined its lines before`,
    ],
    [{ hopByHop: "drop" }, '$.normalise.hopByHop: found "drop", allowed: keep, strip'],
    [{ hopByHop: true }, "$.normalise.hopByHop: found true, allowed: keep, strip"],
    [{ preset: "edge" }, '$.normalise.preset: found "edge", allowed: untrusted-edge'],
    [{ preset: "untrusted-edge", singletons: { "x-real-ip": "first" } }, reads("x-real-ip")],
    [{ preset: "untrusted-edge", singletons: { "x-user-a": "first" } }, reads("x-user-a")],
  ];
  test.each(refused)("refuse %j", (normalise, message) => {
    expect(errorOf({ normalise })).toBe(message);
  });
});

describe("what the preset strips", () => {
  const limit = (header: string): object => ({
    limits: [{ name: "a", capacity: 1, refill: "1/s", key: [{ header }] }],
  });
  const normalise = { preset: "untrusted-edge" };

  test.each(["x-user-id", "forwarded", "x-envoy-foo", "proxy-authorization"])(
    "is read by no limit: %s",
    (header) => {
      const path = header === "proxy-authorization" ? "$.normalise" : "$.normalise.preset";
      expect(errorOf({ normalise, rateLimit: limit(header) })).toBe(reads(header, path));
    },
  );

  test.each(["x-forwarded-for", "x-envoy-external-address", "x-tenant", "authorization"])(
    "leaves a limit what it reads: %s",
    (header) => {
      expect(errorOf({ normalise, rateLimit: limit(header) })).toBeNull();
    },
  );

  test("can be read where a mapping has written it", () => {
    const mapped = { ...normalise, map: [{ from: "x-ticket", to: "x-user-id" }] };
    expect(errorOf({ normalise: mapped, rateLimit: limit("x-user-id") })).toBeNull();
  });

  test("can be a place of tokens", () => {
    const idp = { ...PROVIDER, from: [{ header: "x-auth-token" }] };
    expect(errorOf({ normalise, jwt: { providers: { idp }, rules: RULES } })).toBeNull();
  });

  test("hopByHop says which header it strips that a limit reads", () => {
    const section = { hopByHop: "strip" };
    expect(errorOf({ normalise: section, rateLimit: limit("proxy-authorization") })).toBe(
      reads("proxy-authorization", "$.normalise.hopByHop"),
    );
  });
});

function map(from: string): object {
  return { from, to: "x-mapped" };
}

function reads(name: string, path = "$.normalise.preset"): string {
  return (
    `${path}: found a configuration that reads ${name}, which is stripped here, ` +
    "allowed: other headers than are stripped, but for map[].from, rename[].header, " +
    "places of tokens"
  );
}
