// Templates in the configuration:
//
//   text {header:x-a} {claim:sub} {path:1} {query:q} {host} {method} {name}     \ before { } * \

import { Char, isFieldValue } from "../../../core/bytes/ascii";
import { NONE } from "../../../core/bytes/none";
import { Text, text, textLen, textPtr } from "../../../core/bytes/text";
import { claimNamed } from "../../../core/config/claim";
import { fixedNameId, namedHeaderId, parameterNamed } from "../../../core/config/scalars";
import { Value } from "../../../core/config/value";
import { HEADER_VALUE_BYTES_MAX } from "../../../core/limits";
import { TEMPLATE_PARTS_MAX, TEMPLATE_SEGMENT_MAX } from "../../../core/rule_limits";
import { captureIndex } from "../../../core/value/pattern_config";
import {
  PartKind,
  Template,
  TEMPLATE_BYTES,
  TEMPLATE_PART_BYTES,
  TemplatePart,
  templatePartAt,
} from "./template";

const METHOD = text(":method");
const AUTHORITY = text(":authority");

const REQUEST_PARTS =
  "{header:…}, {claim:…}, {path:…}, {query:…}, {host}, {method}, a capture of pattern";
const OTHER_PARTS = "{header:…}, a capture of pattern";
const ESCAPES = "\\*, \\{, \\}, \\\\";

/** What a template can name, and what it has named. */
export class TemplateScope {
  usesClaims: bool = false;

  constructor(
    public names: usize,
    /** 0 where no filter verifies tokens. */
    public claims: usize,
    /** The pattern of the rule; 0 without. */
    public pattern: usize,
    public isRequest: bool,
  ) {}
}

/** Compiles a template; returns its address. */
export function readTemplate(value: Value, scope: TemplateScope): usize {
  const address = value.block.allocate(TEMPLATE_BYTES);
  const source = value.text(0, HEADER_VALUE_BYTES_MAX);
  if (value.error.failed) return address;
  if (!isFieldValue(textPtr(source), textLen(source))) {
    value.refuse("a text without control characters");
    return address;
  }
  new TemplateReader(value, scope, changetype<Template>(address)).read(value.string());
  return address;
}

class TemplateReader {
  /** Of the literal in hand: a text that grows letter by letter would need more than the heap. */
  private pieces: string[] = [];

  constructor(
    private value: Value,
    private scope: TemplateScope,
    private template: Template,
  ) {
    template.parts = value.block.allocate(TEMPLATE_PART_BYTES * TEMPLATE_PARTS_MAX);
  }

  read(source: string): void {
    let from = 0;
    for (let i = 0; i < source.length && !this.value.error.failed; i++) {
      const c = source.charCodeAt(i);
      if (c == Char.BACKSLASH) {
        this.pieces.push(source.substring(from, i));
        from = ++i;
        if (i >= source.length || !"{}*\\".includes(source.charAt(i))) {
          this.value.refuseFound("a \\ that is before none of * { } \\", ESCAPES);
        }
      } else if (c == Char.BRACE_OPEN) {
        const end = source.indexOf("}", i);
        if (end < 0) return this.value.refuseFound("a { without }", "{…}, \\{");
        this.endLiteral(source.substring(from, i));
        this.readPart(source.substring(i + 1, end));
        i = end;
        from = end + 1;
      } else if (c == Char.BRACE_CLOSE) {
        return this.value.refuseFound("a } without {", "{…}, \\}");
      }
    }
    this.endLiteral(source.substring(from));
    if (this.template.partCount == 0) this.addLiteral("");
  }

  private endLiteral(lastPiece: string): void {
    this.pieces.push(lastPiece);
    const literal = this.pieces.join("");
    this.pieces = [];
    if (literal.length > 0) this.addLiteral(literal);
  }

  private addLiteral(literal: string): void {
    const part = this.add(PartKind.LITERAL);
    part.text = this.keep(literal);
  }

  private add(kind: PartKind): TemplatePart {
    const template = this.template;
    if (template.partCount == TEMPLATE_PARTS_MAX) {
      const most = TEMPLATE_PARTS_MAX.toString();
      this.value.refuseFound("one part too many", most + " parts, texts in between counted");
      template.partCount--;
    }
    const part = templatePartAt(template, template.partCount++);
    part.kind = kind;
    return part;
  }

  private keep(characters: string): Text {
    const encoded = String.UTF8.encode(characters);
    return this.value.block.text(changetype<usize>(encoded), <u32>encoded.byteLength);
  }

  private readPart(name: string): void {
    const colon = name.indexOf(":");
    if (colon < 0) return this.readPlain(name);
    const kind = name.substring(0, colon);
    const operand = name.substring(colon + 1);
    const scope = this.scope;
    if (kind == "header") {
      this.add(PartKind.HEADER).number = namedHeaderId(scope.names, this.value, operand);
    } else if (!scope.isRequest) {
      this.refuse(name);
    } else if (kind == "claim") {
      this.readClaim(name, operand);
    } else if (kind == "path") {
      this.add(PartKind.SEGMENT).number = this.segment(name, operand);
    } else if (kind == "query") {
      this.add(PartKind.QUERY).text = parameterNamed(this.value, operand);
    } else {
      this.refuse(name);
    }
  }

  /** A part without an operand. */
  private readPlain(name: string): void {
    const scope = this.scope;
    const capture = scope.pattern == 0 ? NONE : captureIndex(scope.pattern, name);
    if (capture != NONE) {
      this.add(PartKind.CAPTURE).number = capture;
    } else if (scope.isRequest && name == "host") {
      this.add(PartKind.HOST).number = fixedNameId(scope.names, this.value, AUTHORITY);
    } else if (scope.isRequest && name == "method") {
      this.add(PartKind.METHOD).number = fixedNameId(scope.names, this.value, METHOD);
    } else {
      this.refuse(name);
    }
  }

  private readClaim(name: string, operand: string): void {
    const claims = this.scope.claims;
    if (claims == 0) {
      this.value.refuseFound("{" + name + "}", "claims only with a jwt section");
      return;
    }
    this.add(PartKind.CLAIM).number = claimNamed(this.value, operand, claims);
    this.scope.usesClaims = true;
  }

  private segment(name: string, operand: string): u32 {
    const number = operand.length > 0 && operand.length < 3 ? <u32>parseInt(operand) : 0;
    if (number < 1 || number > TEMPLATE_SEGMENT_MAX || number.toString() != operand) {
      const most = TEMPLATE_SEGMENT_MAX.toString();
      this.value.refuseFound("{" + name + "}", "{path:1} to {path:" + most + "}");
    }
    return number;
  }

  private refuse(name: string): void {
    this.value.refuseFound("{" + name + "}", this.scope.isRequest ? REQUEST_PARTS : OTHER_PARTS);
  }
}
