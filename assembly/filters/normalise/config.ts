// The section `normalise`.

import { text } from "../../core/bytes/text";
import { fixedNameId } from "../../core/config/scalars";
import { Value } from "../../core/config/value";
import { addNameFlags, NAME_WRITTEN } from "../../core/headers/names";
import { HeaderPolicy, Underscores } from "../../core/headers/policy";
import { fieldText } from "./field_text_config";
import { Hygiene } from "./hygiene";
import { applyLists, readHygiene } from "./hygiene_config";
import { readGrpc } from "./grpc_config";
import { readMap } from "./map_config";
import { NormaliseConfig } from "./model";
import { readStrip } from "./strip_config";

const USER_AGENT = text("user-agent");

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
  config.hygiene = changetype<Hygiene>(value.block.allocate(<u32>offsetof<Hygiene>()));
  readHygiene(value, names, config.hygiene);
  const map = value.optional("map");
  if (map !== null) readMap(map, names, config);
  const userAgent = value.optional("grpcUserAgent");
  if (userAgent !== null) {
    config.userAgent = fieldText(userAgent, 1);
    config.userAgentId = fixedNameId(names, userAgent, USER_AGENT);
    addNameFlags(names, config.userAgentId, NAME_WRITTEN);
  }
  const grpc = value.optional("grpc");
  if (grpc !== null) config.grpc = readGrpc(grpc, names, policy);
  value.done();
  return ptr;
}

/** What depends on the other sections, once all have been read. */
export function finishNormalise(
  value: Value,
  names: usize,
  policy: HeaderPolicy,
  section: usize,
): void {
  applyLists(value, names, policy, changetype<NormaliseConfig>(section).hygiene);
}
