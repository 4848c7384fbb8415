// One pass over the payload of a verified token. Objects are only entered where a wanted claim lies
// in them, everything else is read over.

import { NONE } from "../bytes/none";
import { text } from "../bytes/text";
import { ClaimKind } from "../headers/identity";
import { childNode, hasChildren, PathNode, rootNode } from "../json/path_tree";
import { Scanner } from "../json/scanner";
import { Token } from "../json/token";
import { CLAIM_BYTES_MAX, CLAIM_PATH_MAX } from "../limits";
import { Reason } from "../reason";
import { AudienceMatch, isAudienceOf } from "./audience";
import { checkedClaim, Claims, ClaimValue, clearValues, ExpectedClaims, keptClaim } from "./claims";
import { DATE_ABSENT, DATE_INVALID, parseFrom, parseUntil } from "./numeric_date";

const ISS = text("iss");
const SUB = text("sub");
const AUD = text("aud");
const EXP = text("exp");
const NBF = text("nbf");
const IAT = text("iat");
const CNF = text("cnf");

const enum Registered {
  NONE,
  ISSUER,
  SUBJECT,
  AUDIENCE,
  EXPIRES_AT,
  NOT_BEFORE,
  ISSUED_AT,
  CONFIRMATION,
}

// Objects that are open, from the payload itself to the one in hand: the nodes of both trees that
// they are, and where they begin.
// @ts-ignore: decorator
@unmanaged
class Level {
  kept: usize;
  checked: usize;
  offset: u32;
  isConfirmation: u32;
}

const LEVEL_SHIFT: u32 = 4;
const LEVELS: usize = memory.data(<i32>((CLAIM_PATH_MAX + 2) << LEVEL_SHIFT), 8);
if (offsetof<Level>() > 1 << LEVEL_SHIFT) ERROR("Level has more than 16 bytes");

let payload: usize = 0;
let unescaped: usize = 0;

/** The characters of the string that `readString` read last. */
let stringPtr: usize = 0;
let stringLen: u32 = 0;

/**
 * Reads a decoded payload. Strings with escapes are written to `scratch`, as many bytes as the
 * payload has; all other values are views of the payload. JWT_CLAIMS_INVALID when it is not one
 * JSON object or a registered claim has the wrong type.
 */
export function readClaims(
  ptr: usize,
  len: u32,
  scratch: usize,
  expected: ExpectedClaims,
  scanner: Scanner,
  out: Claims,
): Reason {
  begin(expected, out);
  payload = ptr;
  unescaped = scratch;
  scanner.begin(ptr, len);
  if (scanner.next() != Token.OBJECT_BEGIN) return Reason.JWT_CLAIMS_INVALID;
  open(1, rootNode(expected.kept), rootNode(expected.checked), 0, false);
  while (scanner.depth > 0) {
    const level = levelAt(scanner.depth);
    const token = scanner.next();
    if (token == Token.OBJECT_END) {
      const end = scanner.offset + 1;
      setValues(level.kept, level.checked, ClaimKind.OBJECT, level.offset, end, out);
    } else if (token != Token.NAME || !readMember(level, expected, scanner, out)) {
      return Reason.JWT_CLAIMS_INVALID;
    }
  }
  return scanner.next() == Token.END ? Reason.OK : Reason.JWT_CLAIMS_INVALID;
}

function begin(expected: ExpectedClaims, out: Claims): void {
  out.expiresAtSeconds = DATE_ABSENT;
  out.notBeforeSeconds = DATE_ABSENT;
  out.issuedAtSeconds = DATE_ABSENT;
  out.subjectPtr = 0;
  out.subjectLen = NONE;
  out.issuerReason = expected.issuer == 0 ? Reason.OK : Reason.JWT_ISSUER_REFUSED;
  out.audienceReason =
    expected.audienceMatch == AudienceMatch.ANY ? Reason.OK : Reason.JWT_AUDIENCE_REFUSED;
  out.hasConfirmation = 0;
  out.confirmationMembers = 0;
  clearValues(out, expected);
}

// @ts-ignore: decorator
@inline
function levelAt(depth: u32): Level {
  return changetype<Level>(LEVELS + (depth << LEVEL_SHIFT));
}

/** An object is entered: never deeper than a path of a tree has names. */
function open(depth: u32, kept: usize, checked: usize, offset: u32, isConfirmation: bool): void {
  const level = levelAt(depth);
  level.kept = kept;
  level.checked = checked;
  level.offset = offset;
  level.isConfirmation = u32(isConfirmation);
}

function readMember(level: Level, expected: ExpectedClaims, scanner: Scanner, out: Claims): bool {
  const depth = scanner.depth;
  const kept = childNode(level.kept, scanner);
  const checked = childNode(level.checked, scanner);
  const registered = depth == 1 ? registeredName(scanner) : Registered.NONE;
  out.confirmationMembers += level.isConfirmation;
  const token = scanner.next();
  const offset = scanner.offset;
  if (token == Token.ERROR || !readRegistered(registered, token, expected, scanner, out)) {
    return false;
  }
  if (token == Token.OBJECT_BEGIN && (hasChildren(kept) || hasChildren(checked))) {
    open(depth + 1, kept, checked, offset, registered == Registered.CONFIRMATION);
    return true;
  }
  if (!scanner.leave(depth)) return false;
  if ((kept | checked) == 0 || token == Token.NULL) return true;
  if (token == Token.STRING) readString(scanner);
  const end = token >= Token.NUMBER ? offset + lengthOf(token, scanner) : scanner.offset + 1;
  setValues(kept, checked, kindOf(token), offset, end, out);
  return true;
}

