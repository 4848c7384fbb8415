// Documents that are fetched for deny-lists: a JSON object with lists of texts `jti`, `sub` or
// both. Other members are read over; what is neither is refused whole, because half a list would
// let tokens pass that are on the other half.

import { arenaAllocate } from "../../abi/arena";
import { text } from "../../core/bytes/text";
import { Token } from "../../core/json/token";
import { DENY_ENTRIES_MAX } from "../../core/limits";
import { addDenied, clearDenied, Denied, deniedCount } from "./deny_table";
import { SCANNER } from "./scanner";

const TOKEN_ID = text("jti");
const SUBJECT = text("sub");

/** The same for the same values in this VM, in whatever order and however written. */
export let deniedHash: u64 = 0;

/**
 * Reads a document of at most DOCUMENT_BYTES_MAX into a table in `area`. false unless it is a
 * document, or when there is no memory to read it with.
 */
export function readDenyDocument(ptr: usize, len: u32, area: usize): bool {
  const scratch = arenaAllocate(len);
  if (scratch == 0) return false;
  clearDenied(area);
  deniedHash = 0;
  let hasList = false;
  SCANNER.begin(ptr, len);
  if (SCANNER.next() != Token.OBJECT_BEGIN) return false;
  let token = SCANNER.next();
  while (token == Token.NAME) {
    if (SCANNER.nameIs(TOKEN_ID)) {
      if (!readList(area, Denied.TOKEN_ID, scratch, len)) return false;
      hasList = true;
    } else if (SCANNER.nameIs(SUBJECT)) {
      if (!readList(area, Denied.SUBJECT, scratch, len)) return false;
      hasList = true;
    } else if (!SCANNER.skipValue()) {
      return false;
    }
    token = SCANNER.next();
  }
  // An object of other members may be anything, such as the description of an error.
  return token == Token.OBJECT_END && SCANNER.next() == Token.END && hasList;
}

function readList(area: usize, kind: Denied, scratch: usize, capacity: u32): bool {
  if (SCANNER.next() != Token.ARRAY_BEGIN) return false;
  let token = SCANNER.next();
  while (token == Token.STRING) {
    // The document stays as it is: it is shared with other workers.
    const len = SCANNER.unescape(scratch, capacity);
    if (len < 0 || deniedCount(area) == DENY_ENTRIES_MAX) return false;
    deniedHash += addDenied(area, kind, scratch, <u32>len);
    token = SCANNER.next();
  }
  return token == Token.ARRAY_END;
}
