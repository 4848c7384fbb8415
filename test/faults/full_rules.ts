// Rules for every header map, in the configuration with everything in it, and what proves that they
// were carried out.

import type { HeaderList, Stream, StreamResult } from "../../host-sim/src/index.ts";

/** What no map goes on with. */
export const SECRET = "x-internal-host";

/** The same for the request, its trailers, the response and that one's trailers. */
const MOVES = {
  rename: [{ header: "x-legacy-*", to: "x-*" }],
  remove: ["x-internal-*"],
  dedupe: [{ header: "x-groups" }],
};
const LATER = {
  ...MOVES,
  set: [
    { header: "x-env", value: "prod" },
    { header: "x-get", value: "yes", when: { methods: ["GET", "OPTIONS"] } },
  ],
  append: [{ header: "x-via", value: "{header:x-env}" }],
};

/** Members of the section `normalise`; `map` is that of the caller. */
export const FULL_RULES = {
  reject: ["x-debug", { header: "x-path", value: { contains: ".." } }],
  ...MOVES,
  set: [
    { header: "x-env", value: "prod" },
    { header: "x-subject", value: "{claim:sub}", onInvalid: "reject" },
  ],
  add: [{ header: "x-first", value: "{path:1}", apply: ["lower", { default: "none" }] }],
  append: [{ header: "x-via", value: "{header:x-env}" }],
  rewrite: [{ header: "x-path", pattern: "/v1/{rest**}", to: "/v2/{rest}" }],
  response: LATER,
  requestTrailers: LATER,
  responseTrailers: LATER,
};

/** Fields of a map before the rules. */
export const UNRULED: HeaderList = [
  [SECRET, "secret"],
  ["x-legacy-a", "1"],
  ["x-groups", "a,b,a"],
  ["x-path", "/v1/a"],
];

/** What is wrong with a map that went on; null when nothing is. */
export function wrongFields(fields: HeaderList, isRequest: boolean): string | null {
  const values = (name: string): string =>
    fields
      .filter(([each]) => each === name)
      .map(([, value]) => value)
      .join("|");
  const expected: HeaderList = [
    [SECRET, ""],
    ["x-legacy-a", ""],
    ["x-a", "1"],
    ["x-groups", "a, b"],
    ["x-env", "prod"],
    ["x-via", "prod"],
    isRequest ? ["x-path", "/v2/a"] : ["x-get", "yes"],
  ];
  const wrong = expected.filter(([name, value]) => values(name) !== value);
  if (values("x-subject").includes("forged")) wrong.push(["x-subject", ""]);
  return wrong.length === 0 ? null : `${JSON.stringify(wrong)}: ${JSON.stringify(fields)}`;
}

/**
 * Trailers and response of a request that passed: how many of the three maps went on. Throws where
 * one did unchanged.
 */
export function finish(stream: Stream): number {
  if (!goesOn(stream.requestTrailers(UNRULED))) return 0;
  if (!goesOn(stream.responseHeaders([[":status", "200"], ...UNRULED], false))) return 1;
  return goesOn(stream.responseTrailers(UNRULED)) ? 3 : 2;
}

function goesOn(result: StreamResult): boolean {
  if (result.kind !== "continue") return false;
  const wrong = wrongFields(result.trailers ?? result.headers, false);
  if (wrong !== null) throw new Error(`a map went on with ${wrong}`);
  return true;
}
