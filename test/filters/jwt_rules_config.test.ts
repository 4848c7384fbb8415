// The members of a rule about what it matches: what is accepted, and the message for the rest.

import { describe, expect, test } from "vitest";

import { loadConfigurationError } from "../support/configuration_error.ts";
import { list, PROVIDER, rules } from "./jwt_sections.ts";

const errorOf = await loadConfigurationError();

const open = (match: unknown, changed: object = {}): object => ({
  match,
  require: "none",
  ...changed,
});
const one = (match: unknown, changed: object = {}): object => rules(open(match, changed));
const PATHS = "$.jwt.rules[0].match";

const accepted: [name: string, section: object][] = [
  [
    "every kind of path",
    rules(
      open({ prefix: "/a" }),
      open({ path: "/b" }),
      open({ template: "/c/{x}" }),
      open({ suffix: "d" }),
    ),
  ],
  [
    "templates",
    rules(
      ...["/", "/a/{x-1}/b", "/b/*", "/c/**", "/{a}/{a}/*"].map((template) => open({ template })),
    ),
  ],
  ["a template for everything", one({ template: "/**" })],
  [
    "conditions alone",
    rules(
      open({ methods: ["GET"] }),
      open({ hosts: ["a.test"] }),
      open({ headers: [{ name: "x-a", present: true }] }),
    ),
  ],
  [
    "all conditions",
    one({
      path: "/",
      methods: ["GET", "M-SEARCH"],
      hosts: ["A.test", "*.b.test", "[::1]", "10.0.0.1"],
      headers: [
        { name: "x-a", exact: "" },
        { name: "X-B", prefix: "b" },
        { name: "authorization", present: false },
      ],
    }),
  ],
  [
    "the most of everything",
    one({
      methods: list(16, (i) => `M${String(i)}`),
      hosts: list(32, (i) => `h${String(i)}`),
      headers: list(8, (i) => ({ name: `x-${String(i)}`, present: true })),
    }),
  ],
  [
    "preflights",
    rules(
      open({ prefix: "/a" }, { preflight: "check" }),
      open({ prefix: "/b", methods: ["OPTIONS", "PUT"] }, { preflight: "bypass" }),
    ),
  ],
  [
    "a path below a prefix that has conditions",
    rules(open({ prefix: "/", methods: ["GET"] }), open({ path: "/a" }), open({ prefix: "/" })),
  ],
  [
    "a suffix, a host below a prefix",
    rules(open({ prefix: "/a" }), open({ suffix: "a" }), open({ hosts: ["a.test"] })),
  ],
  [
    "a prefix below a template",
    rules(open({ template: "/a/{x}" }), open({ prefix: "/a" }), open({ template: "/{x}" })),
  ],
  [
    "the same path with and without a slash",
    rules(open({ path: "/a" }), open({ path: "/a/" }), open({ prefix: "/a" })),
  ],
];

const SUFFIX = "the last segments of a path, without a slash in front";
const TEMPLATE = "a path such as /v1/{tenant}/orders, at the end perhaps with * or **";
const PATH = "a path that begins with /, without query, escapes, dot segments, // and ;";
const HOST = "a host without port such as example.org, or *.example.org for all below it";
const METHOD = "a method in upper case, such as GET";
const ONE_TEST = "one of exact, prefix, present";

