// A value of the configuration document and the place where it stands. Reading goes on after an
// error with a harmless value; the first error is kept: where, what was found, what is allowed.

import { Char } from "../bytes/ascii";
import { parseUnsigned } from "../bytes/decimal";
import { Text, textLen, textPtr } from "../bytes/text";
import { unescapeInto } from "../json/escape";
import { Json, Kind } from "../json/tree";
import { JSON_DEPTH_MAX } from "../limits";
import { Block } from "./block";

export class ConfigError {
  message: string = "";

  get failed(): bool {
    return this.message.length > 0;
  }

  put(path: string, found: string, allowed: string): void {
    if (this.failed) return;
    this.message = path + ": found " + found + ", allowed: " + allowed;
    // A member name with control characters must not begin a log line of its own.
    let at = changetype<usize>(this.message);
    for (let i = 0, length = this.message.length; i < length; i++, at += 2) {
      const unit = <u32>load<u16>(at);
      if (unit < <u32>Char.SPACE || unit == Char.DELETE) store<u16>(at, <u16>Char.QUESTION);
    }
  }
}

const SHOWN_CHARACTERS: i32 = 64;

/** The first characters of a text, without half of a surrogate pair at the end. */
function cut(raw: string): string {
  if (raw.length <= SHOWN_CHARACTERS) return raw;
  const last = raw.charCodeAt(SHOWN_CHARACTERS - 1) & 0xfc00;
  return raw.substring(0, last == 0xd800 ? SHOWN_CHARACTERS - 1 : SHOWN_CHARACTERS) + "…";
}

export class Value {
  private asked: Array<string> = [];

  /** `step` leads here from `parent`; `$` is where there is none. */
  constructor(
    public json: Json,
    private parent: Value | null,
    private step: string,
    public error: ConfigError,
    public block: Block,
  ) {}

  /**
   * Where the value stands. Made when it is asked for: one for each value would be, below a long
   * member name, more than the heap holds.
   */
  get path(): string {
    let path = this.step;
    let above = this.parent;
    for (let depth: u32 = 0; depth <= JSON_DEPTH_MAX && above !== null; depth++) {
      path = above.step + path;
      above = above.parent;
    }
    return path;
  }

  get isObject(): bool {
    return this.json.kind == Kind.OBJECT;
  }

  get isArray(): bool {
    return this.json.kind == Kind.ARRAY;
  }

  get isString(): bool {
    return this.json.kind == Kind.STRING;
  }

  /** Refuses this value. `allowed` completes "allowed: …". */
  refuse(allowed: string): void {
    if (!this.error.failed) this.error.put(this.path, this.shown(), allowed);
  }

  /** Refuses this value with a text of one's own for what was found. */
  refuseFound(found: string, allowed: string): void {
    if (!this.error.failed) this.error.put(this.path, found, allowed);
  }

  private shown(): string {
    const json = this.json;
    if (json.kind == Kind.OBJECT) return json.items.length == 0 ? "an empty object" : "an object";
    if (json.kind == Kind.ARRAY) return json.items.length == 0 ? "an empty list" : "a list";
    if (json.kind == Kind.TRUE) return "true";
    if (json.kind == Kind.FALSE) return "false";
    if (json.kind == Kind.NULL) return "null";
    const raw = String.UTF8.decodeUnsafe(json.ptr, json.len);
    return json.kind == Kind.STRING ? '"' + cut(raw) + '"' : cut(raw);
  }

  private child(index: i32, step: string): Value {
    return new Value(this.json.items[index], this, step, this.error, this.block);
  }

  /** Member of an object, null when it is absent. */
  optional(name: string): Value | null {
    if (!this.asked.includes(name)) this.asked.push(name);
    if (!this.isObject) {
      this.refuse("an object");
      return null;
    }
    const index = this.json.names.indexOf(name);
    return index < 0 ? null : this.child(index, "." + name);
  }

  /** Member of an object; its absence is an error. */
  required(name: string): Value {
    const found = this.optional(name);
    if (found !== null) return found;
    if (this.isObject) this.refuseFound('no member "' + name + '"', '"' + name + '"');
    return new Value(new Json(Kind.NULL, 0, 0, false), this, "." + name, this.error, this.block);
  }

  /** Refuses members that nobody has asked for. Called last. */
  done(): void {
    for (let i = 0; i < this.json.names.length && !this.error.failed; i++) {
      const name = this.json.names[i];
      if (this.asked.includes(name)) continue;
      this.error.put(this.path + "." + name, "an unknown member", this.asked.join(", "));
    }
  }

  /** Values of a list of `least` to `most`; empty after an error. */
  items(least: u32, most: u32): Array<Value> {
    const values: Array<Value> = [];
    const length = <u32>this.json.items.length;
    if (!this.isArray || length < least || length > most) {
      const bounds = least.toString() + " to " + most.toString();
      if (this.isArray && length > most) {
        this.refuseFound(length.toString() + " values", "a list of " + bounds);
      } else {
        this.refuse("a list of " + bounds);
      }
      return values;
    }
    for (let i = 0; i < this.json.items.length; i++) {
      values.push(this.child(i, "[" + i.toString() + "]"));
    }
    return values;
  }

  /**
   * Names of an object with `least` to `most` members that the user names; empty after an error.
   */
  memberNames(least: u32, most: u32): Array<string> {
    const length = <u32>this.json.names.length;
    if (!this.isObject || length < least || length > most) {
      this.refuse("an object of " + least.toString() + " to " + most.toString() + " members");
      return [];
    }
    return this.json.names;
  }

  bool(): bool {
    if (this.json.kind == Kind.TRUE) return true;
    if (this.json.kind != Kind.FALSE) this.refuse("true, false");
    return false;
  }

  /** A whole number from `least` to `most`. */
  integer(least: u32, most: u32): u32 {
    const allowed = "a whole number from " + least.toString() + " to " + most.toString();
    const parsed = this.json.kind == Kind.NUMBER ? parseUnsigned(this.json.ptr, this.json.len) : -1;
    if (parsed < <i64>least || parsed > <i64>most) {
      this.refuse(allowed);
      return least;
    }
    return <u32>parsed;
  }

  /** Bytes of a string of `least` to `most` bytes (UTF-8), kept in the block. */
  text(least: u32, most: u32): Text {
    const json = this.json;
    const allowed = "a text of " + least.toString() + " to " + most.toString() + " bytes";
    if (json.kind != Kind.STRING) {
      this.refuse(allowed);
      return this.block.allocate(4);
    }
    const kept = this.block.text(json.ptr, json.len);
    if (json.hasEscapes) {
      const len = unescapeInto(textPtr(kept), json.len, json.ptr, json.len);
      store<u32>(kept, <u32>max(len, 0));
    }
    if (textLen(kept) < least || textLen(kept) > most) this.refuse(allowed);
    return kept;
  }

  /** The string as characters; empty when it is none, which is an error. */
  string(): string {
    if (this.isString) return this.json.characters();
    this.refuse("a text");
    return "";
  }

  /** Index of the string among the choices; 0 after an error. */
  choice(choices: Array<string>): u32 {
    const index = this.isString ? choices.indexOf(this.string()) : -1;
    if (index < 0) this.refuse(choices.join(", "));
    return <u32>max(index, 0);
  }
}
