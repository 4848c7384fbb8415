// The member `key` of a limit.

import { text } from "../../../core/bytes/text";
import { claimId } from "../../../core/config/claim";
import { fixedNameId, nameId } from "../../../core/config/scalars";
import { Value } from "../../../core/config/value";
import {
  HEADER_NAME_BYTES_MAX,
  RATE_LIMIT_KEY_PARTS_MAX,
  TRUSTED_HOPS_MAX,
} from "../../../core/limits";
import { KeyPart } from "../../../core/ratelimit/key";
import { Part, PART_BYTES, partAt, RateLimitConfig, Rule } from "../model";

const GENERIC_KEY = text("generic_key");
const FORWARDED_FOR = text("x-forwarded-for");

/** Reads the parts of a key. `claims` is 0 where no filter verifies tokens. */
export function readKey(
  value: Value,
  names: usize,
  claims: usize,
  config: RateLimitConfig,
  rule: Rule,
): void {
  const items = value.items(1, RATE_LIMIT_KEY_PARTS_MAX);
  rule.parts = value.block.allocate(PART_BYTES * <u32>items.length);
  for (let i = 0; i < items.length; i++) {
    const part = partAt(rule, <u32>i);
    readPart(items[i], names, claims, config, part);
    if (value.error.failed) return;
    if (part.kind == KeyPart.CLAIM) rule.isIdentified = 1;
    rule.partCount++;
  }
}

function readPart(
  value: Value,
  names: usize,
  claims: usize,
  config: RateLimitConfig,
  part: Part,
): void {
  const claim = value.optional("claim");
  const header = value.optional("header");
  const path = value.optional("path");
  const clientAddress = value.optional("clientAddress");
  const fixed = value.optional("text");
  const descriptorKey = value.optional("as");
  part.descriptorKey = GENERIC_KEY;
  if (descriptorKey !== null) part.descriptorKey = descriptorKey.text(1, HEADER_NAME_BYTES_MAX);
  value.done();
  if (value.error.failed) return;
  if (value.json.items.length != (descriptorKey === null ? 1 : 2)) {
    const found = value.json.items.length.toString() + " members";
    value.refuseFound(found, "one of claim, header, path, clientAddress, text");
  } else if (claim !== null) {
    part.kind = KeyPart.CLAIM;
    if (claims != 0) part.operand = claimId(claim, claims);
    else claim.refuseFound("a claim", "claims only with a jwt section");
  } else if (header !== null) {
    part.kind = KeyPart.HEADER;
    part.operand = nameId(names, header);
  } else if (path !== null) {
    part.kind = KeyPart.PATH;
    if (!path.bool()) path.refuse("true");
  } else if (clientAddress !== null) {
    part.kind = KeyPart.CLIENT_ADDRESS;
    const hops = clientAddress.optional("trustedHops");
    part.operand = hops === null ? 0 : hops.integer(0, TRUSTED_HOPS_MAX);
    config.forwardedForId = fixedNameId(names, value, FORWARDED_FOR);
    clientAddress.done();
  } else if (fixed !== null) {
    part.kind = KeyPart.TEXT;
    part.operand = <u32>fixed.text(0, HEADER_NAME_BYTES_MAX);
  }
}
