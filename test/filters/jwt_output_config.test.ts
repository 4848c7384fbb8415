// The members of the section jwt about what comes out of it: what is accepted, and the message for
// everything else.

import { describe, expect, test } from "vitest";

import { loadConfigurationError } from "../support/configuration_error.ts";
import { provider } from "./jwt_sections.ts";

const errorOf = await loadConfigurationError();

const section = (changed: object): object => ({ ...provider({}), ...changed });

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
