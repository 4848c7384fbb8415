// Requirements of any shape over three providers, each with a place of its own for tokens, and
// requests to hold against them (the tests of jwt_*_model.test.ts).

import fc from "fast-check";

import type { HeaderList } from "../../host-sim/src/index.ts";

export const NAMES = ["a", "b", "c"] as const;
export type Name = (typeof NAMES)[number];

export type Requirement =
  | Name
  | { any: Requirement[] }
  | { all: Requirement[] }
  | { optional: Requirement }
  | { optionalOrFailed: Requirement }
  | { extractOnly: Name; status: string };

const name = fc.constantFrom(...NAMES);
const extract = name.map((each) => ({ extractOnly: each, status: `x-status-${each}` }));
export const { requirement } = fc.letrec<{ requirement: Requirement }>((tie) => {
  const members = fc.array(tie("requirement"), { minLength: 2, maxLength: 4 });
  return {
    requirement: fc.oneof(
      { maxDepth: 4, depthSize: "large" },
      { arbitrary: name, weight: 3 },
      { arbitrary: extract, weight: 1 },
      { arbitrary: members.map((any) => ({ any })), weight: 2 },
      { arbitrary: members.map((all) => ({ all })), weight: 2 },
      { arbitrary: tie("requirement").map((optional) => ({ optional })), weight: 1 },
      { arbitrary: tie("requirement").map((one) => ({ optionalOrFailed: one })), weight: 1 },
    ),
  };
});
/** For each provider the token that a request has, or null. */
export type Tokens = Readonly<Record<Name, string | null>>;

/** The request's tokens, and what clients may not send. */
export function headersOf(tokens: Tokens): HeaderList {
  return NAMES.flatMap((each) => {
    const token = tokens[each];
    const spoofed: HeaderList = [
      [`x-sub-${each}`, "root"],
      [`x-status-${each}`, "root"],
    ];
    return token === null ? spoofed : [...spoofed, [`x-token-${each}`, token]];
  });
}

/** The three providers, `keys` of each and other members given. */
export function providersWith(keysOf: (name: Name) => object, more: object = {}): object {
  return Object.fromEntries(
    NAMES.map((each) => [
      each,
      {
        audiences: ["orders"],
        from: [{ header: `x-token-${each}` }],
        keys: keysOf(each),
        forward: { claims: [{ claim: "sub", header: `x-sub-${each}` }] },
        ...more,
      },
    ]),
  );
}
