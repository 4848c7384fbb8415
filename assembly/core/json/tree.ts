// A document as a tree, for configuration: read in any order, then thrown away. Only used while a
// configuration is read, so it may be made of objects; its size is bounded by CONFIG_NODES_MAX.

import { CONFIG_NODES_MAX } from "../limits";
import { unescapeInto } from "./escape";
import { Scanner, SCANNER_BYTES } from "./scanner";
import { Token } from "./token";

export const enum Kind {
  OBJECT,
  ARRAY,
  STRING,
  NUMBER,
  TRUE,
  FALSE,
  NULL,
}

export class Json {
  /** Member names of an object, beside `items`. */
  names: Array<string> = [];
  items: Array<Json> = [];

  constructor(
    public kind: Kind,
    /** Raw bytes of a string (without quotation marks), number, object or list, in the document. */
    public ptr: usize,
    public len: u32,
    public hasEscapes: bool,
  ) {}

  /** A string's characters. */
  characters(): string {
    return decode(this.ptr, this.len, this.hasEscapes);
  }
}

const SCANNER: usize = memory.data(<i32>SCANNER_BYTES, 8);

/** Byte offset at which `parse` failed. */
export let parseErrorOffset: u32 = 0;
/** Whether `parse` failed for too many values. */
export let parseTooLarge: bool = false;

function decode(ptr: usize, len: u32, hasEscapes: bool): string {
  if (!hasEscapes) return String.UTF8.decodeUnsafe(ptr, len);
  const buffer = new ArrayBuffer(<i32>len);
  const unescapedLen = unescapeInto(changetype<usize>(buffer), len, ptr, len);
  return String.UTF8.decodeUnsafe(changetype<usize>(buffer), <usize>max(unescapedLen, 0));
}

function leaf(scanner: Scanner, kind: Kind): Json {
  return new Json(kind, scanner.valuePtr, scanner.valueLen, scanner.hasEscapes);
}

/**
 * Reads a document; null when it is not JSON or has too many values. The bytes must outlive the
 * tree.
 */
export function parse(ptr: usize, len: u32): Json | null {
  const scanner = changetype<Scanner>(SCANNER);
  const open: Array<Json> = [];
  let root: Json | null = null;
  let name = "";
  let nodes: u32 = 0;
  parseTooLarge = false;
  scanner.begin(ptr, len);
  // Each turn takes at least one byte of the document.
  for (let turn: u32 = 0; turn <= len + 1; turn++) {
    let node: Json | null = null;
    const token = scanner.next();
    if (token == Token.END) return root;
    if (token == Token.ERROR) break;
    if (token == Token.NAME) {
      name = decode(scanner.valuePtr, scanner.valueLen, scanner.hasEscapes);
      continue;
    }
    if (token == Token.OBJECT_END || token == Token.ARRAY_END) {
      const closed = open.pop();
      closed.len = <u32>(ptr + scanner.offset + 1 - closed.ptr);
      continue;
    }
    if (++nodes > CONFIG_NODES_MAX) {
      parseTooLarge = true;
      break;
    }
    if (token == Token.OBJECT_BEGIN) node = new Json(Kind.OBJECT, ptr + scanner.offset, 0, false);
    else if (token == Token.ARRAY_BEGIN)
      node = new Json(Kind.ARRAY, ptr + scanner.offset, 0, false);
    else if (token == Token.STRING) node = leaf(scanner, Kind.STRING);
    else if (token == Token.NUMBER) node = leaf(scanner, Kind.NUMBER);
    else if (token == Token.TRUE) node = new Json(Kind.TRUE, 0, 0, false);
    else if (token == Token.FALSE) node = new Json(Kind.FALSE, 0, 0, false);
    else node = new Json(Kind.NULL, 0, 0, false);
    if (open.length > 0) {
      const parent = open[open.length - 1];
      if (parent.kind == Kind.OBJECT) parent.names.push(name);
      parent.items.push(node);
    } else {
      root = node;
    }
    if (node.kind == Kind.OBJECT || node.kind == Kind.ARRAY) open.push(node);
  }
  parseErrorOffset = scanner.offset;
  return null;
}
