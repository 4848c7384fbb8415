// The members of a list (RFC 9110 §5.6.1): between commas outside of quoted strings, white space
// around them. Empty ones are none.

import { arenaAllocate } from "../../../abi/arena";
import { Char, equals, skipOws, trimOwsEnd } from "../../../core/bytes/ascii";
import { secretHash } from "../../../core/bytes/hash";
import { HEADER_VALUE_BYTES_MAX } from "../../../core/limits";
import { LIST_MEMBERS_MAX } from "../../../core/rule_limits";
import { Keep } from "./model";
import {
  give,
  givenCount,
  givenLen,
  givenPtr,
  takeGiven,
  takenCount,
  takenLen,
  takenPtr,
} from "./lines";

/** What joins members and lines (RFC 9110 §5.3). */
const JOIN_LEN: u32 = 2;

const SLOTS_MASK: u32 = 2 * LIST_MEMBERS_MAX - 1;
if ((SLOTS_MASK & (SLOTS_MASK + 1)) != 0) ERROR("the number of slots is no power of two");
/** Index plus one of a member that was given, u16 each, open addressing. */
const SLOTS: usize = memory.data(<i32>(2 * (SLOTS_MASK + 1)), 16);

/**
 * Gives the members of all lines that were taken; false when there are too many, or one that is not
 * a whole line has more than `most` bytes.
 */
export function splitLines(most: u32): bool {
  for (let i: u32 = 0; i < takenCount; i++) {
    if (!splitLine(takenPtr(i), takenLen(i), most)) return false;
  }
  return true;
}

function splitLine(ptr: usize, lineLen: u32, most: u32): bool {
  const end = ptr + lineLen;
  let at = ptr;
  // Each turn takes one member and the comma behind it.
  while (at < end) {
    const memberEnd = endOfMember(at, end);
    const from = skipOws(at, memberEnd);
    const len = <u32>(trimOwsEnd(from, memberEnd) - from);
    if (len > most && len != lineLen) return false;
    if (len > 0 && (givenCount >= LIST_MEMBERS_MAX || !give(from, len))) return false;
    at = memberEnd + 1;
  }
  return true;
}

/** Address of the next comma outside of a quoted string, else `end`. */
function endOfMember(ptr: usize, end: usize): usize {
  let isQuoted = false;
  for (let at = ptr; at < end; at++) {
    const c = <u32>load<u8>(at);
    if (c == Char.QUOTE) isQuoted = !isQuoted;
    else if (c == Char.BACKSLASH && isQuoted) at++;
    else if (c == Char.COMMA && !isQuoted) return at;
  }
  return end;
}

/** Makes one line of those that were given; false when it would be too long. */
export function joinLines(): bool {
  if (givenCount < 2) return true;
  let len: u32 = 0;
  for (let i: u32 = 0; i < givenCount; i++) {
    if (givenLen(i) > HEADER_VALUE_BYTES_MAX) return false;
    len += givenLen(i) + (i > 0 ? JOIN_LEN : 0);
  }
  if (len > HEADER_VALUE_BYTES_MAX) return false;
  const target = arenaAllocate(len);
  if (target == 0) return false;
  let to = target;
  for (let i: u32 = 0; i < givenCount; i++) {
    if (i > 0) {
      store<u16>(to, <u16>(Char.COMMA | (Char.SPACE << 8)));
      to += JOIN_LEN;
    }
    memory.copy(to, givenPtr(i), givenLen(i));
    to += givenLen(i);
  }
  takeGiven();
  return give(target, len);
}

/**
 * Gives, of the members of all lines that were taken, those that are to be kept; what was given
 * before is none of them. Returns how many there were, which is LIST_MEMBERS_MAX + 1 when there are
 * too many.
 */
export function keepMembers(keep: Keep): u32 {
  if (!splitLines(u32.MAX_VALUE)) return LIST_MEMBERS_MAX + 1;
  const all = givenCount;
  if (all < 2) return all;
  takeGiven();
  if (keep == Keep.FIRST) give(takenPtr(0), takenLen(0));
  else if (keep == Keep.LAST) give(takenPtr(all - 1), takenLen(all - 1));
  else giveDistinct();
  return all;
}

function giveDistinct(): void {
  memory.fill(SLOTS, 0, 2 * (SLOTS_MASK + 1));
  for (let i: u32 = 0; i < takenCount; i++) {
    const slot = slotOf(takenPtr(i), takenLen(i));
    if (load<u16>(slot) != 0) continue;
    give(takenPtr(i), takenLen(i));
    store<u16>(slot, <u16>givenCount);
  }
}

/** The slot of a member: empty when it was not given yet. */
function slotOf(ptr: usize, len: u32): usize {
  let at = (<u32>secretHash(ptr, len)) & SLOTS_MASK;
  // Half of the slots are empty at least: members are no more than LIST_MEMBERS_MAX.
  for (let turn: u32 = 0; turn < SLOTS_MASK; turn++) {
    const number = <u32>load<u16>(SLOTS + (at << 1));
    if (number == 0) break;
    const known = number - 1;
    if (givenLen(known) == len && equals(givenPtr(known), ptr, len)) break;
    at = (at + 1) & SLOTS_MASK;
  }
  return SLOTS + (at << 1);
}
