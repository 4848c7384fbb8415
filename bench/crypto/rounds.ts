// Many short turns in rounds. The contestants of a row take turns one after the other, so that a
// slow minute of the machine hits all of them; each round begins with another row and contestant.

import type { Work } from "./contestant.ts";

export interface Row<Name extends string> {
  name: string;
  /** One turn each: how fast it was, or how long it took. */
  contestants: [Name, () => number | Promise<number>][];
}

/** Figures by row and contestant, one a round. */
export type RowSamples<Name extends string> = Map<string, Map<Name, number[]>>;

export async function measureRows<Name extends string>(
  rows: readonly Row<Name>[],
  rounds: number,
  onRound: (round: number) => void,
): Promise<RowSamples<Name>> {
  const samples: RowSamples<Name> = new Map(
    rows.map(({ name, contestants }) => [name, new Map(contestants.map(([who]) => [who, []]))]),
  );
  for (let round = 0; round < rounds; round++) {
    for (const { name, contestants } of rotate(rows, round)) {
      for (const [who, takeTurn] of rotate(contestants, round)) {
        samples
          .get(name)
          ?.get(who)
          ?.push(await takeTurn());
      }
    }
    onRound(round + 1);
  }
  return samples;
}

export function rotate<T>(list: readonly T[], by: number): T[] {
  const start = list.length === 0 ? 0 : by % list.length;
  return [...list.slice(start), ...list.slice(0, start)];
}

/** Turns of about `seconds` that tell how often a second the work was done. Warms it up. */
export function rateOf(work: Work, seconds: number): () => number {
  let times = 1;
  let taken = cpuSecondsOf(() => work(times));
  while (taken < seconds / 2) {
    times = Math.ceil(times * Math.min(8, Math.max(2, seconds / Math.max(taken, 1e-6))));
    taken = cpuSecondsOf(() => work(times));
  }
  const perTurn = Math.max(1, Math.round((times * seconds) / taken));
  return () => perTurn / cpuSecondsOf(() => work(perTurn));
}

/** Of this process, not of the clock: what neighbours take does not count. */
export function cpuSecondsOf(work: () => void): number {
  const before = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1e6;
}
