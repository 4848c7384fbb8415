// CORS preflights (Fetch §4.8, "CORS-preflight fetch"): browsers send them without credentials.

import { equalsText, isToken } from "../../core/bytes/ascii";
import { text } from "../../core/bytes/text";
import { headerCount, headerLen, headerPtr } from "../../core/headers/request";
import { JwtConfig } from "./model";

const OPTIONS = text("OPTIONS");

/** Whether the request in hand has all three marks of a preflight. */
export function isPreflight(config: JwtConfig): bool {
  const id = config.methodId;
  return (
    headerCount(id) == 1 &&
    equalsText(headerPtr(id), headerLen(id), OPTIONS) &&
    headerCount(config.originId) == 1 &&
    headerLen(config.originId) != 0 &&
    isMethod(config.requestMethodId)
  );
}

/** Two of them, which hosts join with a comma, are none. */
function isMethod(id: u32): bool {
  return headerCount(id) == 1 && isToken(headerPtr(id), headerLen(id));
}
