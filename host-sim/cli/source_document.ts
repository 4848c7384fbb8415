// A configuration file as YAML (JSON is YAML): its value, and for each place in it the line and
// column.

import { LineCounter, isAlias, isCollection, isMap, isNode, isScalar, isSeq } from "yaml";
import { parseDocument, visit } from "yaml";
import type { Document, Node, Pair } from "yaml";
import type { Segment } from "./json_path.ts";

/** Offsets into the text, the end exclusive. */
export interface Span {
  start: number;
  end: number;
}

export interface Position {
  /** From 1. */
  line: number;
  /** From 1, in UTF-16 units. */
  column: number;
}

export interface SyntaxFinding {
  message: string;
  span: Span;
}

export class SourceDocument {
  readonly text: string;
  readonly #lines = new LineCounter();
  readonly #document: Document.Parsed;
  readonly #syntax: SyntaxFinding[];
  #value: unknown = null;

  constructor(text: string) {
    this.text = text;
    this.#document = parseDocument(text, {
      lineCounter: this.#lines,
      prettyErrors: false,
      uniqueKeys: true,
      version: "1.2",
    });
    const problems = [...this.#document.errors, ...this.#document.warnings];
    this.#syntax = problems.map(({ code, message, pos }) => ({
      message: code === "MULTIPLE_DOCS" ? "more than one document" : oneLine(message),
      span: { start: pos[0], end: pos[1] },
    }));
    if (this.#syntax.length === 0) this.#readValue();
  }

  /** What is not YAML, or means something else than JSON; `value` is null then. */
  get syntaxFindings(): readonly SyntaxFinding[] {
    return this.#syntax;
  }

  /** The document as a JSON value. */
  get value(): unknown {
    return this.#value;
  }

  position(offset: number): Position {
    const { line, col } = this.#lines.linePos(offset);
    return { line: Math.max(line, 1), column: Math.max(col, 1) };
  }

  /** Where the value at this path stands; its name's place when the value spreads over lines. */
  spanOfValue(path: readonly Segment[]): Span {
    const pair = this.#pairAt(path);
    const node = pair === undefined ? this.#nodeAt(path) : this.#resolved(pair.value);
    if (node === undefined || (isCollection(node) && node.flow !== true && pair !== undefined)) {
      return pair === undefined ? { start: 0, end: 0 } : spanOf(pair.key);
    }
    return spanOf(isNode(pair?.value) ? pair.value : node);
  }

  /** Where the name of the member at this path stands. */
  spanOfName(path: readonly Segment[]): Span {
    const pair = this.#pairAt(path);
    return pair === undefined ? this.spanOfValue(path) : spanOf(pair.key);
  }

  #readValue(): void {
    try {
      this.#value = this.#document.toJS();
    } catch (error) {
      // Aliases: one without its anchor, or so many that the value would explode.
      if (!(error instanceof ReferenceError)) throw error;
      this.#syntax.push({ message: oneLine(error.message), span: this.#firstLooseAlias() });
    }
  }

  #firstLooseAlias(): Span {
    let span = { start: 0, end: 0 };
    visit(this.#document, {
      Alias: (_key, alias) => {
        if (alias.resolve(this.#document) !== undefined) return undefined;
        span = spanOf(alias);
        return visit.BREAK;
      },
    });
    return span;
  }

  #nodeAt(path: readonly Segment[]): Node | undefined {
    let node = this.#resolved(this.#document.contents);
    for (const segment of path) {
      if (isMap(node)) node = this.#resolved(pairNamed(node.items, segment)?.value);
      else if (isSeq(node)) node = this.#resolved(node.items[Number(segment)]);
      else return undefined;
    }
    return node;
  }

  #pairAt(path: readonly Segment[]): Pair | undefined {
    const parent = this.#nodeAt(path.slice(0, -1));
    const segment = path.at(-1);
    return isMap(parent) && segment !== undefined ? pairNamed(parent.items, segment) : undefined;
  }

  #resolved(node: unknown): Node | undefined {
    if (isAlias(node)) return node.resolve(this.#document);
    return isNode(node) ? node : undefined;
  }
}

function pairNamed(items: readonly Pair[], segment: Segment): Pair | undefined {
  return items.find(({ key }) => isScalar(key) && String(key.value) === String(segment));
}

function spanOf(node: unknown): Span {
  const range = isNode(node) ? node.range : undefined;
  return range === undefined || range === null
    ? { start: 0, end: 0 }
    : { start: range[0], end: range[1] };
}

function oneLine(message: string): string {
  return message.replace(/\s*\n\s*/g, " ").trim();
}
