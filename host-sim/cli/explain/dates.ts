// Times as a person reads them.

import { CommandError } from "../command_error.ts";

const SECOND_UNITS: readonly [name: string, seconds: number][] = [
  ["d", 86_400],
  ["h", 3_600],
  ["min", 60],
  ["s", 1],
];
/** Beyond it JavaScript has no dates (ECMA-262 §21.4.1.1). */
const DATE_SECONDS_MAX = 8.64e12;

/** `2026-11-25 10:02:03Z, in 5 min`; a NumericDate (RFC 7519 §2). */
export function dateText(seconds: number, nowSeconds: number): string {
  return `${instantText(seconds)}, ${relativeText(seconds - nowSeconds)}`;
}

export function instantText(seconds: number): string {
  if (!(Math.abs(seconds) <= DATE_SECONDS_MAX)) return String(seconds);
  return new Date(seconds * 1000).toISOString().replace("T", " ").replace(/\.\d+/, "");
}

/** `5 min ago`, `in 2 h 30 min`, `now`. */
export function relativeText(seconds: number): string {
  const text = durationText(Math.abs(seconds));
  if (Math.abs(seconds) < 1) return "now";
  return seconds < 0 ? `${text} ago` : `in ${text}`;
}

/** The two largest units: `2 h 30 min`. */
export function durationText(seconds: number): string {
  const first = SECOND_UNITS.findIndex(([, size]) => seconds >= size);
  if (first < 0) return "0 s";
  let rest = Math.floor(seconds);
  const parts: string[] = [];
  for (const [name, size] of SECOND_UNITS.slice(first, first + 2)) {
    const count = Math.floor(rest / size);
    rest -= count * size;
    if (count > 0) parts.push(`${count} ${name}`);
  }
  return parts.join(" ");
}

/** Seconds since the epoch of `--at`: an ISO 8601 time, or such seconds themselves. */
export function parseInstant(text: string): number {
  const seconds = /^\d{1,11}(\.\d+)?$/.test(text) ? Number(text) : Date.parse(text) / 1000;
  if (!Number.isFinite(seconds) || seconds < 0) {
    const allowed = "a time such as 2026-11-25T10:00:00Z, or seconds since 1970";
    throw new CommandError(`--at: found ${text}, allowed ${allowed}`);
  }
  return seconds;
}