function registeredName(scanner: Scanner): Registered {
  if (scanner.nameIs(ISS)) return Registered.ISSUER;
  if (scanner.nameIs(SUB)) return Registered.SUBJECT;
  if (scanner.nameIs(AUD)) return Registered.AUDIENCE;
  if (scanner.nameIs(EXP)) return Registered.EXPIRES_AT;
  if (scanner.nameIs(NBF)) return Registered.NOT_BEFORE;
  if (scanner.nameIs(IAT)) return Registered.ISSUED_AT;
  if (scanner.nameIs(CNF)) return Registered.CONFIRMATION;
  return Registered.NONE;
}

/** Takes the value that begins with `token`; false when it has the wrong type. */
function readRegistered(
  registered: Registered,
  token: Token,
  expected: ExpectedClaims,
  scanner: Scanner,
  out: Claims,
): bool {
  switch (registered) {
    case Registered.NONE:
      return true;
    case Registered.ISSUER:
      if (expected.issuer != 0 && token == Token.STRING && scanner.nameIs(expected.issuer)) {
        out.issuerReason = Reason.OK;
      }
      return token == Token.STRING;
    case Registered.SUBJECT:
      if (token != Token.STRING) return false;
      readString(scanner);
      out.subjectPtr = stringPtr;
      out.subjectLen = stringLen;
      return true;
    case Registered.AUDIENCE:
      return readAudience(token, expected, scanner, out);
    case Registered.CONFIRMATION:
      out.hasConfirmation = 1;
      return true;
    default:
      return token == Token.NUMBER && readDate(registered, scanner, out);
  }
}

function readDate(registered: Registered, scanner: Scanner, out: Claims): bool {
  const ptr = scanner.valuePtr;
  const len = scanner.valueLen;
  if (registered == Registered.EXPIRES_AT) {
    out.expiresAtSeconds = parseUntil(ptr, len);
    return out.expiresAtSeconds != DATE_INVALID;
  }
  const seconds = parseFrom(ptr, len);
  if (registered == Registered.NOT_BEFORE) out.notBeforeSeconds = seconds;
  else out.issuedAtSeconds = seconds;
  return seconds != DATE_INVALID;
}

/** A string, or a list of nothing but strings (RFC 7519 §4.1.3): one that is expected is enough. */
function readAudience(token: Token, expected: ExpectedClaims, scanner: Scanner, out: Claims): bool {
  if (token == Token.STRING) {
    judgeAudience(expected, scanner, out);
    return true;
  }
  if (token != Token.ARRAY_BEGIN) return false;
  let element = scanner.next();
  while (element == Token.STRING) {
    judgeAudience(expected, scanner, out);
    element = scanner.next();
  }
  return element == Token.ARRAY_END;
}

function judgeAudience(expected: ExpectedClaims, scanner: Scanner, out: Claims): void {
  if (out.audienceReason == Reason.OK) return;
  readString(scanner);
  const audiences = expected.audiences;
  const count = expected.audienceCount;
  if (isAudienceOf(stringPtr, stringLen, audiences, count, expected.audienceMatch)) {
    out.audienceReason = Reason.OK;
  }
}

/** The scratch keeps a string where it lies in the payload, so that no two are in one place. */
function readString(scanner: Scanner): void {
  stringPtr = scanner.valuePtr;
  stringLen = scanner.valueLen;
  if (!scanner.hasEscapes) return;
  const target = unescaped + (stringPtr - payload);
  stringLen = <u32>max(scanner.unescape(target, stringLen), 0);
  stringPtr = target;
}

function kindOf(token: Token): ClaimKind {
  switch (token) {
    case Token.STRING:
      return ClaimKind.STRING;
    case Token.NUMBER:
      return ClaimKind.NUMBER;
    case Token.ARRAY_BEGIN:
      return ClaimKind.ARRAY;
    case Token.OBJECT_BEGIN:
      return ClaimKind.OBJECT;
    default:
      return ClaimKind.BOOLEAN;
  }
}

/** Bytes of a number or a literal. */
function lengthOf(token: Token, scanner: Scanner): u32 {
  if (token == Token.NUMBER) return scanner.valueLen;
  return token == Token.TRUE ? 4 : 5;
}

/** Sets the value that lies at [offset, end) of the payload where the nodes are places. */
function setValues(
  kept: usize,
  checked: usize,
  kind: ClaimKind,
  offset: u32,
  end: u32,
  out: Claims,
): void {
  const isString = kind == ClaimKind.STRING;
  const ptr = isString ? stringPtr : payload + offset;
  const len = isString ? stringLen : end - offset;
  const keptPlace = placeOf(kept);
  if (keptPlace != 0 && len <= CLAIM_BYTES_MAX) set(keptClaim(out, keptPlace - 1), ptr, len, kind);
  const checkedPlace = placeOf(checked);
  if (checkedPlace != 0) set(checkedClaim(out, checkedPlace - 1), ptr, len, kind);
}

// @ts-ignore: decorator
@inline
function placeOf(node: usize): u32 {
  return node == 0 ? 0 : changetype<PathNode>(node).place;
}

function set(value: ClaimValue, ptr: usize, len: u32, kind: ClaimKind): void {
  value.ptr = ptr;
  value.len = len;
  value.kind = kind;
}
