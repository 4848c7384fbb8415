// Builds a point's table in slices: two windows at a time, one a lane, and of these at most
// MULTIPLES_MAX entries.

import { CurveConstants } from "./curve";
import { Field } from "./field";
import { MULTIPLES_MAX, PAIR_BYTES, startPair, writeMultiples } from "./multiples";
import { windowBytes, windowCount } from "./table";

/** What is kept between slices. */
@unmanaged
@final
export class Build {
  /** The lower of the two windows. */
  window: u32;
  /** The next entry of both. */
  index: u32;
  isStarted: u32;

  // @ts-ignore: decorator
  @inline
  get pair(): usize {
    return changetype<usize>(this) + 16;
  }
}

export const BUILD_BYTES: u32 = 16 + PAIR_BYTES;

/** `key` = 0 is the base point. */
export function beginTable(curve: CurveConstants, key: usize, build: Build): void {
  // The pair's room is free until the first slice.
  memory.copy(build.pair, key != 0 ? key : curve.base, curve.entryBytes);
  build.window = 0;
  build.index = 0;
  build.isStarted = 0;
}

/** One slice; true when the table is complete. */
export function continueTable<F extends Field>(width: u32, build: Build, table: usize): bool {
  const curve = changetype<F>(0).constants();
  if (build.isStarted == 0) {
    startPair<F>(build.pair, build.pair, width);
    build.isStarted = 1;
    return false;
  }
  const windows = windowCount(curve, width);
  const stride = windowBytes(curve, width);
  const window = build.window;
  if (window >= windows) return true;
  const count = min<u32>(MULTIPLES_MAX, (1 << (width - 1)) - build.index);
  const isPairDone = build.index + count == 1 << (width - 1);
  const isDone = isPairDone && window + 2 >= windows;
  const first = table + window * stride;
  writeMultiples<F>(
    build.pair,
    first,
    window + 1 < windows ? first + stride : 0,
    build.index,
    count,
    isPairDone && !isDone ? 2 * width : 0,
  );
  build.index = isPairDone ? 0 : build.index + count;
  if (isPairDone) build.window = window + 2;
  return isDone;
}
