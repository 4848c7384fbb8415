// Patterns in the configuration (pattern.ts).

import { Char, equals, findByte, isDigit, isLowerLetter } from "../bytes/ascii";
import { NONE } from "../bytes/none";
import { Text, textLen, textPtr } from "../bytes/text";
import { Value } from "../config/value";

import {
  Part,
  PART_BYTES,
  partAt,
  Pattern,
  PATTERN_BYTES,
  Span,
  SPAN_BYTES,
  spanAt,
} from "./pattern";
import { PATTERN_BYTES_MAX, PATTERN_CAPTURES_MAX } from "../rule_limits";

const CAPTURE = "{name} or {name**}, with a name of a-z, 0-9 and _ that begins with a letter";
const BRACE = "{name}, {name**}, \\}";
const ESCAPE = "\\*, \\{, \\}, \\\\";
const ONE_REST = "at most one ** or {name**}";

/** Two of Char.ASTERISK. */
const STARS: u16 = 0x2a2a;

/** Compiles a pattern. */
export function readPattern(value: Value): usize {
  const kept = value.text(1, PATTERN_BYTES_MAX);
  const pattern = value.block.allocate(PATTERN_BYTES);
  if (value.error.failed) return pattern;
  new PatternReader(value, changetype<Pattern>(pattern), kept).read();
  return pattern;
}

/** Number of a capture; NONE when the pattern has none of this name. */
export function captureIndex(pattern: usize, name: string): u32 {
  const encoded = String.UTF8.encode(name);
  const len = <u32>encoded.byteLength;
  return indexOfName(changetype<Pattern>(pattern), changetype<usize>(encoded), len);
}

function indexOfName(pattern: Pattern, ptr: usize, len: u32): u32 {
  for (let i: u32 = 0; i < pattern.captureCount; i++) {
    const name = spanAt(pattern.names, i);
    if (name.len == len && equals(name.ptr, ptr, len)) return i;
  }
  return NONE;
}

/** Literals are freed of `\` in their place: the text that is kept is what the parts point to. */
class PatternReader {
  private at: usize;
  private end: usize;
  /** Where the next byte of a literal goes. */
  private to: usize;

  constructor(
    private value: Value,
    private pattern: Pattern,
    kept: Text,
  ) {
    const ptr = textPtr(kept);
    const len = textLen(kept);
    this.at = ptr;
    this.end = ptr + len;
    this.to = ptr;
    // Two wildcards have a byte between them, so that `len` bytes have half as many at most.
    const partsMax = 1 + ((len + 1) >> 1);
    pattern.parts = value.block.allocate(partsMax * PART_BYTES);
    pattern.names = value.block.allocate(PATTERN_CAPTURES_MAX * SPAN_BYTES);
    partAt(pattern.parts, 0).literalPtr = ptr;
    partAt(pattern.parts, 0).capture = NONE;
  }

  /** The part whose literal is being read. */
  private get part(): Part {
    return partAt(this.pattern.parts, this.pattern.last);
  }

  read(): void {
    while (this.at < this.end && !this.value.error.failed) {
      const c = <u32>load<u8>(this.at++);
      if (c == Char.ASTERISK) this.readStars();
      else if (c == Char.BRACE_OPEN) this.readCapture();
      else if (c == Char.BACKSLASH) this.readEscape();
      else if (c == Char.BRACE_CLOSE) this.value.refuseFound("a } without {", BRACE);
      else this.putByte(c);
    }
  }

  private readStars(): void {
    const isRest = this.at < this.end && load<u8>(this.at) == Char.ASTERISK;
    if (isRest) this.at++;
    this.putWildcard(isRest, NONE);
  }

  private readEscape(): void {
    const c = this.at < this.end ? <u32>load<u8>(this.at++) : 0;
    const isMark = c == Char.ASTERISK || c == Char.BRACE_OPEN || c == Char.BRACE_CLOSE;
    if (isMark || c == Char.BACKSLASH) this.putByte(c);
    else this.value.refuseFound("a \\ that is before none of * { } \\", ESCAPE);
  }

  /** Reads what follows the brace. */
  private readCapture(): void {
    const value = this.value;
    const pattern = this.pattern;
    const name = this.at;
    const close = findByte(name, this.end, Char.BRACE_CLOSE);
    if (close == this.end) {
      value.refuseFound("a { without }", "{name}, {name**}, \\{");
      return;
    }
    let len = <u32>(close - name);
    const isRest = len >= 2 && load<u16>(close - 2) == STARS;
    if (isRest) len -= 2;
    const shown = String.UTF8.decodeUnsafe(name - 1, close - name + 2);
    const count = pattern.captureCount;
    if (!isCaptureName(name, len)) {
      value.refuseFound(shown, CAPTURE);
    } else if (indexOfName(pattern, name, len) != NONE) {
      value.refuseFound(shown + " with a name that another has", "each name once");
    } else if (count == PATTERN_CAPTURES_MAX) {
      value.refuseFound("one capture too many", PATTERN_CAPTURES_MAX.toString() + " captures");
    }
    if (value.error.failed) return;
    const span: Span = spanAt(pattern.names, count);
    span.ptr = name;
    span.len = len;
    pattern.captureCount = count + 1;
    this.at = close + 1;
    this.putWildcard(isRest, count);
  }

  private putByte(c: u32): void {
    store<u8>(this.to++, <u8>c);
    this.part.literalLen++;
  }

  /** Begins the next part. */
  private putWildcard(isRest: bool, capture: u32): void {
    const pattern = this.pattern;
    if (pattern.last != 0 && this.part.literalLen == 0) {
      this.value.refuseFound("two wildcards side by side", "wildcards with something between them");
      return;
    }
    pattern.last++;
    if (isRest) {
      if (pattern.restPart != 0) this.value.refuseFound("a second **", ONE_REST);
      pattern.restPart = pattern.last;
    }
    const part = this.part;
    part.capture = capture;
    part.literalPtr = this.at;
    this.to = this.at;
  }
}

function isCaptureName(ptr: usize, len: u32): bool {
  if (len == 0 || !isLowerLetter(load<u8>(ptr))) return false;
  for (let i: u32 = 1; i < len; i++) {
    const c = <u32>load<u8>(ptr + i);
    if (!isLowerLetter(c) && !isDigit(c) && c != Char.UNDERSCORE) return false;
  }
  return true;
}
