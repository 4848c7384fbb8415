// Header rules beside what strips and checks headers: the preset, `strip`, `connection`, names with
// `_`, and headers that are written from claims.

import { beforeAll, describe, expect, test } from "vitest";

import type { HeaderList } from "../../host-sim/src/index.ts";
import { loadConfigurationError } from "../support/configuration_error.ts";
import { pass } from "../support/header_filter.ts";
import { loadShippedModule, Simulated } from "../support/simulated_filter.ts";
import { ecKey, mint } from "../support/tokens.ts";

const errorOf = await loadConfigurationError();
const module = await loadShippedModule();
const KEY = ecKey("k");
/** The simulated clock when requests begin. */
const NOW = 1_700_000_000;
const REFUSED = "normalise:header_refused";
const EDGE = { preset: "untrusted-edge" };

/** What reaches the upstream beside pseudo-headers, or the reason of the refusal. */
function passed(normalise: object, headers: HeaderList, jwt?: object): HeaderList | string {
  const configuration = { markChecked: true, normalise, ...(jwt === undefined ? {} : { jwt }) };
  const filter = new Simulated(module, { configuration });
  filter.advance(NOW - 1);
  return pass(filter, headers);
}

describe("under the preset untrusted-edge", () => {
  test("a header that a rule sets is stripped from clients and written", () => {
    const rules = {
      ...EDGE,
      set: [{ header: "x-user-id", value: "set" }],
      add: [{ header: "x-user-role", value: "added" }],
      append: [{ header: "x-auth-by", value: "appended" }],
    };
    const forged: HeaderList = [
      ["x-user-id", "forged"],
      ["x-user-role", "forged"],
      ["x_auth_by", "forged"],
      ["x-auth-by", "forged"],
    ];
    expect(passed(rules, forged)).toEqual([
      ["x-user-id", "set"],
      ["x-user-role", "added"],
      ["x-auth-by", "appended"],
    ]);
  });

  test("a header that another one is renamed or mapped to is stripped and written", () => {
    const rules = {
      ...EDGE,
      rename: [{ header: "x-a", to: "x-user-a" }],
      map: [{ from: "x-b", to: "x-user-b" }],
    };
    const headers: HeaderList = [
      ["x-user-a", "forged"],
      ["x-a", "1"],
      ["x-user-b", "forged"],
      ["x-b", "2"],
    ];
    expect(passed(rules, headers)).toEqual([
      ["x-user-a", "1"],
      ["x-user-b", "2"],
    ]);
  });

  test("what a rule renames or maps is taken from clients", () => {
    const rules = {
      ...EDGE,
      rename: [{ header: "x-user-a", to: "x-a" }],
      map: [{ from: "x-real-ip", to: "x-b" }],
    };
    const headers: HeaderList = [
      ["x-user-a", "1"],
      ["x-real-ip", "2"],
    ];
    expect(passed(rules, headers)).toEqual([
      ["x-a", "1"],
      ["x-b", "2"],
    ]);
  });

  test("a pattern takes nothing: what it would rename is gone before", () => {
    const rules = { ...EDGE, rename: [{ header: "x-user-*", to: "x-old-*" }] };
    expect(passed(rules, [["x-user-a", "1"]])).toEqual([]);
  });

  const readers: [what: string, rules: object][] = [
    ["refuses it", { reject: ["x-user-id"] }],
    ["removes it", { remove: [{ header: "x-user-id" }] }],
    ["rewrites it", { rewrite: [{ header: "x-user-id", apply: ["lower"] }] }],
    ["makes a list of it", { dedupe: [{ header: "x-user-id" }] }],
    ["copies it", { set: [{ header: "x-a", value: "{header:x-user-id}" }] }],
    ["asks for it", { reject: [{ when: { headers: [{ name: "x-user-id", present: true }] } }] }],
    [
      "asks for it on responses",
      {
        response: {
          remove: [{ header: "x-a", when: { headers: [{ name: "x-user-id", present: true }] } }],
        },
      },
    ],
  ];
  test.each(readers)("a rule that %s is refused at configure", (_what, rules) => {
    expect(errorOf({ normalise: { ...EDGE, ...rules } })).toBe(
      "$.normalise.preset: found a configuration that reads x-user-id, which is stripped here, " +
        "allowed: other headers than are stripped, but for map[].from, rename[].header, " +
        "places of tokens",
    );
  });

  test("a rule may read what an earlier one has written", () => {
    const rules = {
      ...EDGE,
      set: [
        { header: "x-user-id", value: "U" },
        { header: "x-a", value: "{header:x-user-id}", apply: ["lower"] },
      ],
    };
    expect(passed(rules, [["x-user-id", "forged"]])).toEqual([
      ["x-user-id", "U"],
      ["x-a", "u"],
    ]);
  });

  const ofOthers = ["x-envoy-upstream-service-time", "x-user-id", "proxy-authenticate"];
  test("rules of responses and trailers name what is stripped from requests", () => {
    const each = { remove: ofOthers, append: [{ header: "x-user-id", value: "{header:x-user}" }] };
    const normalise = { ...EDGE, response: each, requestTrailers: each, responseTrailers: each };
    expect(errorOf({ normalise })).toBeNull();
  });

  test("a rule of responses lets no client through", () => {
    const rules = { ...EDGE, response: { set: [{ header: "x-user-id", value: "a" }] } };
    expect(passed(rules, [["x-user-id", "forged"]])).toEqual([]);
  });
});

