// The member `map`.

import { lower } from "../../core/bytes/ascii";
import { Text, textLen, textPtr } from "../../core/bytes/text";
import { Block } from "../../core/config/block";
import { nameId } from "../../core/config/scalars";
import { Value } from "../../core/config/value";
import { addNameFlags, NAME_TAKEN, NAME_WRITTEN } from "../../core/headers/names";
import { MAPPINGS_MAX } from "../../core/limits";
import { fieldText } from "./field_text_config";
import { MAPPING_BYTES, mappingAt, NormaliseConfig } from "./model";

/** Reads its lines. */
export function readMap(map: Value, names: usize, config: NormaliseConfig): void {
  const items = map.items(0, MAPPINGS_MAX);
  config.mappings = map.block.allocate(MAPPING_BYTES * <u32>items.length);
  for (let i = 0; i < items.length; i++) {
    const item = items[i];
    const mapping = mappingAt(config, <u32>i);
    const to = item.required("to");
    mapping.fromId = nameId(names, item.required("from"));
    mapping.toId = nameId(names, to);
    if (!map.error.failed) {
      addNameFlags(names, mapping.fromId, NAME_TAKEN);
      addNameFlags(names, mapping.toId, NAME_WRITTEN);
    }
    const prefix = item.optional("prefix");
    mapping.prefix = prefix === null ? item.block.text(0, 0) : fieldText(prefix, 0);
    mapping.lowerPrefix = lowerText(item.block, mapping.prefix);
    item.done();
    if (item.error.failed) return;
    if (mapping.fromId == mapping.toId) to.refuse("another header than from");
    config.mappingCount++;
  }
}

function lowerText(block: Block, source: Text): Text {
  const kept = block.text(textPtr(source), textLen(source));
  for (let at = textPtr(kept), end = at + textLen(kept); at < end; at++) {
    store<u8>(at, lower(load<u8>(at)));
  }
  return kept;
}
