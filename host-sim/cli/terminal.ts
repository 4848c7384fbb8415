// Colours where a person reads, plain text where a program does.

import pc from "picocolors";

export type Colors = ReturnType<typeof pc.createColors>;

/** Honours NO_COLOR and FORCE_COLOR; otherwise colours go to terminals only. */
export function colorsFor(stream: { isTTY?: boolean }): Colors {
  const { NO_COLOR, FORCE_COLOR, TERM } = process.env;
  if (NO_COLOR !== undefined && NO_COLOR !== "") return pc.createColors(false);
  if (FORCE_COLOR !== undefined && FORCE_COLOR !== "") return pc.createColors(FORCE_COLOR !== "0");
  return pc.createColors(stream.isTTY === true && TERM !== "dumb");
}