const forms: [section: unknown, message: string][] = [
  [
    one({}),
    `${PATHS}: found an empty object, ` +
      "allowed: one of prefix, path, template, suffix, methods, hosts, headers",
  ],
  [
    one({ prefix: "/", path: "/" }),
    `${PATHS}: found 2 of them, allowed: at most one of prefix, path, template, suffix`,
  ],
  [
    one({ prefix: "/", suffix: "a", template: "/" }),
    `${PATHS}: found 3 of them, allowed: at most one of prefix, path, template, suffix`,
  ],
  [
    one({ prefix: "/", host: "a" }),
    `${PATHS}.host: found an unknown member, ` +
      "allowed: prefix, path, template, suffix, methods, hosts, headers",
  ],
  [
    one({ prefix: "/" }, { when: 1 }),
    "$.jwt.rules[0].when: found an unknown member, allowed: match, preflight, require",
  ],
  ...["a", "/a?b", "/%61", "//", "/a;b"].map((path): [object, string] => [
    one({ path }),
    `${PATHS}.path: found ${JSON.stringify(path)}, allowed: ${PATH}`,
  ]),
  ...["/a", "a//b", "a;b", "../a", "a?b", "%61"].map((suffix): [object, string] => [
    one({ suffix }),
    `${PATHS}.suffix: found ${JSON.stringify(suffix)}, allowed: ${SUFFIX}`,
  ]),
  ...[
    "a",
    "/*/a",
    "/**/a",
    "/a*",
    "/{}",
    "/{a",
    "/{a}b",
    "/{a{b}",
    "/{a b}",
    "/a//{b}",
    "/{a}?",
    "/***",
    "/{a*}",
  ].map((template): [object, string] => [
    one({ template }),
    `${PATHS}.template: found ${JSON.stringify(template)}, allowed: ${TEMPLATE}`,
  ]),
  [one({ methods: [] }), `${PATHS}.methods: found an empty list, allowed: a list of 1 to 16`],
  ...["get", "G ET", "GÄT"].map((method): [object, string] => [
    one({ methods: [method] }),
    `${PATHS}.methods[0]: found ${JSON.stringify(method)}, allowed: ${METHOD}`,
  ]),
  [one({ hosts: list(33, String) }), `${PATHS}.hosts: found 33 values, allowed: a list of 1 to 32`],
  ...[
    "*",
    "*.",
    "a*",
    "*a.test",
    "a.test:80",
    "a.test.",
    ".a.test",
    "*.*.test",
    "a/b",
    "*.[::1]",
    "[::1",
    "ä.test",
  ].map((host): [object, string] => [
    one({ hosts: [host] }),
    `${PATHS}.hosts[0]: found ${JSON.stringify(host)}, allowed: ${HOST}`,
  ]),
  [
    one({ headers: [{ exact: "a" }] }),
    `${PATHS}.headers[0]: found no member "name", allowed: "name"`,
  ],
  [
    one({ headers: [{ name: "x-a" }] }),
    `${PATHS}.headers[0]: found an object, allowed: ${ONE_TEST}`,
  ],
  [
    one({ headers: [{ name: "x-a", exact: "a", prefix: "a" }] }),
    `${PATHS}.headers[0]: found an object, allowed: ${ONE_TEST}`,
  ],
  [
    one({ headers: [{ name: "x-a", present: "yes" }] }),
    `${PATHS}.headers[0].present: found "yes", allowed: true, false`,
  ],
  [
    one({ headers: [{ name: "x-a", prefix: "" }] }),
    `${PATHS}.headers[0].prefix: found "", allowed: a text of 1 to 8192 bytes`,
  ],
  [
    one({ headers: [{ name: "x-a", suffix: "" }] }),
    `${PATHS}.headers[0].suffix: found an unknown member, allowed: name, exact, prefix, present`,
  ],
  [
    one({ prefix: "/" }, { preflight: true }),
    "$.jwt.rules[0].preflight: found true, allowed: check, bypass",
  ],
  [
    one({ prefix: "/", methods: ["GET"] }, { preflight: "bypass" }),
    '$.jwt.rules[0].preflight: found "bypass", ' +
      "allowed: check: OPTIONS is not among the methods of this rule",
  ],
];

/** A rule, and one behind it that never applies; null when it is the match itself that is named. */
const COVERED: [first: object, second: object, kind: string | null][] = [
  [{ prefix: "/" }, { prefix: "/a" }, "prefix"],
  [{ prefix: "/" }, { path: "/a" }, "path"],
  [{ prefix: "/" }, { template: "/{a}" }, "template"],
  [{ prefix: "/" }, { suffix: "a" }, "suffix"],
  [{ prefix: "/" }, { methods: ["GET"] }, null],
  [{ prefix: "/" }, { prefix: "/a", methods: ["GET"] }, "prefix"],
  [{ prefix: "/a" }, { path: "/a" }, "path"],
  [{ prefix: "/a/" }, { path: "/a/b" }, "path"],
  [{ prefix: "/a" }, { template: "/a/{b}" }, "template"],
  [{ prefix: "/a" }, { template: "/a/**" }, "template"],
  [{ prefix: "/a/b" }, { template: "/a/b/c/*" }, "template"],
  [{ path: "/a" }, { path: "/a", hosts: ["a.test"] }, "path"],
  [{ template: "/{a}" }, { path: "/b" }, "path"],
  [{ template: "/{a}" }, { template: "/*" }, "template"],
  [{ suffix: "a" }, { path: "/b/a" }, "path"],
  [{ suffix: "a" }, { suffix: "b/a" }, "suffix"],
];

const covered = COVERED.map(([first, second, kind]): [object, string] => {
  const place = kind === null ? "" : `.${kind}`;
  const value = kind === null ? undefined : Object.entries(second).find(([name]) => name === kind);
  const found = value === undefined ? "an object" : JSON.stringify(value[1]);
  const what = `a ${kind ?? "match"} that no rule before it covers: this rule would never apply`;
  return [
    rules(open(first), open(second)),
    `$.jwt.rules[1].match${place}: found ${found}, allowed: ${what}`,
  ];
});

describe("what a rule matches", () => {
  test("needs a provider all the same", () => {
    expect(
      errorOf({ jwt: { providers: { idp: PROVIDER }, rules: [open({ prefix: "/" })] } }),
    ).toBeNull();
  });

  test.each(accepted)("accepts %s", (_name, jwt) => {
    expect(errorOf({ jwt })).toBeNull();
  });

  test.each([...forms, ...covered])("refuses %j", (jwt, message) => {
    expect(errorOf({ jwt })).toBe(message);
  });
});
