// Figures as reports keep them.

import type { Summary } from "./measure.ts";

export function roundAll({ median, min, max }: Summary): Summary {
  return { median: round(median), min: round(min), max: round(max) };
}

export function round(figure: number): number {
  return Math.round(figure * 1000) / 1000;
}
