// The members of the section jwt about what comes out of it: what is accepted, and the message for
// everything else.

import { describe, expect, test } from "vitest";

import { loadConfigurationError } from "../support/configuration_error.ts";
import { IDP, list, provider } from "./jwt_sections.ts";

const errorOf = await loadConfigurationError();

const section = (changed: object): object => ({ ...provider({}), ...changed });

const forward = (changed: object): object => provider({ forward: changed });
const state = (...filterState: unknown[]): object => forward({ filterState });

const KEY_ALLOWED = "a key in letters, digits and _ . -";
const URL_ALLOWED =
  'a URL that begins with https://, in printable ASCII without space, ", # and \\';

const accepted: [name: string, section: object][] = [
  ...["json", "problem", "google"].map((errors): [string, object] => [
    `errors: ${errors}`,
    section({ errors }),
  ]),
  ...[401, 403].map((audienceStatus): [string, object] => [
    `audienceStatus: ${String(audienceStatus)}`,
    section({ audienceStatus }),
  ]),
  ["metadata of the resource", section({ resourceMetadata: "https://a.test/x?y=[1]" })],
  ["the longest URL", section({ resourceMetadata: `https://${"a".repeat(1016)}` })],
  ["the route chosen again", section({ clearRouteCache: true })],
  ["the payload in a header", forward({ payload: "X-Jwt-Payload" })],
  [
    "lists in either form",
    forward({
      claims: [
        { claim: "a", header: "x-a", array: "join" },
        { claim: "a", header: "x-b", array: "json" },
      ],
    }),
  ],
  ["claims in filter state", state({ claim: "sub", key: "Az09_.-", array: "json" })],
  [
    "the most claims in filter state",
    state(...list(16, (i) => ({ claim: String(i), key: `${"k".repeat(126)}${String(i + 10)}` }))),
  ],
];

const refused: [section: unknown, message: string][] = [
  [section({ errors: "html" }), '$.jwt.errors: found "html", allowed: json, problem, google'],
  ...[400, 404, 401.5, "401"].map((audienceStatus): [unknown, string] => [
    section({ audienceStatus }),
    `$.jwt.audienceStatus: found ${JSON.stringify(audienceStatus)}, ` +
      "allowed: a whole number from 401 to 403",
  ]),
  [section({ audienceStatus: 402 }), "$.jwt.audienceStatus: found 402, allowed: 401, 403"],
  ...[
    "http://a.test",
    "https://",
    "HTTPS://a.test",
    "https://a.test/ b",
    'https://a.test/"',
    "https://a.test/\\",
    "https://a.test/#a",
    "https://ä.test",
    "https://a.test/\r\n",
  ].map((resourceMetadata): [unknown, string] => [
    section({ resourceMetadata }),
    `$.jwt.resourceMetadata: found "${JSON.stringify(resourceMetadata).slice(1, -1)}", ` +
      `allowed: ${URL_ALLOWED}`,
  ]),
  [section({ clearRouteCache: 1 }), "$.jwt.clearRouteCache: found 1, allowed: true, false"],
  [
    forward({ payload: "Authorization" }),
    `${IDP}.forward.payload: found "Authorization", ` +
      "allowed: a header that does not carry the token",
  ],
  [
    forward({ payload: "x-a", claims: [{ claim: "sub", header: "X-A" }] }),
    `${IDP}.forward.claims[0].header: found "X-A", allowed: a header that is not the payload's`,
  ],
  [
    forward({ claims: [{ claim: "sub", header: "x-a", array: "list" }] }),
    `${IDP}.forward.claims[0].array: found "list", allowed: join, json`,
  ],
  [
    forward({ claims: [{ claim: "sub", header: "x-a", arrays: "join" }] }),
    `${IDP}.forward.claims[0].arrays: found an unknown member, allowed: claim, header, array`,
  ],
  [state({ claim: "sub" }), `${IDP}.forward.filterState[0]: found no member "key", allowed: "key"`],
  [
    state({ claim: "sub", key: "" }),
    `${IDP}.forward.filterState[0].key: found "", allowed: a text of 1 to 128 bytes`,
  ],
  ...["a b", "a:b", "ä", "a\0b", "wasm/a"].map((key): [unknown, string] => [
    state({ claim: "sub", key }),
    `${IDP}.forward.filterState[0].key: found "${JSON.stringify(key).slice(1, -1)}", ` +
      `allowed: ${KEY_ALLOWED}`,
  ]),
  [
    state({ claim: "sub", key: "a" }, { claim: "iss", key: "a" }),
    `${IDP}.forward.filterState[1].key: found "a", ` +
      "allowed: a key that no other claim of this provider becomes",
  ],
  [
    state({ claim: "sub", key: "a", x: 1 }),
    `${IDP}.forward.filterState[0].x: found an unknown member, allowed: claim, key, array`,
  ],
  [
    section({ resourceMetadata: `https://${"a".repeat(1017)}` }),
    `$.jwt.resourceMetadata: found "https://${"a".repeat(56)}…", ` +
      "allowed: a text of 1 to 1024 bytes",
  ],
];

describe("the section jwt, what comes out of it", () => {
  test.each(accepted)("accepts %s", (_name, jwt) => {
    expect(errorOf({ jwt })).toBeNull();
  });

  test.each(refused)("refuses %j", (jwt, message) => {
    expect(errorOf({ jwt })).toBe(message);
  });
});
