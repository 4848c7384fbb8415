// Makes the constants and the compression function of SHA-256.

import { dataRow, SHA256_INITIAL, SHA256_ROUND_CONSTANTS } from "./sha_constants.ts";
import { addToChain, loadChain, repeat, roundText } from "./sha_rounds.ts";

export function makeSha256Table(): string {
  return `// Made by scripts/crypto/sha256.ts: the constants of SHA-256, 288 bytes.

/** FIPS 180-4 §4.2.2. */
${dataRow("ROUND_CONSTANTS", "u32", SHA256_ROUND_CONSTANTS)}
/** FIPS 180-4 §5.3.3. */
${dataRow("INITIAL_CHAIN", "u32", SHA256_INITIAL)}`;
}

export function makeSha256Compress(): string {
  return `// Made by scripts/crypto/sha256.ts: the compression of SHA-256, FIPS 180-4 §6.2.2.
//
// The registers are locals. The rounds are unrolled: 10 % faster than sixteen that turn four times.
// The schedule is vectors of four words: x0 to x3 hold the last sixteen; each step replaces the
// oldest vector by the next four words.

import { bigEndian, bigSigma0, bigSigma1, choose, majority } from "../sha256_functions";
import { firstSigma1, lastSigma1, withoutSigma1, withSigma1 } from "../sha256_functions";
import { ROUND_CONSTANTS } from "./sha256_table";

/** The next sixteen sums of schedule word and round constant. */
const SUMS: usize = memory.data(64, 16);

/** Takes the blocks of 64 bytes in [ptr, end) into the eight words of \`chain\`. */
export function compressSha256(chain: usize, ptr: usize, end: usize): void {
  ${loadChain("u32")}
  let t: u32;
  let words: v128;
  let first: v128;
  let last: v128;
  while (ptr < end) {
    ${repeat(4, (i) => `let x${i} = bigEndian(v128.load(ptr, ${16 * i}));\n`)}
    ${repeat(16, fourRounds)}
    ${addToChain("u32")}
    ptr += 64;
  }
}
`;
}

/**
 * Of the words that `x` holds at this step. The schedule then goes on, up to word 63. Its parts
 * stand between the rounds, as both are chains: 5 % faster.
 */
function fourRounds(step: number): string {
  const x = (age: number): string => `x${(step + age) % 4}`;
  const sums = 16 * (step % 4);
  const schedule = [
    `words = withoutSigma1(${[0, 1, 2, 3].map(x).join(", ")});`,
    `first = firstSigma1(${x(3)});`,
    "last = lastSigma1(words, first);",
    `${x(0)} = withSigma1(words, first, last);`,
  ];
  return `
    // Rounds ${4 * step} to ${4 * step + 3}.
    v128.store(SUMS, i32x4.add(${x(0)}, v128.load(ROUND_CONSTANTS, ${16 * step})), ${sums});
    ${repeat(4, (lane) => {
      const part = step < 12 ? (schedule[lane] ?? "") : "";
      return `${part}
        ${roundText(4 * step + lane, `load<u32>(SUMS, ${sums + 4 * lane})`)}`;
    })}`;
}
