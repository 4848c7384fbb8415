// The one look at each header of a request: which name of the configuration it is, whether clients
// may send it, and what becomes of a name with `_`, which many servers cannot tell from the one
// with `-`.

import { Char } from "../bytes/ascii";
import { Field, FIELD_BYTES } from "../bytes/field";
import { NONE } from "../bytes/none";
import { TWIN_BYTES_MAX } from "../limits";
import { Reason } from "../reason";
import { isHostName } from "./host_names";
import { findName, hashName, mayBeListed, NAME_OWNED, nameFlags } from "./names";
import { HeaderPolicy, matchesStripPrefix, mayBeStripped, Underscores } from "./policy";
import { hasPatterns, matchesPatterns, NamePatterns } from "./name_patterns";
import { removeUnlisted } from "./removals";
import {
  adoptField,
  adoptName,
  noteLine,
  noteWire,
  noteWireLine,
  REMOVED,
  RENAMED,
  requestField,
  requestFieldCount,
  requestNames,
  touchState,
} from "./request";

const TWINS: usize = memory.data(<i32>TWIN_BYTES_MAX, 16);

let twinBytes: u32 = 0;
let renamedCount: u32 = 0;

/** Indexes the fields of the request that `beginRequest` began. */
export function indexFields(policy: HeaderPolicy): Reason {
  const names = requestNames();
  const count = requestFieldCount();
  const isAboutOthers = hasRules(policy.patterns) || policy.prefixCount != 0;
  twinBytes = 0;
  renamedCount = 0;
  const end = changetype<usize>(requestField(count));
  for (let at = changetype<usize>(requestField(0)); at != end; at += FIELD_BYTES) {
    const field = changetype<Field>(at);
    const namePtr = field.namePtr;
    const nameLen = field.nameLen;
    if (mayHaveUnderscore(namePtr, nameLen) && hasUnderscore(namePtr, nameLen)) {
      const reason = indexTwin(names, policy, field);
      if (reason != Reason.OK) return reason;
      continue;
    }
    const hash = hashName(namePtr, nameLen);
    // Most names are nobody's: they cost no call.
    if (!mayBeListed(names, hash) && (!isAboutOthers || !isAbout(policy, namePtr))) {
      field.nameId = NONE;
      continue;
    }
    field.hash = hash;
    const reason = indexPlain(names, policy, field);
    if (reason != Reason.OK) return reason;
  }
  if (renamedCount == 0) return Reason.OK;
  for (let i: u32 = 0; i < count; i++) {
    const field = requestField(i);
    if (field.nameId == RENAMED && !rename(field)) return Reason.HEADERS_TOO_LARGE;
  }
  return Reason.OK;
}

/**
 * Indexes the fields of a map that is not a request's: nobody's word is stripped, and names are
 * what they are. false when there is no room.
 */
export function indexPlainFields(patterns: usize): bool {
  const names = requestNames();
  for (let i: u32 = 0, count = requestFieldCount(); i < count; i++) {
    const field = requestField(i);
    const hash = hashName(field.namePtr, field.nameLen);
    field.hash = hash;
    field.nameId = findName(names, field.namePtr, field.nameLen, hash);
    if (field.nameId == NONE) {
      if (!adoptMatching(patterns, field)) return false;
    } else {
      noteWireLine(field);
    }
  }
  return true;
}

/** Sixteen underscores: a constant in the code takes three instructions. */
const UNDERSCORES: usize = memory.data<u8>(
  [95, 95, 95, 95, 95, 95, 95, 95, 95, 95, 95, 95, 95, 95, 95, 95],
  16,
);
if (Char.UNDERSCORE != 95) ERROR("95 is not an underscore");

/** Bit n: byte n of the sixteen at `ptr` is an underscore. */
// @ts-ignore: decorator
@inline
function underscores(ptr: usize): i32 {
  return i8x16.bitmask(i8x16.eq(v128.load(ptr), v128.load(UNDERSCORES)));
}

/**
 * Whether a name of up to sixteen bytes has an underscore; of a longer one nothing is known. Looks
 * at bytes behind the name as well: a name is never at the end of memory.
 */
// @ts-ignore: decorator
@inline
function mayHaveUnderscore(ptr: usize, len: u32): bool {
  return <u32>ctz(underscores(ptr) | (1 << 16)) < len;
}

