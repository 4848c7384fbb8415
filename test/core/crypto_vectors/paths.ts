// The ways on which the module verifies by one key: cold, and with tables of each width.

import type { Verifier } from "../../support/verifier.ts";
import { expectedAnswer } from "./exceptions_table.ts";
import type { Vector } from "./wycheproof.ts";

export const WIDTH = 6;
export const WIDTHS = [4, 5, 6, 7, 8];
/** Every width is tried with one key in so many. */
const ALL_WIDTHS_EVERY = 8;

export interface PathAnswers {
  path: string;
  answers: boolean[];
}

/** The answers of `verifyAll` by one key on each path; leaves the module without tables. */
export function answerOnEachPath(
  verifier: Verifier,
  key: number,
  keyIndex: number,
  verifyAll: () => boolean[],
): PathAnswers[] {
  const results = [{ path: "cold", answers: verifyAll() }];
  for (const width of keyIndex % ALL_WIDTHS_EVERY === 0 ? WIDTHS : [WIDTH]) {
    if (!verifier.buildTables(key, width)) throw new Error(`no room for tables of width ${width}`);
    results.push({ path: `width ${width}`, answers: verifyAll() });
    verifier.dropTables();
  }
  return results;
}

/** The vectors of a file to which some path has not the expected answer. */
export function wrongAnswers(file: string, vectors: Vector[], paths: PathAnswers[]): string[] {
  return paths.flatMap(({ path, answers }) =>
    vectors
      .filter((vector, place) => answers[place] !== expectedAnswer(file, vector))
      .map(({ tcId, comment }) => `${tcId} (${comment}), ${path}`),
  );
}