describe("beside strip", () => {
  test("a header that is stripped is written by rules and read by none of them before", () => {
    const rules = {
      strip: ["x-user", "x-jwt-*"],
      reject: ["x-user"],
      rename: [{ header: "x-jwt-a", to: "x-a" }],
      set: [{ header: "x-user", value: "set", when: { headers: [{ name: "x-b", exact: "1" }] } }],
    };
    const forged: HeaderList = [
      ["x-user", "forged"],
      ["x-jwt-a", "forged"],
    ];
    expect(passed(rules, forged)).toEqual([]);
    expect(passed(rules, [...forged, ["x-b", "1"]])).toEqual([
      ["x-b", "1"],
      ["x-user", "set"],
    ]);
  });

  test("no pattern makes a name that is stripped", () => {
    const rules = { strip: ["x-user", "x-jwt-*"], rename: [{ header: "x-old-*", to: "x-*" }] };
    const headers: HeaderList = [
      ["x-old-user", "forged"],
      ["x-old-jwt-sub", "forged"],
      ["x-old-sallyport-checked", "forged"],
      ["x-old-forwarded-for", "forged"],
      ["x-old-a", "1"],
    ];
    expect(passed(rules, headers)).toEqual([["x-a", "1"]]);
  });
});

describe("connection", () => {
  const rules = {
    rename: [{ header: "x-a", to: "x-b" }],
    map: [{ from: "x-c", to: "x-d" }],
    remove: ["x-e"],
    set: [{ header: "x-f", value: "1", when: { prefix: "/never" } }],
    add: [{ header: "x-g", value: "1" }],
    append: [{ header: "x-h", value: "1" }],
    rewrite: [{ header: "x-i", apply: ["lower"] }],
  };
  test.each(["x-b", "x-d", "x-f", "X-G", "x-h"])("must not name what a rule writes: %s", (name) => {
    expect(passed(rules, [["connection", `upgrade, ${name}`]])).toBe(REFUSED);
  });

  test.each(["x-a", "x-c", "x-e", "x-i", "x-z"])("may name another header: %s", (name) => {
    const connection: [string, string] = ["connection", `upgrade, ${name}`];
    expect(passed(rules, [connection])).toEqual([connection, ["x-g", "1"], ["x-h", "1"]]);
  });
});

describe("names with _", () => {
  const rules = {
    reject: ["x-debug"],
    rename: [{ header: "x-old", to: "x-new" }],
    remove: ["x-tmp-*"],
    set: [{ header: "x-env", value: "prod" }],
  };
  const twins: HeaderList = [
    ["x_old", "1"],
    ["x_tmp_a", "2"],
    ["x_env", "dev"],
  ];

  test("that are replaced are what rules see", () => {
    const replacing = { ...rules, underscores: "replace" };
    expect(passed(replacing, twins)).toEqual([
      ["x-env", "prod"],
      ["x-new", "1"],
    ]);
    expect(passed(replacing, [["x_debug", "1"]])).toBe(REFUSED);
  });

  test("that are kept are the business of reject and remove alone", () => {
    const keeping = { ...rules, underscores: "keep" };
    expect(passed(keeping, [["x_debug", "1"]])).toBe(REFUSED);
    expect(passed(keeping, twins)).toEqual([
      ["x_old", "1"],
      ["x_env", "dev"],
      ["x-env", "prod"],
    ]);
  });

  test("that are kept are stripped where strip names the other spelling", () => {
    const stripping = { ...rules, underscores: "keep", strip: ["x-env", "x-debug", "x-tmp-*"] };
    const both = [...twins, ["x_debug", "1"] satisfies [string, string]];
    expect(passed(stripping, both)).toEqual([
      ["x_old", "1"],
      ["x-env", "prod"],
    ]);
  });
});

describe("headers of rules with claims", () => {
  let token: string;
  beforeAll(async () => {
    token = await mint(KEY, { sub: "alice", aud: "orders", tier: "free", exp: NOW + 100 });
  });
  const jwt = {
    providers: { idp: { audiences: ["orders"], keys: { inline: { keys: [KEY.jwk] } } } },
    rules: [{ match: { prefix: "/" }, require: { optional: "idp" } }],
  };
  const gold = { claims: [{ claim: "tier", equals: "gold" }] };
  const rules = {
    underscores: "keep",
    set: [
      { header: "x-sub", value: "{claim:sub}" },
      { header: "x-plan", value: "gold", when: gold },
    ],
    add: [{ header: "x-role", value: "{claim:role}" }],
    append: [{ header: "x-groups", value: "{claim:group}" }],
    reject: [{ header: "x-gold", when: { claims: [{ claim: "tier", equals: "free" }] } }],
  };
  const forged: HeaderList = [
    ["x-sub", "forged"],
    ["x_sub", "forged"],
    ["x-plan", "gold"],
    ["x_plan", "gold"],
    ["x-role", "admin"],
    ["x-groups", "root"],
  ];

  test("are stripped from clients where no rule applies", () => {
    expect(passed(rules, forged, jwt)).toEqual([]);
  });

  test("have what verified claims say, and nothing else", () => {
    const headers: HeaderList = [...forged, ["authorization", `Bearer ${token}`]];
    expect(passed(rules, headers, jwt)).toEqual([["x-sub", "alice"]]);
  });

  test("refuse behind the token's check", () => {
    const bearer: [string, string] = ["authorization", `Bearer ${token}`];
    expect(passed(rules, [["x-gold", "1"], bearer], jwt)).toBe(REFUSED);
    expect(passed(rules, [["x-gold", "1"]], jwt)).toEqual([["x-gold", "1"]]);
  });

  test("are not named by connection", () => {
    expect(passed(rules, [["connection", "upgrade, x-plan"]], jwt)).toBe(REFUSED);
  });
});
