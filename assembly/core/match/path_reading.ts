// The path of a request as matches compare it (isMet). Paths of the configuration have neither
// empty segments nor parameters: a reader who keeps them finds only marks and open ends of
// templates there, which are as open to a reader who drops them. So the path without them stands
// for both.
//
//   //api///orders;v=1  ─►  /api/orders

import { Char, findByte } from "../bytes/ascii";
import { PathResult, readPath, RulePath } from "../headers/path";

// @ts-ignore: decorator
@unmanaged
export class PathReading {
  ptr: usize;
  /** Bytes of the path, or of the segments at its beginning about which all readers agree. */
  len: u32;
  isWhole: u32;
  /** Bytes at `target` of the segments about which readers agree who keep all of them. */
  agreedLen: u32;
  /** Whether those are the whole path. */
  isAgreed: u32;
}

const READ = changetype<RulePath>(memory.data(4, 4));

/** Reads `:path`. `target` and `merged` have room for PATH_BYTES_MAX. */
export function readForMatches(
  ptr: usize,
  len: u32,
  target: usize,
  merged: usize,
  out: PathReading,
): void {
  const result = readPath(ptr, len, u32.MAX_VALUE, target, READ);
  out.ptr = target;
  out.len = READ.len;
  out.isWhole = u32(result == PathResult.OK);
  out.agreedLen = READ.len;
  out.isAgreed = out.isWhole;
  // What is before the first such segment is read the second time as it was the first.
  if (result != PathResult.SEGMENT) return;
  if (readPath(ptr, len, 0, target, READ) != PathResult.OK) return;
  const mergedLen = mergeInto(merged, target, READ.len);
  if (mergedLen == 0) return;
  out.ptr = merged;
  out.len = mergedLen;
  out.isWhole = 1;
}

/**
 * Writes a path without its empty segments and the parameters of its last one; returns its length.
 * 0 when there are others: some readers drop all that is behind them.
 */
function mergeInto(target: usize, ptr: usize, len: u32): u32 {
  const end = ptr + len;
  const parameters = findByte(ptr, end, Char.SEMICOLON);
  if (parameters < end) {
    if (findByte(parameters, end, Char.SLASH) < end) return 0;
    if (load<u8>(parameters - 1) == Char.SLASH) return 0;
  }
  let to = target;
  for (let at = ptr; at < parameters; at++) {
    const c = load<u8>(at);
    if (c == Char.SLASH && to > target && load<u8>(to - 1) == Char.SLASH) continue;
    store<u8>(to++, c);
  }
  return <u32>(to - target);
}
