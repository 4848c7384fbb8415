import { beforeEach, describe, expect, test } from "vitest";

import { loadCore } from "../../support/core_probe.ts";
import { SEED, seededRandom } from "../../support/random.ts";

interface Exports {
  readRedisReply(ptr: number, len: number): number;
  grantedTokens: WebAssembly.Global;
  tokensLeft: WebAssembly.Global;
  waitMilliseconds: WebAssembly.Global;
  RATE_LIMIT_TOKENS_MAX: WebAssembly.Global;
}

const probe = await loadCore<Exports>();
const { core } = probe;
const TOKENS_MAX = Number(core.RATE_LIMIT_TOKENS_MAX.value);
const KINDS = ["failed", "lease", "no script"];
const STEPS = 100_000;

beforeEach(() => {
  probe.reset();
});

type Read = string | [granted: number, left: number, wait: number];

/** What the module reads of a body, which memory behind it does not change. */
function read(body: Uint8Array | string): Read {
  probe.reset();
  const bytes = typeof body === "string" ? Buffer.from(body, "latin1") : body;
  const ptr = probe.put(Buffer.concat([bytes, Buffer.from(',0,0]}"}]')]));
  const kind = KINDS[core.readRedisReply(ptr, bytes.length)] ?? "?";
  if (kind !== "lease") return kind;
  const { grantedTokens, tokensLeft, waitMilliseconds } = core;
  return [
    Number(grantedTokens.value) >>> 0,
    Number(tokensLeft.value) >>> 0,
    Number(waitMilliseconds.value),
  ];
}

/** What it should read. */
function expected(body: string): Read {
  if (/^\{"EVAL(SHA)?":\[false,"NOSCRIPT /.test(body)) return "no script";
  const number = "(0|[1-9][0-9]*)";
  const form = new RegExp(`^\\{"EVAL(?:SHA)?":\\[${number},${number},(-1|${number})\\]\\}$`);
  const found = form.exec(body);
  if (found === null || body.endsWith("\n")) return "failed";
  const [granted = NaN, left = NaN, wait = NaN] = found.slice(1).map(Number);
  const isInside = granted <= TOKENS_MAX && left <= TOKENS_MAX && wait <= Number.MAX_SAFE_INTEGER;
  return isInside ? [granted, left, wait] : "failed";
}

describe("an answer of Webdis", () => {
  const bodies: [body: string, read: Read][] = [
    ['{"EVALSHA":[5,12,0]}', [5, 12, 0]],
    ['{"EVAL":[0,2,1500]}', [0, 2, 1500]],
    ['{"EVALSHA":[0,0,-1]}', [0, 0, -1]],
    [
      `{"EVALSHA":[${TOKENS_MAX},${TOKENS_MAX},9007199254740991]}`,
      [TOKENS_MAX, TOKENS_MAX, 2 ** 53 - 1],
    ],
    ['{"EVALSHA":[false,"NOSCRIPT No matching script. Please use EVAL."]}', "no script"],
    ["", "failed"],
    ["{}", "failed"],
    ["null", "failed"],
    ['{"EVALSHA":null}', "failed"],
    ['{"EVALSHA":[]}', "failed"],
    ['{"EVALSHA":[1,2]}', "failed"],
    ['{"EVALSHA":[1,2,3,4]}', "failed"],
    ['{"EVALSHA":["1","2","3"]}', "failed"],
    ['{"EVALSHA":[1,2,3]', "failed"],
    ['{"EVALSHA":[1,2,3]} ', "failed"],
    ['{"EVALSHA":[1,2,3],"x":1}', "failed"],
    ['{"EVALSHA":[-1,2,3]}', "failed"],
    ['{"EVALSHA":[1,-1,3]}', "failed"],
    ['{"EVALSHA":[1,2,-2]}', "failed"],
    ['{"EVALSHA":[1,2,-1,0]}', "failed"],
    ['{"EVALSHA":[01,2,3]}', "failed"],
    ['{"EVALSHA":[1.0,2,3]}', "failed"],
    ['{"EVALSHA":[1e3,2,3]}', "failed"],
    [`{"EVALSHA":[${TOKENS_MAX + 1},2,3]}`, "failed"],
    ['{"EVALSHA":[18446744073709551617,2,3]}', "failed"],
    ['{"EVALSHA":[1,2,9007199254740992]}', "failed"],
    ['{"EVALSHA":[1,2,18446744073709551616]}', "failed"],
    ['{"EVALSHA":[false,"ERR sallyport: bad arguments"]}', "failed"],
    ['{"EVALSHA":[false,"LOADING Redis is loading the dataset in memory"]}', "failed"],
    ['{"EVALSHA":[false,"READONLY You can\'t write against a read only replica."]}', "failed"],
    ['{"EVALSHA":"NOSCRIPT No matching script."}', "failed"],
    ['{"GET":[1,2,3]}', "failed"],
    ["<html>502 Bad Gateway</html>", "failed"],
  ];
  test.each(bodies)("%s", (body, wanted) => {
    expect(read(body)).toEqual(wanted);
    expect(expected(body)).toEqual(wanted);
  });

  test("is nothing when it is cut short", () => {
    const body = '{"EVALSHA":[123,45,6789]}';
    for (let length = 0; length < body.length; length++) {
      expect(read(body.slice(0, length)), `length ${length}`).toBe("failed");
    }
  });

  test(`is what it says however it is changed, ${STEPS} times (seed ${SEED})`, () => {
    const random = seededRandom(SEED);
    const pieces = ["{", '"EVALSHA"', '"EVAL"', ":", "[", "false", ",", '"NOSCRIPT ', "]", "}"];
    const digits = ["0", "1", "9", "00", "-1", "-", "100000000", "9007199254740991", " ", "."];
    const leases = bodies.filter(([, wanted]) => wanted !== "failed").map(([body]) => body);
    for (let step = 0; step < STEPS; step++) {
      let body = random.pick(leases);
      for (let changes = 1 + random.below(3); changes > 0; changes--) {
        const at = random.below(body.length + 1);
        const piece = random.pick([...pieces, ...digits, random.bytes(1).toString("latin1"), ""]);
        body = body.slice(0, at) + piece + body.slice(at + random.below(3));
      }
      expect(read(body), JSON.stringify(body)).toEqual(expected(body));
    }
  });
});
