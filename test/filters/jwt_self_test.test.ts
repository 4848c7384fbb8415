// A module whose arithmetic is broken: its known answers are changed in the shipped bytes.

import { readFile } from "node:fs/promises";
import { describe, expect, test } from "vitest";

import { knownAnswers } from "../../scripts/crypto/self_test.ts";
import { MODULE_PATH } from "../support/envoy.ts";
import { requestOn, Simulated } from "../support/simulated_filter.ts";
import { ALGORITHMS, forge, keyFor } from "../support/tokens.ts";

const NOW = 1_700_000_000;
const KEYS = ALGORITHMS.map((alg) => keyFor(alg, alg));

const CONFIGURATION = {
  jwt: {
    crypto: "wasm",
    providers: Object.fromEntries(
      KEYS.map(({ alg, jwk }) => [
        alg,
        { audiences: ["orders"], algorithms: [alg], keys: { inline: { keys: [jwk] } } },
      ]),
    ),
    rules: ALGORITHMS.map((alg) => ({ match: { prefix: `/${alg}` }, require: alg })),
  },
};

const shipped = await readFile(MODULE_PATH);
const answers = knownAnswers();

/** Reasons for a good token of each algorithm, by a module with one known signature changed. */
async function reasonsWithout(broken: string): Promise<Record<string, string | null>> {
  const bytes = Buffer.from(shipped);
  const signature = answers.find(({ name }) => name === broken)?.signature ?? Buffer.alloc(0);
  const at = bytes.indexOf(signature);
  expect(at).toBeGreaterThan(0);
  bytes[at + 5] = (bytes[at + 5] ?? 0) ^ 0x10;
  const filter = new Simulated(await WebAssembly.compile(bytes), { configuration: CONFIGURATION });
  filter.advance(NOW - 1);
  const claims = { sub: "alice", aud: "orders", exp: NOW + 100 };
  return Object.fromEntries(
    KEYS.map((key) => {
      const token = forge(key, { alg: key.alg, kid: key.kid }, claims);
      const stream = filter.open();
      return [
        key.alg,
        requestOn(stream, [["authorization", `Bearer ${token}`]], `/${key.alg}`).reason,
      ];
    }),
  );
}

describe("the self-test at activation", () => {
  test.each(ALGORITHMS)(
    "disables %s alone when its known answer does not come out",
    async (alg) => {
      const expected = Object.fromEntries(
        ALGORITHMS.map((each) => [each, each === alg ? "jwt:algorithm_disabled" : null]),
      );
      expect(await reasonsWithout(alg)).toEqual(expected);
    },
  );
});
