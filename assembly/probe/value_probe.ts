// Test-only: patterns and tests of values over (pointer, length).

import { Text } from "../core/bytes/text";
import { Block } from "../core/config/block";
import { ConfigError, Value } from "../core/config/value";
import { parse } from "../core/json/tree";
import { ROOT_BYTES } from "../core/limits";
import * as pattern from "../core/value/pattern";
import { captureIndex, readPattern } from "../core/value/pattern_config";
import { meetsTest } from "../core/value/value_test";
import { readValueTest } from "../core/value/value_test_config";

const BLOCK: usize = heap.alloc(ROOT_BYTES);

let compiled: usize = 0;

/** Reads a pattern. Returns a Text of the error, 0 when there is none. */
export function readValuePattern(ptr: usize, len: u32): Text {
  return read(ptr, len, false);
}

/** Reads a test. Returns a Text of the error, 0 when there is none. */
export function readTestOfValue(ptr: usize, len: u32): Text {
  return read(ptr, len, true);
}

function read(ptr: usize, len: u32, isTest: bool): Text {
  __collect();
  const json = parse(ptr, len);
  if (json === null) return 0;
  const error = new ConfigError();
  const block = new Block(BLOCK);
  const value = new Value(json, null, "$", error, block);
  compiled = isTest ? readValueTest(value) : readPattern(value);
  if (!error.failed) return 0;
  const message = String.UTF8.encode(error.message);
  return block.text(changetype<usize>(message), <u32>message.byteLength);
}

export function patternCaptureIndex(ptr: usize, len: u32): u32 {
  return captureIndex(compiled, String.UTF8.decodeUnsafe(ptr, len));
}

export function matchesValuePattern(ptr: usize, len: u32): bool {
  return pattern.matchPattern(compiled, ptr, len);
}

export function patternCapturePtr(index: u32): usize {
  return pattern.capturePtr(index);
}

export function patternCaptureLen(index: u32): u32 {
  return pattern.captureLen(index);
}

export function meetsTestOfValue(ptr: usize, len: u32): bool {
  return meetsTest(compiled, ptr, len);
}
