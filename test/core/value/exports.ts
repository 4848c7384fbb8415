// Patterns and tests of values, as the probe of the core has them.

import { loadCore } from "../../support/core_probe.ts";

interface Exports {
  memory: WebAssembly.Memory;
  readValuePattern(ptr: number, len: number): number;
  readTestOfValue(ptr: number, len: number): number;
  patternCaptureIndex(ptr: number, len: number): number;
  matchesValuePattern(ptr: number, len: number): number;
  patternCapturePtr(index: number): number;
  patternCaptureLen(index: number): number;
  meetsTestOfValue(ptr: number, len: number): number;
}

const NONE = -1;

const probe = await loadCore<Exports>();
const { core } = probe;
function read(value: unknown, reader: (ptr: number, len: number) => number): string | null {
  probe.reset();
  const json = Buffer.from(JSON.stringify(value));
  const error = reader(probe.put(json), json.length);
  if (error === 0) return null;
  return Buffer.from(probe.bytes(error + 4, probe.view().getUint32(error, true))).toString();
}

/** Reads a pattern; the message of the error, null when there is none. */
export const readPattern = (pattern: unknown): string | null =>
  read(pattern, (ptr, len) => core.readValuePattern(ptr, len));

/** Reads a test; the message of the error, null when there is none. */
export const readTest = (test: unknown): string | null =>
  read(test, (ptr, len) => core.readTestOfValue(ptr, len));

/** Number of a capture of the pattern that was read last; null when it has none of this name. */
export function captureIndex(name: string): number | null {
  probe.reset();
  const index = core.patternCaptureIndex(probe.put(name), name.length) | 0;
  return index === NONE ? null : index;
}

/** Where a value lies: between bytes that are none of it, or where memory ends. */
export type Place = { before: string; behind: string } | "end";

const ALONE: Place = { before: "", behind: "" };

/** Asks something about a value that lies at a place. */
function ask<T>(value: string, place: Place, question: (ptr: number) => T): T {
  probe.reset();
  if (place !== "end") {
    return question(probe.put(place.before + value + place.behind) + place.before.length);
  }
  const memory = Buffer.from(core.memory.buffer);
  const at = memory.length - value.length;
  // The allocator's: it is asked for nothing meanwhile.
  const kept = Buffer.from(memory.subarray(at));
  memory.write(value, at, "latin1");
  const answer = question(at);
  kept.copy(memory, at);
  return answer;
}

/** What each of some captures of the pattern stands for; null when the value is none of it. */
export function matchPattern(
  value: string,
  names: readonly string[],
  place: Place = ALONE,
): Record<string, string> | null {
  const indexes = names.map((name) => captureIndex(name) ?? NONE);
  return ask(value, place, (ptr) => {
    if (core.matchesValuePattern(ptr, value.length) === 0) return null;
    return Object.fromEntries(indexes.map((index, i) => [names[i] ?? "", lastCapture(index)]));
  });
}

/** What a capture of the last match that succeeded stands for. */
export const lastCapture = (index: number): string =>
  probe.text(core.patternCapturePtr(index), core.patternCaptureLen(index));

/** Whether a value meets the test that was read last. */
export const meetsTest = (value: string, place: Place = ALONE): boolean =>
  ask(value, place, (ptr) => core.meetsTestOfValue(ptr, value.length) !== 0);
