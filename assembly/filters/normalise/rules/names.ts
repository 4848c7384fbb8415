// The names that a rule is about, and those that it makes.

import { arenaAllocate } from "../../../abi/arena";
import { Char, equals } from "../../../core/bytes/ascii";
import { NONE } from "../../../core/bytes/none";
import { textLen, textPtr } from "../../../core/bytes/text";
import { isFreeName } from "../../../core/grpc/gateway";
import { hashName, NAME_OWNED } from "../../../core/headers/names";
import { HeaderPolicy, matchesStripPrefix } from "../../../core/headers/policy";
import { isProtectedName } from "../../../core/headers/protected_names";
import {
  adoptName,
  findHeader,
  flagsOf,
  nameLenOf,
  namePtrOf,
} from "../../../core/headers/request";
import { HEADER_NAME_BYTES_MAX } from "../../../core/limits";
import { NameMatch, Rule, RuleSet } from "./model";

/** The name that a rule makes, with `-` for `_`. */
const DASHED: usize = memory.data(<i32>HEADER_NAME_BYTES_MAX, 16);

/** Whether a rule is about a name; `coversTwins` makes `_` as good as `-`. */
export function isMeant(rules: RuleSet, rule: Rule, id: u32, coversTwins: bool): bool {
  const ptr = namePtrOf(id);
  const len = nameLenOf(id);
  if (rule.nameMatch == NameMatch.EXACT) {
    const nameLen = nameLenOf(rule.nameId);
    return id == rule.nameId || (len == nameLen && isSpelling(ptr, namePtrOf(rule.nameId), len));
  }
  const affixLen = textLen(rule.affix);
  if (len < affixLen || isProtectedName(ptr, len, rules.sparesGrpc)) return false;
  const part = rule.nameMatch == NameMatch.PREFIX ? ptr : ptr + (len - affixLen);
  if (coversTwins) return isSpelling(part, textPtr(rule.affix), affixLen);
  return equals(part, textPtr(rule.affix), affixLen);
}

/** Whether a text, with `-` for each `_`, is another. */
function isSpelling(ptr: usize, dashed: usize, len: u32): bool {
  for (let i: u32 = 0; i < len; i++) {
    const c = load<u8>(ptr + i);
    if ((c == Char.UNDERSCORE ? <u8>Char.MINUS : c) != load<u8>(dashed + i)) return false;
  }
  return true;
}

/**
 * Number of the name that a rule makes of one; the same when it is one that nobody may make: it is
 * not free, clients may not send it, or it is too long. NONE when there is no room for it.
 */
export function makeName(rules: RuleSet, rule: Rule, id: u32): u32 {
  const affixLen = textLen(rule.toAffix);
  const restLen = nameLenOf(id) - textLen(rule.affix);
  const len = affixLen + restLen;
  if (len == 0 || len > HEADER_NAME_BYTES_MAX) return id;
  const name = arenaAllocate(len);
  if (name == 0) return NONE;
  const isPrefix = rule.nameMatch == NameMatch.PREFIX;
  const rest = isPrefix ? namePtrOf(id) + textLen(rule.affix) : namePtrOf(id);
  memory.copy(isPrefix ? name : name + restLen, textPtr(rule.toAffix), affixLen);
  memory.copy(isPrefix ? name + affixLen : name, rest, restLen);
  if (!isFree(rules, name, len)) return id;
  return adoptName(name, len, hashName(name, len));
}

/** Whether a rule may make a name, by the spelling with `-`: many servers cannot tell them. */
function isFree(rules: RuleSet, name: usize, len: u32): bool {
  for (let i: u32 = 0; i < len; i++) {
    const c = load<u8>(name + i);
    store<u8>(DASHED + i, c == Char.UNDERSCORE ? <u8>Char.MINUS : c);
  }
  if (!isFreeName(DASHED, len) || isProtectedName(DASHED, len, false)) return false;
  if (rules.policy == 0) return true;
  if (matchesStripPrefix(changetype<HeaderPolicy>(rules.policy), DASHED, len)) return false;
  const id = findHeader(DASHED, len, hashName(DASHED, len));
  return id == NONE || (flagsOf(id) & NAME_OWNED) == 0;
}
