// The one JSON reader: claims, key sets and configuration are all read by this bounded pull
// scanner.
//
// It accepts exactly RFC 8259 in well-formed UTF-8, and of that only documents in which no object
// has two members of one name (RFC 7515 §4, RFC 7519 §4), no string holds half a surrogate pair,
// and nesting and member counts stay within limits.ts. It never recurses, allocates or traps; its
// work is linear in the bytes, plus FEW_MEMBERS comparisons for each member.
//
//   Scanner ──► ┌────────┬──────────────────────┬───────────────────────────────────┬───────────┐
//               │ fields │ open containers, u32 │ hashes of their member names, u64 │ bit maps  │
//               └────────┴──────────────────────┴───────────────────────────────────┴───────────┘
//                 first hash << 1 | is object     of all open objects, outermost first, a map each

import { Char, equalsText, isDigit } from "../bytes/ascii";
import { Text, textLen, textPtr } from "../bytes/text";
import { validLen } from "../bytes/utf8";
import { JSON_DEPTH_MAX, JSON_MEMBERS_MAX } from "../limits";
import { escapedLen, hashName, unescapedIs, unescapeInto } from "./escape";
import { numberEnd, skipPlain, skipWhitespace } from "./lexer";
import { addToMap, clearMap, MAP_BYTES } from "./name_map";
import { JsonError, Token } from "./token";

const enum State {
  VALUE,
  VALUE_OR_ARRAY_END,
  NAME,
  NAME_OR_OBJECT_END,
  COMMA_OR_END,
  DONE,
  FAILED,
}

const LITERAL_TRUE: u32 = 0x65757274;
const LITERAL_ALSE: u32 = 0x65736c61;
const LITERAL_NULL: u32 = 0x6c6c756e;

const CONTAINERS_OFFSET: u32 = (<u32>offsetof<Scanner>() + 7) & ~7;
const HASHES_OFFSET: u32 = CONTAINERS_OFFSET + JSON_DEPTH_MAX * 4;

const MAPS_OFFSET: u32 = HASHES_OFFSET + JSON_DEPTH_MAX * JSON_MEMBERS_MAX * 8;

/** Members of an object that are compared with each other one by one. */
const FEW_MEMBERS: u32 = 16;

/** Bytes of a Scanner with its stacks. Needs 8-byte alignment. */
export const SCANNER_BYTES: u32 = MAPS_OFFSET + JSON_DEPTH_MAX * MAP_BYTES;


@unmanaged
export class Scanner {
  private start: usize;
  private at: usize;
  private end: usize;
  /** Raw bytes of the last name or string, without quotation marks, or of the last number. */
  valuePtr: usize;
  valueLen: u32;
  /** Where the last token began, in bytes; where it went wrong after an error. */
  offset: u32;
  /** Objects and lists that are open. */
  depth: u32;
  error: JsonError;
  private state: State;
  private hashCount: u32;
  /** Whether the last name or string has escapes, so that its bytes are not yet its value. */
  hasEscapes: bool;

  /** Starts on a document. The bytes stay the caller's and must stay in place. */
  begin(ptr: usize, len: u32): void {
    this.start = ptr;
    this.at = ptr;
    this.end = ptr + len;
    this.valuePtr = ptr;
    this.valueLen = 0;
    this.offset = 0;
    this.depth = 0;
    this.error = JsonError.NONE;
    this.state = State.VALUE;
    this.hashCount = 0;
    this.hasEscapes = false;
    const valid = validLen(ptr, len);
    if (valid != len) this.fail(JsonError.ENCODING, ptr + valid);
  }

  /** The next token. After ERROR always ERROR, after END always END. */
  next(): Token {
    if (this.state == State.FAILED) return Token.ERROR;
    const at = skipWhitespace(this.at, this.end);
    this.offset = <u32>(at - this.start);
    if (at >= this.end) {
      if (this.state == State.DONE) return Token.END;
      return this.fail(JsonError.INCOMPLETE, at);
    }
    switch (this.state) {
      case State.VALUE:
        return this.value(at);
      case State.VALUE_OR_ARRAY_END:
        return load<u8>(at) == Char.BRACKET_CLOSE ? this.close(at) : this.value(at);
      case State.NAME:
        return this.name(at);
      case State.NAME_OR_OBJECT_END:
        return load<u8>(at) == Char.BRACE_CLOSE ? this.close(at) : this.name(at);
      case State.COMMA_OR_END:
        return this.commaOrEnd(at);
      default:
        return this.fail(JsonError.SYNTAX, at);
    }
  }

