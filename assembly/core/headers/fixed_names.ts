// Names that every configuration has in its table of names, under these numbers.

import { text } from "../bytes/text";
import { internName } from "./names";

export const enum FixedName {
  PATH = 0,
  CONTENT_TYPE = 1,
  CONNECTION = 2,
}

const PATH = text(":path");
const CONTENT_TYPE = text("content-type");
const CONNECTION = text("connection");

/** Fills the beginning of an empty table of names. */
export function internFixedNames(names: usize): void {
  internName(names, PATH);
  internName(names, CONTENT_TYPE);
  internName(names, CONNECTION);
}
