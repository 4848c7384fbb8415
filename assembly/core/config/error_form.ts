// Which form of error bodies a section asks for.

import { Value } from "./value";

/** An ErrorForm plus one; 0 when nothing is said. */
export function readErrorForm(value: Value | null): u32 {
  return value === null ? 0 : 1 + value.choice(["json", "problem", "google"]);
}
