// The member `from` of a provider and `onMultiple`: what is accepted, and the message for the rest.

import { describe, expect, test } from "vitest";

import { loadConfigurationError } from "../support/configuration_error.ts";
import { IDP, list, provider } from "./jwt_sections.ts";

const errorOf = await loadConfigurationError();
const from = (...each: unknown[]): object => provider({ from: each });
const FROM = `${IDP}.from`;

const accepted: [name: string, section: object][] = [
  ["the default, written out", from({ header: "Authorization", scheme: "Bearer" })],
  ["a header alone", from({ header: "x-token" })],
  ["an empty prefix", from({ header: "x-token", prefix: "" })],
  ["a prefix", from({ header: "x-token", prefix: "Token " })],
  [
    "two parameters and two cookies",
    from({ query: "a" }, { query: "b-._~9" }, { cookie: "a" }, { cookie: "__Host-a" }),
  ],
  ["the most places", from(...list(8, (i) => ({ query: `q${String(i)}` })))],
  ["the longest name", from({ query: "q".repeat(128) }, { cookie: "c".repeat(128) })],
  ...["reject", "first", "all"].map((onMultiple): [string, object] => [
    `several tokens: ${onMultiple}`,
    { ...provider({}), onMultiple },
  ]),
];

const TOKEN = "a name of 1 to 128 token characters";
const NAME = "a name in letters, digits and - . _ ~";
const HEADER = "a header name in letters, digits and - (no _, it also stands for the one with -)";

const refused: [section: unknown, message: string][] = [
  [
    provider({ from: "authorization" }),
    `${FROM}: found "authorization", allowed: a list of 1 to 8`,
  ],
  [from(), `${FROM}: found an empty list, allowed: a list of 1 to 8`],
  [
    from(...list(9, (i) => ({ query: `q${String(i)}` }))),
    `${FROM}: found 9 values, allowed: a list of 1 to 8`,
  ],
  [from("authorization"), `${FROM}[0]: found "authorization", allowed: an object`],
  [from({}), `${FROM}[0]: found an empty object, allowed: one of header, query, cookie`],
  [
    from({ header: "x-a", query: "a" }),
    `${FROM}[0]: found an object, allowed: one of header, query, cookie`,
  ],
  [
    from({ scheme: "Bearer" }),
    `${FROM}[0]: found an object, allowed: one of header, query, cookie`,
  ],
  [
    from({ query: "a", scheme: "Bearer" }),
    `${FROM}[0].scheme: found "Bearer", allowed: a scheme only with a header`,
  ],
  [
    from({ cookie: "a", prefix: "" }),
    `${FROM}[0].prefix: found "", allowed: a prefix only with a header`,
  ],
  [
    from({ header: "x-a", scheme: "Bearer", prefix: "a" }),
    `${FROM}[0].prefix: found "a", allowed: no prefix beside a scheme`,
  ],
  [
    from({ body: "a" }),
    `${FROM}[0].body: found an unknown member, allowed: header, scheme, prefix, query, cookie`,
  ],
  [from({ header: "x_token" }), `${FROM}[0].header: found "x_token", allowed: ${HEADER}`],
  [
    from({ header: "host" }),
    `${FROM}[0].header: found "host", allowed: a header that the protocol does not need itself`,
  ],
  [from({ header: "x-a", scheme: "" }), `${FROM}[0].scheme: found "", allowed: ${TOKEN}`],
  [
    from({ header: "x-a", scheme: "Bearer " }),
    `${FROM}[0].scheme: found "Bearer ", allowed: ${TOKEN}`,
  ],
  [
    from({ header: "x-a", prefix: "a," }),
    `${FROM}[0].prefix: found "a,", allowed: printable ASCII without a comma, which ends a value`,
  ],
  [
    from({ header: "x-a", prefix: "ä" }),
    `${FROM}[0].prefix: found "ä", allowed: printable ASCII without a comma, which ends a value`,
  ],
  [from({ query: "" }), `${FROM}[0].query: found "", allowed: a text of 1 to 128 bytes`],
  [
    from({ query: "q".repeat(129) }),
    `${FROM}[0].query: found "${"q".repeat(64)}…", allowed: a text of 1 to 128 bytes`,
  ],
  ...["a b", "a+b", "a=b", "a%20", "ä"].map((query): [object, string] => [
    from({ query }),
    `${FROM}[0].query: found ${JSON.stringify(query)}, allowed: ${NAME}`,
  ]),
  ...["", "a b", "a=b", "a;b", "ä"].map((cookie): [object, string] => [
    from({ cookie }),
    `${FROM}[0].cookie: found ${JSON.stringify(cookie)}, allowed: ${TOKEN}`,
  ]),
  [
    from({ header: "x-a" }, { header: "X-A", scheme: "a" }),
    `${FROM}[1]: found an object, allowed: each place once`,
  ],
  [
    from({ query: "a" }, { query: "A" }, { query: "a" }),
    `${FROM}[2]: found an object, allowed: each place once`,
  ],
  [from({ cookie: "a" }, { cookie: "a" }), `${FROM}[1]: found an object, allowed: each place once`],
  [
    provider({
      from: [{ header: "x-user" }],
      forward: { claims: [{ claim: "sub", header: "x-user" }] },
    }),
    "$.jwt.providers: found a token in a header that clients may not send, allowed: another header",
  ],
  [
    { ...provider({}), onMultiple: "last" },
    '$.jwt.onMultiple: found "last", allowed: reject, first, all',
  ],
];

describe("where tokens are", () => {
  test.each(accepted)("accepts %s", (_name, jwt) => {
    expect(errorOf({ jwt })).toBeNull();
  });

  test.each(refused)("refuses %j", (jwt, message) => {
    expect(errorOf({ jwt })).toBe(message);
  });
});
