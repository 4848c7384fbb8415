// The lines of the probe: `row|vm|phase|call|variant|status|detail` for each call that it makes,
// `event|vm|context|name|…` for what the host showed it, so that another host can show the same.

import { proxy_log, random_get } from "./imports";

const LOG_INFO: u32 = 2;
const TAG_BYTES: u32 = 4;
const HEX = "0123456789abcdef";

/** Random name of this VM: lines of several VMs share one log. */
export let tag: string = "";
let phase: string = "start";

/** Where host calls put addresses, lengths and numbers. */
export const OUT: usize = memory.data(64, 8);

export function startReport(): void {
  if (tag.length > 0) return;
  random_get(OUT, TAG_BYTES);
  tag = hex(OUT, TAG_BYTES);
}

export function enterPhase(name: string): void {
  phase = name;
}

export function currentPhase(): string {
  return phase;
}

export function row(call: string, variant: string, status: u32, detail: string): void {
  say(`row|${tag}|${phase}|${call}|${variant}|${status}|${detail}`);
}

export function event(context: u32, name: string, detail: string): void {
  say(`event|${tag}|${context}|${name}|${detail}`);
}

function say(line: string): void {
  const text = utf8(line);
  proxy_log(LOG_INFO, address(text), text.byteLength);
}

export function utf8(text: string): ArrayBuffer {
  return String.UTF8.encode(text);
}

export function address(buffer: ArrayBuffer): usize {
  return changetype<usize>(buffer);
}

export function hex(ptr: usize, len: u32): string {
  let text = "";
  for (let i: u32 = 0; i < len; i++) {
    const byte: u32 = load<u8>(ptr + i);
    text += HEX.charAt(byte >> 4) + HEX.charAt(byte & 15);
  }
  return text;
}

/** The 32-bit number at OUT + offset. */
export function out(offset: usize): u32 {
  return load<u32>(OUT + offset);
}

/** Puts a pattern where the next call answers, so that a stale value cannot look like an answer. */
export function clearOut(): void {
  memory.fill(OUT, 0xee, 64);
}

/** The bytes that a call gave at OUT and OUT + 4, as hex; their length when they are many. */
export function given(status: u32): string {
  if (status != 0) return "";
  const len = out(4);
  if (len == 0) return out(0) == 0 ? "null" : "empty at an address";
  if (len > 64) return `${len} bytes`;
  return hex(out(0), len);
}
