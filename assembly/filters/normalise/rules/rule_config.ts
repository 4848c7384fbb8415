// One rule of each verb.

import { lower } from "../../../core/bytes/ascii";
import { NONE } from "../../../core/bytes/none";
import { Text, textLen, textPtr } from "../../../core/bytes/text";
import { Block } from "../../../core/config/block";
import { filterStateKey } from "../../../core/config/scalars";
import { Value } from "../../../core/config/value";
import { addNameFlags, NAME_OWNED, NAME_TAKEN, NAME_WRITTEN } from "../../../core/headers/names";
import { Match, MATCH_BYTES } from "../../../core/match/match";
import { readMatch } from "../../../core/match/match_config";
import { readPattern } from "../../../core/value/pattern_config";
import { readValueTest } from "../../../core/value/value_test_config";
import { fieldText } from "../field_text_config";
import { readOperations } from "../values/operation_config";
import { readTemplate, TemplateScope } from "../values/template_config";
import { GrpcCondition, Keep, Lines, NameMatch, OnInvalid, Rule, RULE_BYTES, Verb } from "./model";
import { readNewName, readRuleName, ruleNameId } from "./name_config";

const SET_COOKIE = "set-cookie";
const NAME_OR_OBJECT = "a name, or an object with header";
const ONE_CONDITION =
  "one of grpc, prefix, path, template, suffix, methods, hosts, headers, claims";
/** RFC 9110 §5.3. */
const ONE_VALUE = "a header whose lines can be joined, which those of set-cookie cannot";

/** Which map the rules are about, and what they can name. */
export class RuleScope {
  /** Rules for other maps than the request that have `when`. */
  keptConditions: u32 = 0;
  /** Whether the rules of the request, or of another map. */
  isRequest: bool = true;
  /** Whether names with `grpc-` are no rule's business. */
  sparesGrpc: bool = false;

  constructor(
    /** Of the map that the rules are about. */
    public names: usize,
    /** Of requests. */
    public requestNames: usize,
    /** 0 where no filter verifies tokens. */
    public claims: usize,
  ) {}
}

/** Whether the last rule that was read names a claim. */
export let readsClaims: bool = false;

/** Reads one; returns its address. */
export function readRule(value: Value, verb: Verb, scope: RuleScope): usize {
  const ptr = value.block.allocate(RULE_BYTES);
  const rule = changetype<Rule>(ptr);
  rule.verb = verb;
  rule.keptBit = NONE;
  readsClaims = false;
  const takesName = verb == Verb.REJECT || verb == Verb.REMOVE;
  if (takesName && value.isString) {
    readRuleName(value, scope.names, scope.sparesGrpc, rule);
    return ptr;
  }
  if (takesName && !value.isObject) value.refuse(NAME_OR_OBJECT);
  if (verb == Verb.FILTER_STATE) rule.key = filterStateKey(value.required("key"));
  else readSubject(value, verb, scope, rule);
  if (value.error.failed) return ptr;
  if (verb == Verb.RENAME || verb == Verb.MAP) readMove(value, verb, scope, rule);
  else if (takesName) readTest(value, rule);
  else if (verb == Verb.DEDUPE) readDedupe(value, rule);
  else if (verb == Verb.REWRITE) readRewrite(value, scope, rule);
  else readWrite(value, scope, rule);
  if (!value.error.failed) readWhen(value, scope, rule);
  value.done();
  if (!value.error.failed) addFlags(verb, scope, rule);
  return ptr;
}

/** The header that a rule is about. */
function readSubject(value: Value, verb: Verb, scope: RuleScope, rule: Rule): void {
  if (verb == Verb.REJECT) {
    const header = value.optional("header");
    if (header !== null) readRuleName(header, scope.names, scope.sparesGrpc, rule);
    return;
  }
  const header = value.required(verb == Verb.MAP ? "from" : "header");
  const isOne = verb == Verb.MAP || verb == Verb.SET || verb == Verb.ADD || verb == Verb.APPEND;
  if (!isOne) return readRuleName(header, scope.names, scope.sparesGrpc, rule);
  rule.nameMatch = NameMatch.EXACT;
  rule.nameId = ruleNameId(header, scope.names, scope.sparesGrpc);
}

function readMove(value: Value, verb: Verb, scope: RuleScope, rule: Rule): void {
  const to = value.required("to");
  if (value.error.failed) return;
  if (verb == Verb.RENAME) return readNewName(to, scope.names, scope.sparesGrpc, rule);
  rule.toId = ruleNameId(to, scope.names, scope.sparesGrpc);
  if (!value.error.failed && rule.toId == rule.nameId) to.refuse("another header than from");
  const prefix = value.optional("prefix");
  rule.prefix = prefix === null ? value.block.text(0, 0) : fieldText(prefix, 0);
  rule.lowerPrefix = lowerText(value.block, rule.prefix);
}

