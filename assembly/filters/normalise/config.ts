// The section `normalise`: what is stripped and renamed goes into the policy, which is applied in
// the one look at each header; what is mapped stays here.

import { isFieldValue, lower } from "../../core/bytes/ascii";
import { Text, text, textLen, textPtr } from "../../core/bytes/text";
import { Block } from "../../core/config/block";
import {
  endsInStar,
  fixedNameId,
  headerPattern,
  nameId,
  ownedNameId,
} from "../../core/config/scalars";
import { Value } from "../../core/config/value";
import { addNameFlags, NAME_WRITTEN } from "../../core/headers/names";
import { HeaderPolicy, noteFirstByte, Underscores } from "../../core/headers/policy";
import {
  HEADER_NAME_BYTES_MAX,
  MAPPINGS_MAX,
  NAMES_MAX,
  STRIP_PREFIXES_MAX,
} from "../../core/limits";

const USER_AGENT = text("user-agent");

/** One line of `map`. */
// @ts-ignore: decorator
@unmanaged
export class Mapping {
  fromId: u32;
  toId: u32;
  /** What the value is to begin with; of length 0 when nothing. */
  prefix: Text;
  /** The same in lower case: what a value has to begin with, in either case. */
  lowerPrefix: Text;
}
const MAPPING_SIZE: u32 = 16;
if (offsetof<Mapping>() != <usize>MAPPING_SIZE) ERROR("Mapping is not 16 bytes");

// @ts-ignore: decorator
@unmanaged
export class NormaliseConfig {
  mappingCount: u32;
  mappings: usize;
  userAgentId: u32;
  /** The user-agent of gRPC requests without one; 0 leaves them so. */
  userAgent: Text;
}

// @ts-ignore: decorator
@inline
export function mappingAt(config: NormaliseConfig, index: u32): Mapping {
  return changetype<Mapping>(config.mappings + index * MAPPING_SIZE);
}

/** Reads the section into the block; returns the address of a NormaliseConfig. */
export function readNormalise(value: Value, names: usize, policy: HeaderPolicy): usize {
  const ptr = value.block.allocate(<u32>offsetof<NormaliseConfig>());
  const config = changetype<NormaliseConfig>(ptr);
  const underscores = value.optional("underscores");
  // In the order of the enum.
  const choices = ["keep", "replace", "drop", "reject"];
  policy.underscores = underscores === null ? Underscores.REPLACE : underscores.choice(choices);
  const strip = value.optional("strip");
  if (strip !== null) readStrip(strip, names, policy);
  const map = value.optional("map");
  if (map !== null) readMap(map, names, config);
  const userAgent = value.optional("grpcUserAgent");
  if (userAgent !== null) {
    config.userAgent = fieldText(userAgent, 1);
    config.userAgentId = fixedNameId(names, userAgent, USER_AGENT);
    addNameFlags(names, config.userAgentId, NAME_WRITTEN);
  }
  value.done();
  return ptr;
}

function readStrip(strip: Value, names: usize, policy: HeaderPolicy): void {
  const patterns = strip.items(0, NAMES_MAX + STRIP_PREFIXES_MAX);
  policy.prefixes = strip.block.allocate(4 * STRIP_PREFIXES_MAX);
  for (let i = 0; i < patterns.length; i++) {
    const pattern = patterns[i];
    if (!endsInStar(pattern)) {
      ownedNameId(names, pattern);
      continue;
    }
    const prefix = headerPattern(pattern);
    if (pattern.error.failed) return;
    if (policy.prefixCount >= STRIP_PREFIXES_MAX) {
      pattern.refuseFound("one prefix too many", STRIP_PREFIXES_MAX.toString() + " prefixes");
      return;
    }
    noteFirstByte(policy, load<u8>(textPtr(prefix)));
    store<u32>(policy.prefixes + (policy.prefixCount << 2), <u32>prefix);
    policy.prefixCount++;
  }
}

function readMap(map: Value, names: usize, config: NormaliseConfig): void {
  const items = map.items(0, MAPPINGS_MAX);
  config.mappings = map.block.allocate(MAPPING_SIZE * <u32>items.length);
  for (let i = 0; i < items.length; i++) {
    const item = items[i];
    const mapping = mappingAt(config, <u32>i);
    const to = item.required("to");
    mapping.fromId = nameId(names, item.required("from"));
    mapping.toId = nameId(names, to);
    if (!map.error.failed) addNameFlags(names, mapping.toId, NAME_WRITTEN);
    const prefix = item.optional("prefix");
    mapping.prefix = prefix === null ? item.block.text(0, 0) : fieldText(prefix, 0);
    mapping.lowerPrefix = lowerText(item.block, mapping.prefix);
    item.done();
    if (item.error.failed) return;
    if (mapping.fromId == mapping.toId) to.refuse("another header than from");
    config.mappingCount++;
  }
}

/** A text of at least `least` bytes that can stand in a header field (RFC 9110 §5.5). */
function fieldText(value: Value, least: u32): Text {
  const kept = value.text(least, HEADER_NAME_BYTES_MAX);
  if (!value.error.failed && !isFieldValue(textPtr(kept), textLen(kept))) {
    value.refuse("a text without control characters");
  }
  return kept;
}

function lowerText(block: Block, source: Text): Text {
  const kept = block.text(textPtr(source), textLen(source));
  for (let at = textPtr(kept), end = at + textLen(kept); at < end; at++) {
    store<u8>(at, lower(load<u8>(at)));
  }
  return kept;
}
