// Which headers a rule is about: `header: x-a`, `x-a*` or `*-a`.

import { startsWithText } from "../../../core/bytes/ascii";
import { Text, textLen, textPtr } from "../../../core/bytes/text";
import { nameAffix, nameId } from "../../../core/config/scalars";
import { Value } from "../../../core/config/value";
import { RESERVED_PREFIX } from "../../../core/grpc/metadata";
import { nameText } from "../../../core/headers/names";
import { NameMatch, Rule } from "./model";

const STAR = "*";
const ONE_NAME = "the name of one header, without a *";

/** Number of one header; 0 after an error. With `sparesGrpc` names with `grpc-` are refused. */
export function ruleNameId(value: Value, names: usize, sparesGrpc: bool): u32 {
  const id = nameId(names, value);
  if (!value.error.failed && value.string().includes(STAR)) value.refuse(ONE_NAME);
  if (value.error.failed || !sparesGrpc) return id;
  const name = nameText(names, id);
  if (startsWithText(textPtr(name), textLen(name), RESERVED_PREFIX)) {
    value.refuse("a trailer that gRPC does not need itself");
  }
  return id;
}

/** Reads one name, or the beginning or end of names. */
export function readRuleName(value: Value, names: usize, sparesGrpc: bool, rule: Rule): void {
  const characters = value.string();
  if (!characters.includes(STAR)) {
    rule.nameMatch = NameMatch.EXACT;
    rule.nameId = ruleNameId(value, names, sparesGrpc);
    return;
  }
  const isPrefix = characters.endsWith(STAR);
  rule.nameMatch = isPrefix ? NameMatch.PREFIX : NameMatch.SUFFIX;
  rule.affix = readAffix(value, isPrefix);
}

/** Reads the name that another becomes, in the same form. */
export function readNewName(value: Value, names: usize, sparesGrpc: bool, rule: Rule): void {
  if (rule.nameMatch == NameMatch.EXACT) {
    rule.toId = ruleNameId(value, names, sparesGrpc);
    if (!value.error.failed && rule.toId == rule.nameId) value.refuse("another header than header");
    return;
  }
  const isPrefix = rule.nameMatch == NameMatch.PREFIX;
  const characters = value.string();
  const hasStar = isPrefix ? characters.endsWith(STAR) : characters.startsWith(STAR);
  if (!hasStar) value.refuse("a name with a * where header has one");
  if (value.error.failed) return;
  rule.toAffix = readAffix(value, isPrefix);
  if (isSameText(rule.affix, rule.toAffix)) value.refuse("other names than those of header");
}

function readAffix(value: Value, isPrefix: bool): Text {
  const characters = value.string();
  const last = characters.length - 1;
  return nameAffix(value, isPrefix ? characters.substring(0, last) : characters.substring(1));
}

function isSameText(a: Text, b: Text): bool {
  return textLen(a) == textLen(b) && startsWithText(textPtr(a), textLen(a), b);
}
