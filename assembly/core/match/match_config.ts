// A match: at most one member about the path, and any number of others.

import { Value } from "../config/value";
import { readClaimConditions } from "./claim_condition_config";
import { readConditions } from "./condition_config";
import { Match } from "./match";
import { readPathCondition } from "./path_config";

const EVERY_MEMBER = "one of prefix, path, template, suffix, methods, hosts, headers, claims";

/** Reads a match. `claims` is 0 where no filter verifies tokens. */
export function readMatch(value: Value, names: usize, claims: usize, out: Match): void {
  readPathCondition(value, out);
  out.conditions = readConditions(value, names);
  const conditions = value.optional("claims");
  value.done();
  if (value.json.items.length == 0) value.refuse(EVERY_MEMBER);
  if (conditions !== null) readClaimConditions(conditions, claims, out);
}