  /**
   * Reads over the value that comes next: after NAME, or where an element may begin. False when the
   * document is wrong there, or the list or object ends instead.
   */
  skipValue(): bool {
    const outside = this.depth;
    const token = this.next();
    if (token == Token.ERROR || token == Token.END || this.depth < outside) return false;
    return this.depth == outside || this.leave(outside);
  }

  /** Reads to the end of the containers that are open beyond `outside` of them. */
  leave(outside: u32): bool {
    while (this.depth > outside) {
      if (this.next() == Token.ERROR) return false;
    }
    return true;
  }

  /** Whether the last name or string, unescaped, is this text. */
  nameIs(text: Text): bool {
    if (!this.hasEscapes) return equalsText(this.valuePtr, this.valueLen, text);
    return unescapedIs(this.valuePtr, this.valueLen, textPtr(text), textLen(text));
  }

  /**
   * Writes the value of the last name or string, never longer than its raw bytes. Returns its
   * length in bytes, -1 when it is longer than `capacity`. `target` is `valuePtr`, in place, or
   * somewhere else entirely.
   */
  unescape(target: usize, capacity: u32): i32 {
    const ptr = this.valuePtr;
    if (this.hasEscapes) {
      const written = unescapeInto(target, capacity, ptr, this.valueLen);
      if (target == ptr && written >= 0) {
        this.valueLen = <u32>written;
        this.hasEscapes = false;
      }
      return written;
    }
    if (this.valueLen > capacity) return -1;
    if (target != ptr) memory.copy(target, ptr, this.valueLen);
    return <i32>this.valueLen;
  }

  private value(at: usize): Token {
    const c = <u32>load<u8>(at);
    switch (c) {
      case Char.QUOTE:
        if (!this.readString(at)) return Token.ERROR;
        return this.complete(this.at, Token.STRING);
      case Char.BRACE_OPEN:
        return this.open(at, Token.OBJECT_BEGIN);
      case Char.BRACKET_OPEN:
        return this.open(at, Token.ARRAY_BEGIN);
      case Char.LOWER_T:
        return this.literal(at, at, LITERAL_TRUE, Token.TRUE);
      case Char.LOWER_F:
        return this.literal(at, at + 1, LITERAL_ALSE, Token.FALSE);
      case Char.LOWER_N:
        return this.literal(at, at, LITERAL_NULL, Token.NULL);
      default:
        if (c == Char.MINUS || isDigit(c)) return this.number(at);
        return this.fail(JsonError.SYNTAX, at);
    }
  }

  /** A value ends at `end`: what may follow depends on what it stands in. */
  private complete(end: usize, token: Token): Token {
    this.at = end;
    this.state = this.depth == 0 ? State.DONE : State.COMMA_OR_END;
    return token;
  }

  private literal(at: usize, from: usize, last4: u32, token: Token): Token {
    if (from + 4 > this.end || load<u32>(from) != last4) return this.fail(JsonError.SYNTAX, at);
    return this.complete(from + 4, token);
  }

  private open(at: usize, token: Token): Token {
    if (this.depth == JSON_DEPTH_MAX) return this.fail(JsonError.TOO_DEEP, at);
    const isObject = token == Token.OBJECT_BEGIN;
    store<u32>(this.containers() + 4 * this.depth, (this.hashCount << 1) | u32(isObject));
    this.depth += 1;
    this.at = at + 1;
    this.state = isObject ? State.NAME_OR_OBJECT_END : State.VALUE_OR_ARRAY_END;
    return token;
  }

  private close(at: usize): Token {
    const container = this.innermost();
    this.depth -= 1;
    this.hashCount = container >> 1;
    return this.complete(at + 1, (container & 1) != 0 ? Token.OBJECT_END : Token.ARRAY_END);
  }

  private commaOrEnd(at: usize): Token {
    const isObject = (this.innermost() & 1) != 0;
    const c = load<u8>(at);
    if (c == (isObject ? Char.BRACE_CLOSE : Char.BRACKET_CLOSE)) return this.close(at);
    if (c != Char.COMMA) return this.fail(JsonError.SYNTAX, at);
    const next = skipWhitespace(at + 1, this.end);
    this.offset = <u32>(next - this.start);
    if (next >= this.end) return this.fail(JsonError.INCOMPLETE, next);
    return isObject ? this.name(next) : this.value(next);
  }

