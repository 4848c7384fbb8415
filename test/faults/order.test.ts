// Goal: the order in which a client sends its fields never decides who it is.

import fc from "fast-check";
import { expect, test } from "vitest";

import type { HeaderList } from "../../host-sim/src/index.ts";
import { reasonOf } from "../support/run_cases.ts";
import { forgedToken, goodToken, hostileHeaders } from "./full_configuration.ts";
import { FullFilter, wrongWith } from "./full_filter.ts";

const RUNS = 1000;
const filter = new FullFilter();
const GOOD = goodToken();

function reasonFor(headers: HeaderList): string | null {
  const result = filter.send(headers);
  if (result.kind === "reply") return reasonOf(result.reply.details);
  expect(wrongWith(result, null, [])).toBeNull();
  return null;
}

const shuffled = (headers: HeaderList): fc.Arbitrary<HeaderList> =>
  fc.shuffledSubarray(headers, { minLength: headers.length, maxLength: headers.length });

const bearer = (token: string): [string, string] => ["authorization", `Bearer ${token}`];

const CASES: [name: string, credentials: HeaderList, reason: string | null][] = [
  ["a good token", [["auth-token", GOOD]], null],
  ["a good token under the twin", [["auth_token", GOOD]], null],
  ["a forged token", [["auth-token", forgedToken()]], "jwt:signature_invalid"],
  [
    "a good token beside a forged one under the twin",
    [
      ["auth-token", GOOD],
      ["auth_token", forgedToken()],
    ],
    null,
  ],
  [
    "a forged token beside a good one under the twin",
    [
      ["auth-token", forgedToken()],
      ["auth_token", GOOD],
    ],
    "jwt:signature_invalid",
  ],
  [
    "a good and a forged token",
    [
      ["auth-token", GOOD],
      ["auth-token", forgedToken()],
    ],
    "jwt:multiple",
  ],
  [
    "a good and a forged token under the twin",
    [
      ["auth_token", GOOD],
      ["auth_token", forgedToken()],
    ],
    "jwt:multiple",
  ],
  ["a good token beside a mapped forged one", [bearer(GOOD), ["auth-token", forgedToken()]], null],
  [
    "a forged token beside a mapped good one",
    [bearer(forgedToken()), ["auth-token", GOOD]],
    "jwt:signature_invalid",
  ],
  ["two authorizations", [bearer(GOOD), bearer(forgedToken())], "jwt:multiple"],
];

test.each(CASES)("%s has one outcome in every order", (_name, credentials, reason) => {
  fc.assert(
    fc.property(shuffled([...hostileHeaders(null), ...credentials]), (headers) => {
      expect(reasonFor(headers)).toBe(reason);
    }),
    { numRuns: RUNS / CASES.length },
  );
});