/** Whether a name of which that may be has one. */
function hasUnderscore(ptr: usize, len: u32): bool {
  if (len <= 16) return true;
  for (let i: u32 = 0; i + 16 < len; i += 16) if (underscores(ptr + i) != 0) return true;
  return underscores(ptr + len - 16) != 0;
}

function indexPlain(names: usize, policy: HeaderPolicy, field: Field): Reason {
  const id = findName(names, field.namePtr, field.nameLen, field.hash);
  field.nameId = id;
  if (id == NONE) {
    if (!matchesStripPrefix(policy, field.namePtr, field.nameLen)) {
      return adoptMatching(policy.patterns, field) ? Reason.OK : Reason.HEADERS_TOO_LARGE;
    }
    field.nameId = REMOVED;
    const hasRoom = removeUnlisted(field.namePtr, field.nameLen);
    return hasRoom ? Reason.OK : Reason.HEADERS_TOO_LARGE;
  }
  if ((nameFlags(names, id) & NAME_OWNED) == 0) noteWireLine(field);
  else noteWire(touchState(id), field);
  return Reason.OK;
}

/** Whether rules may be about names like one of which no filter asks. */
function isAbout(policy: HeaderPolicy, namePtr: usize): bool {
  return hasRules(policy.patterns) || mayBeStripped(policy, namePtr);
}

/** Gives a field that a rule may be about a number; false when there is no room. */
function adoptMatching(patterns: usize, field: Field): bool {
  if (!hasRules(patterns)) return true;
  const table = changetype<NamePatterns>(patterns);
  return matchesPatterns(table, field.namePtr, field.nameLen) ? adoptField(field) : true;
}

// @ts-ignore: decorator
@inline
function hasRules(patterns: usize): bool {
  return patterns != 0 && hasPatterns(changetype<NamePatterns>(patterns));
}

function indexTwin(names: usize, policy: HeaderPolicy, field: Field): Reason {
  const namePtr = field.namePtr;
  const nameLen = field.nameLen;
  const twin = writeTwin(namePtr, nameLen);
  if (twin == 0) return Reason.HEADERS_TOO_LARGE;
  const hash = hashName(twin, nameLen);
  const id = findName(names, twin, nameLen, hash);
  field.nameId = NONE;
  const stripped =
    id == NONE
      ? matchesStripPrefix(policy, twin, nameLen)
      : (nameFlags(names, id) & NAME_OWNED) != 0;
  if (!stripped) {
    if (policy.underscores == Underscores.KEEP) return keepTwin(policy, field, twin, id);
    if (policy.underscores == Underscores.REJECT) return Reason.HEADER_REFUSED;
  }
  field.nameId = REMOVED;
  if (!removeUnlisted(namePtr, nameLen)) return Reason.HEADERS_TOO_LARGE;
  if (stripped || policy.underscores == Underscores.DROP) return Reason.OK;
  if (isHostName(twin, nameLen)) return Reason.OK;
  field.namePtr = twin;
  field.hash = hash;
  field.nameId = RENAMED;
  renamedCount++;
  return Reason.OK;
}

/** A name with `_` that goes on gets a number where rules are about the one with `-`. */
function keepTwin(policy: HeaderPolicy, field: Field, twin: usize, id: u32): Reason {
  if (policy.patterns == 0) return Reason.OK;
  const patterns = changetype<NamePatterns>(policy.patterns);
  if (id == NONE && !matchesPatterns(patterns, twin, field.nameLen)) return Reason.OK;
  field.hash = hashName(field.namePtr, field.nameLen);
  return adoptField(field) ? Reason.OK : Reason.HEADERS_TOO_LARGE;
}

/** Writes a name with `-` for `_`; 0 when there is no room. */
function writeTwin(ptr: usize, len: u32): usize {
  if (len > TWIN_BYTES_MAX - twinBytes) return 0;
  const target = TWINS + twinBytes;
  twinBytes += len;
  for (let i: u32 = 0; i < len; i++) {
    const c = load<u8>(ptr + i);
    store<u8>(target + i, c == Char.UNDERSCORE ? <u8>Char.MINUS : c);
  }
  return target;
}

/**
 * Gives a field its name with `-`, unless the client sent that name too: then the one with `-`
 * stands alone.
 */
function rename(field: Field): bool {
  const id = adoptName(field.namePtr, field.nameLen, field.hash);
  if (id == NONE) return false;
  const state = touchState(id);
  const isFirst = state.wireCount == 0;
  field.nameId = isFirst ? id : REMOVED;
  if (isFirst) noteLine(state, field);
  return true;
}