  private name(at: usize): Token {
    if (load<u8>(at) != Char.QUOTE) return this.fail(JsonError.SYNTAX, at);
    if (!this.readString(at)) return Token.ERROR;
    const colon = skipWhitespace(this.at, this.end);
    if (colon >= this.end) return this.fail(JsonError.INCOMPLETE, colon);
    if (load<u8>(colon) != Char.COLON) return this.fail(JsonError.SYNTAX, colon);
    const error = this.rememberName();
    if (error != JsonError.NONE) return this.fail(error, at);
    this.at = colon + 1;
    this.state = State.VALUE;
    return Token.NAME;
  }

  /**
   * Adds the hash of the last name to those of its object. Equal names have equal hashes, so no
   * duplicate gets past; two names that share one are taken for duplicates and refused, which costs
   * nobody but the author of the document.
   */
  private rememberName(): JsonError {
    const first = this.innermost() >> 1;
    const count = this.hashCount - first;
    if (count == JSON_MEMBERS_MAX) return JsonError.TOO_MANY_MEMBERS;
    const hash = hashName(this.valuePtr, this.valueLen);
    const hashes = this.hashes() + 8 * <usize>first;
    const hashesEnd = hashes + 8 * <usize>count;
    if (count < FEW_MEMBERS || this.isSuspect(hashes, hashesEnd, hash)) {
      for (let at = hashes; at < hashesEnd; at += 8) {
        if (load<u64>(at) == hash) return JsonError.DUPLICATE_NAME;
      }
    }
    store<u64>(hashesEnd, hash);
    this.hashCount += 1;
    return JsonError.NONE;
  }

  /** Whether a hash may be among those of its object, whose map is made when it has some. */
  private isSuspect(hashes: usize, hashesEnd: usize, hash: u64): bool {
    const map = this.maps() + (this.depth - 1) * MAP_BYTES;
    if (hashesEnd - hashes == FEW_MEMBERS << 3) {
      clearMap(map);
      for (let at = hashes; at < hashesEnd; at += 8) addToMap(map, load<u64>(at));
    }
    return addToMap(map, hash);
  }

  // @ts-ignore: decorator
  @inline
  private maps(): usize {
    return changetype<usize>(this) + MAPS_OFFSET;
  }

  /** Reads the string whose opening quotation mark is at `quote`. */
  private readString(quote: usize): bool {
    const end = this.end;
    this.hasEscapes = false;
    let at = skipPlain(quote + 1, end);
    let error = JsonError.INCOMPLETE;
    while (at < end) {
      const c = load<u8>(at);
      if (c == Char.QUOTE) {
        this.valuePtr = quote + 1;
        this.valueLen = <u32>(at - quote - 1);
        this.at = at + 1;
        return true;
      }
      const len = c == Char.BACKSLASH ? escapedLen(at, end) : 0;
      if (len == 0) {
        error = c == Char.BACKSLASH ? JsonError.ESCAPE : JsonError.CONTROL_CHARACTER;
        break;
      }
      this.hasEscapes = true;
      at = skipPlain(at + len, end);
    }
    this.fail(error, at);
    return false;
  }

  private number(start: usize): Token {
    const end = numberEnd(start, this.end);
    if (end == 0) return this.fail(JsonError.NUMBER, start);
    this.valuePtr = start;
    this.valueLen = <u32>(end - start);
    this.hasEscapes = false;
    return this.complete(end, Token.NUMBER);
  }

  private fail(error: JsonError, at: usize): Token {
    this.state = State.FAILED;
    this.error = error;
    this.offset = <u32>(at - this.start);
    return Token.ERROR;
  }

  // @ts-ignore: decorator
  @inline
  private innermost(): u32 {
    return load<u32>(this.containers() + 4 * (this.depth - 1));
  }

  // @ts-ignore: decorator
  @inline
  private containers(): usize {
    return changetype<usize>(this) + CONTAINERS_OFFSET;
  }

  // @ts-ignore: decorator
  @inline
  private hashes(): usize {
    return changetype<usize>(this) + HASHES_OFFSET;
  }
}
