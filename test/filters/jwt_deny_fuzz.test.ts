// Goal: whatever a server says instead of a deny-list, the module does not trap, and a document
// either counts whole or not at all. Method: seeded mutations of a good one, held against what
// JSON.parse makes of them.

import { expect, test } from "vitest";

import { KeyServer } from "../support/key_server.ts";
import type { Random } from "../support/random.ts";
import { SEED, seededRandom } from "../support/random.ts";
import { begun, denying, reasonOf, REVOKED } from "./deny_lists.ts";
import { metric, pass } from "./remote_keys.ts";

const ROUNDS = 250;
const VALUES = ["t-1", "t-2", 'q"', "é\u{1f600}", "a", ""];
const BAD_DOCUMENT = 4;

/** A document in which each value is on each list or not. */
function draw(random: Random): string {
  const some = (): string[] => VALUES.filter(() => random.below(2) === 0);
  const escaped = (text: string): string =>
    random.below(2) === 0
      ? text
      : text.replace(/[^\x20-\x7e]/g, (unit) => {
          return `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`;
        });
  const members = [`"jti":${JSON.stringify(some())}`, `"sub":${JSON.stringify(some())}`];
  return escaped(`{${members.slice(random.below(2)).concat('"v":[{}]').join(",")}}`);
}

function mutate(random: Random, good: string): Buffer {
  const bytes = Buffer.from(good);
  if (random.below(3) === 0) return bytes;
  const at = random.below(bytes.length);
  const piece = random.pick(["", ",", '"', "]", "}", "[", "1", "\\", "null", "\xff"]);
  const inserted = Buffer.from(piece, "latin1");
  return Buffer.concat([bytes.subarray(0, at), inserted, bytes.subarray(at + random.below(3))]);
}

interface Lists {
  jti: readonly string[];
  sub: readonly string[];
}

const isList = (value: unknown): value is string[] =>
  Array.isArray(value) && value.every((each) => typeof each === "string");

/** What a document lists, null when it is none. */
function parse(bytes: Buffer): Lists | null {
  try {
    const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
    const value: unknown = JSON.parse(decoder.decode(bytes));
    if (typeof value !== "object" || value === null || Array.isArray(value)) return null;
    if (!("jti" in value) && !("sub" in value)) return null;
    const { jti = [], sub = [] }: { jti?: unknown; sub?: unknown } = value;
    return isList(jti) && isList(sub) ? { jti, sub } : null;
  } catch {
    return null;
  }
}

test(`documents that were changed, with SEED=${String(SEED)}`, async () => {
  const random = seededRandom(SEED);
  const server = new KeyServer({ body: { jti: [] } });
  const filter = await begun(server, { configuration: denying({ refresh: "30s" }) });
  let listed: Lists = { jti: [], sub: [] };
  let refused = 0;
  for (let round = 0; round < ROUNDS; round++) {
    const body = mutate(random, draw(random));
    server.answer = { body };
    const calls = server.calls.length;
    while (server.calls.length === calls) await pass(filter, 5, 5);
    await pass(filter, 1, 1);
    const where = `round ${String(round)}: ${body.toString("latin1")}`;
    const parsed = parse(body);
    const status = metric(filter, "sallyport_deny_list_last_status");
    // JSON.parse takes what the module does not: one name twice, half a surrogate pair.
    if (parsed === null) expect(status, where).toBe(BAD_DOCUMENT);
    if (status === BAD_DOCUMENT) refused++;
    else if (parsed !== null) listed = parsed;
    for (const name of ["jti", "sub"] as const) {
      const value = random.pick(VALUES);
      const expected = listed[name].includes(value) ? REVOKED : null;
      expect(await reasonOf(filter, { sub: undefined, [name]: value }), where).toBe(expected);
    }
  }
  expect(refused).toBeGreaterThan(ROUNDS / 10);
  expect(refused).toBeLessThan(ROUNDS * 0.9);
});
