// The section `normalise`.

import { text } from "../../core/bytes/text";
import { fixedNameId } from "../../core/config/scalars";
import { Value } from "../../core/config/value";
import { internFixedNames } from "../../core/headers/fixed_names";
import { addNameFlags, NAME_TABLE_BYTES, NAME_WRITTEN } from "../../core/headers/names";
import { HeaderPolicy, Underscores } from "../../core/headers/policy";
import { fieldText } from "./field_text_config";
import { Hygiene } from "./hygiene";
import { applyLists, readHygiene } from "./hygiene_config";
import { readGrpc } from "./grpc_config";
import { NormaliseConfig } from "./model";
import { readRules } from "./rules/config";
import { RuleSet } from "./rules/model";
import { RuleScope } from "./rules/rule_config";
import { writeTriggers } from "./rules/triggers_config";
import { readStrip } from "./strip_config";

const USER_AGENT = text("user-agent");

/** Reads the section into the block; returns the address of a NormaliseConfig. */
export function readNormalise(
  value: Value,
  names: usize,
  claims: usize,
  policy: HeaderPolicy,
): usize {
  const ptr = value.block.allocate(<u32>offsetof<NormaliseConfig>());
  const config = changetype<NormaliseConfig>(ptr);
  const underscores = value.optional("underscores");
  // In the order of the enum.
  const choices = ["keep", "replace", "drop", "reject"];
  policy.underscores = underscores === null ? Underscores.REPLACE : underscores.choice(choices);
  const strip = value.optional("strip");
  if (strip !== null) readStrip(strip, names, policy);
  config.hygiene = changetype<Hygiene>(value.block.allocate(<u32>offsetof<Hygiene>()));
  readHygiene(value, names, config.hygiene);
  const scope = new RuleScope(names, names, claims);
  config.rules = readRules(value, scope);
  const userAgent = value.optional("grpcUserAgent");
  if (userAgent !== null) {
    config.userAgent = fieldText(userAgent, 1);
    config.userAgentId = fixedNameId(names, userAgent, USER_AGENT);
    addNameFlags(names, config.userAgentId, NAME_WRITTEN);
  }
  const grpc = value.optional("grpc");
  if (grpc !== null) config.grpc = readGrpc(grpc, names, policy);
  scope.isRequest = false;
  const response = value.optional("response");
  const requestTrailers = value.optional("requestTrailers");
  const responseTrailers = value.optional("responseTrailers");
  if (response !== null || requestTrailers !== null || responseTrailers !== null) {
    // What a preset strips of requests is none of their business.
    scope.names = value.block.allocate(NAME_TABLE_BYTES);
    internFixedNames(scope.names);
  }
  config.responseRules = readOther(response, scope);
  scope.sparesGrpc = true;
  config.requestTrailerRules = readOther(requestTrailers, scope);
  config.responseTrailerRules = readOther(responseTrailers, scope);
  config.keepsConditions = scope.keptConditions > 0;
  const clears = value.optional("clearRouteCache");
  config.clearsRouteCache = clears !== null && clears.bool();
  value.done();
  return ptr;
}

/** Whether the section has the route chosen again. */
export function clearsRoute(section: usize): bool {
  return changetype<NormaliseConfig>(section).clearsRouteCache;
}

/** Rules for another map than the request; 0 when there are none. */
function readOther(section: Value | null, scope: RuleScope): usize {
  if (section === null) return 0;
  const rules = readRules(section, scope);
  section.done();
  return rules;
}

/** What depends on the other sections, once all have been read. */
export function finishNormalise(
  value: Value,
  names: usize,
  policy: HeaderPolicy,
  section: usize,
): void {
  const own = changetype<NormaliseConfig>(section);
  applyLists(value, names, policy, own.hygiene);
  if (value.error.failed) return;
  finishRules(own.rules, value);
  finishRules(own.responseRules, value);
  finishRules(own.requestTrailerRules, value);
  finishRules(own.responseTrailerRules, value);
  if (own.rules == 0) return;
  const rules = changetype<RuleSet>(own.rules);
  rules.policy = changetype<usize>(policy);
  rules.coversTwins = policy.underscores == Underscores.KEEP;
  policy.patterns = changetype<usize>(rules.patterns);
}

function finishRules(rules: usize, value: Value): void {
  if (rules != 0) writeTriggers(changetype<RuleSet>(rules), value.block);
}