function lowerText(block: Block, source: Text): Text {
  const kept = block.text(textPtr(source), textLen(source));
  for (let at = textPtr(kept), end = at + textLen(kept); at < end; at++) {
    store<u8>(at, lower(load<u8>(at)));
  }
  return kept;
}

function readTest(value: Value, rule: Rule): void {
  const test = value.optional("value");
  if (test === null) return;
  if (rule.nameMatch == NameMatch.NONE) return test.refuseFound("a test", "one beside header only");
  rule.test = readValueTest(test);
}

function readDedupe(value: Value, rule: Rule): void {
  const keep = value.optional("keep");
  // In the order of the enum.
  if (keep !== null) rule.keep = <Keep>keep.choice(["unique", "first", "last"]);
  refuseCookies(value, rule);
}

function readRewrite(value: Value, scope: RuleScope, rule: Rule): void {
  const pattern = value.optional("pattern");
  if (pattern !== null) rule.pattern = readPattern(pattern);
  const to = value.optional("to");
  if (to !== null) readRuleTemplate(to, scope, rule);
  readApply(value, rule);
  const lines = value.optional("lines");
  // In the order of the enum, from its second on.
  if (lines !== null) rule.lines = <Lines>(1 + lines.choice(["split", "join"]));
  if (rule.lines == Lines.JOIN) refuseCookies(value, rule);
  const onInvalid = value.optional("onInvalid");
  if (onInvalid !== null) {
    rule.onInvalid = <OnInvalid>onInvalid.choice(["remove", "reject", "keep"]);
  }
  if (to === null && rule.operations == 0 && lines === null && !value.error.failed) {
    value.refuseFound("a rule that changes nothing", "at least one of to, apply, lines");
  }
}

/** A rule that makes a value. */
function readWrite(value: Value, scope: RuleScope, rule: Rule): void {
  readRuleTemplate(value.required("value"), scope, rule);
  readApply(value, rule);
  const onInvalid = value.optional("onInvalid");
  if (onInvalid !== null) rule.onInvalid = <OnInvalid>onInvalid.choice(["remove", "reject"]);
}

function readRuleTemplate(value: Value, scope: RuleScope, rule: Rule): void {
  if (value.error.failed) return;
  const inner = new TemplateScope(scope.names, scope.claims, rule.pattern, scope.isRequest);
  rule.template = readTemplate(value, inner);
  if (inner.usesClaims) readsClaims = true;
}

function readApply(value: Value, rule: Rule): void {
  const apply = value.optional("apply");
  if (apply !== null) rule.operations = readOperations(apply);
}

/** Refuses what makes one line of several, where a header has no such form. */
function refuseCookies(value: Value, rule: Rule): void {
  if (value.error.failed || rule.nameMatch != NameMatch.EXACT) return;
  const header = value.required("header");
  if (header.string().toLowerCase() == SET_COOKIE) header.refuse(ONE_VALUE);
}

function readWhen(value: Value, scope: RuleScope, rule: Rule): void {
  const when = value.optional("when");
  if (when === null) {
    const needsOne = rule.verb == Verb.REJECT && rule.nameMatch == NameMatch.NONE;
    if (needsOne) value.refuseFound("neither header nor when", "one of them or both");
    return;
  }
  if (when.isObject && when.json.items.length == 0) return when.refuse(ONE_CONDITION);
  const grpc = when.optional("grpc");
  if (grpc !== null) rule.grpc = grpc.bool() ? GrpcCondition.GRPC : GrpcCondition.HTTP;
  const match = changetype<Match>(when.block.allocate(MATCH_BYTES));
  readMatch(when, scope.requestNames, scope.claims, match);
  if (grpc !== null && when.json.items.length == 1) return;
  rule.when = changetype<usize>(match);
  if (match.claimCount > 0) readsClaims = true;
  if (scope.isRequest) return;
  readsClaims = false;
  rule.keptBit = scope.keptConditions++;
}

/** What other sections must know of the names of a request. */
function addFlags(verb: Verb, scope: RuleScope, rule: Rule): void {
  if (!scope.isRequest) return;
  const names = scope.names;
  const isExact = rule.nameMatch == NameMatch.EXACT;
  if (verb == Verb.RENAME || verb == Verb.MAP) {
    if (!isExact) return;
    addNameFlags(names, rule.nameId, NAME_TAKEN);
    addNameFlags(names, rule.toId, NAME_WRITTEN);
  } else if (verb == Verb.SET || verb == Verb.ADD || verb == Verb.APPEND) {
    addNameFlags(names, rule.nameId, NAME_WRITTEN);
    if (readsClaims) addNameFlags(names, rule.nameId, NAME_OWNED);
  }
}
