// Makes the constants and the compression function of SHA-512 and SHA-384.

import {
  dataRow,
  SHA384_INITIAL,
  SHA512_INITIAL,
  SHA512_ROUND_CONSTANTS,
} from "./sha_constants.ts";
import { addToChain, loadChain, repeat, roundText } from "./sha_rounds.ts";

export function makeSha512Table(): string {
  return `// Made by scripts/crypto/sha512.ts: the constants of SHA-512 and SHA-384, 768 bytes.

/** FIPS 180-4 §4.2.3. */
${dataRow("ROUND_CONSTANTS", "u64", SHA512_ROUND_CONSTANTS)}
/** FIPS 180-4 §5.3.5. */
${dataRow("INITIAL_CHAIN_512", "u64", SHA512_INITIAL)}
/** FIPS 180-4 §5.3.4. */
${dataRow("INITIAL_CHAIN_384", "u64", SHA384_INITIAL)}`;
}

export function makeSha512Compress(): string {
  return `// Made by scripts/crypto/sha512.ts: the compression of SHA-512, FIPS 180-4 §6.4.2.
//
// The registers are locals. Rounds 0 to 31 are unrolled and turn twice, then come rounds 64 to 79:
// 17 % faster than sixteen that turn five times, and 5 % slower than all eighty unrolled.
// The schedule is vectors of two words: x0 to x7 hold the last sixteen; each step replaces the
// oldest vector by the next two words.

import { bigEndian, bigSigma0, bigSigma1, choose, majority } from "../sha512_functions";
import { withoutSigma1, withSigma1 } from "../sha512_functions";
import { ROUND_CONSTANTS } from "./sha512_table";

/** Of rounds 64 to 79. */
const LAST_CONSTANTS: usize = ROUND_CONSTANTS + 512;
/** The next sixteen sums of schedule word and round constant. */
const SUMS: usize = memory.data(128, 16);

/** Takes the blocks of 128 bytes in [ptr, end) into the eight words of \`chain\`. */
export function compressSha512(chain: usize, ptr: usize, end: usize): void {
  ${loadChain("u64")}
  let t: u64;
  while (ptr < end) {
    ${repeat(8, (i) => `let x${i} = bigEndian(v128.load(ptr, ${16 * i}));\n`)}
    for (let constants = ROUND_CONSTANTS; constants < LAST_CONSTANTS; constants += 256) {
      ${repeat(16, (step) => twoRounds(step, "constants", true))}
    }
    ${repeat(8, (step) => twoRounds(step, "LAST_CONSTANTS", false))}
    ${addToChain("u64")}
    ptr += 128;
  }
}
`;
}

/** Of the words that `x` holds at this step; the schedule then goes on, if at all. */
function twoRounds(step: number, constants: string, schedules: boolean): string {
  const x = (age: number): string => `x${(step + age) % 8}`;
  const sums = 16 * (step % 8);
  return `
    v128.store(SUMS, i64x2.add(${x(0)}, v128.load(${constants}, ${16 * step})), ${sums});
    ${schedules ? `${x(0)} = withoutSigma1(${[0, 1, 4, 5].map(x).join(", ")});` : ""}
    ${roundText(2 * step, `load<u64>(SUMS, ${sums})`)}
    ${schedules ? `${x(0)} = withSigma1(${x(0)}, ${x(7)});` : ""}
    ${roundText(2 * step + 1, `load<u64>(SUMS, ${sums + 8})`)}`;
}
