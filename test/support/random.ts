// Random choices that a seed repeats.

import { randomInt } from "node:crypto";

/** `SEED` of the environment, or a new one: whoever uses it prints it. */
export const SEED = Number(process.env["SEED"] ?? randomInt(2 ** 31));

export interface Random {
  /** An integer from 0 to below `bound`. */
  below(bound: number): number;
  bytes(length: number): Buffer;
  pick<T>(choices: readonly T[]): T;
}

/** Mulberry32: 32 bits of state, enough to choose tests by. */
export function seededRandom(seed: number): Random {
  let state = seed >>> 0;

  function next(): number {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return (mixed ^ (mixed >>> 14)) >>> 0;
  }

  const below = (bound: number): number => Math.floor((next() / 2 ** 32) * bound);
  return {
    below,
    bytes: (length) => Buffer.from(Array.from({ length }, () => next() >>> 24)),
    pick(choices) {
      const chosen = choices[below(choices.length)];
      if (chosen === undefined) throw new Error("nothing to pick from");
      return chosen;
    },
  };
}
