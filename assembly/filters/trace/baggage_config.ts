// The member `baggage` of the section `trace`.

import { isToken } from "../../core/bytes/ascii";
import { textLen, textPtr } from "../../core/bytes/text";
import { Value } from "../../core/config/value";
import { BAGGAGE_MEMBERS_MAX } from "../../core/limits";
import { BaggageConfig, BaggageMode } from "./baggage";

const KEY_BYTES_MAX: u32 = 256;
/** In the order of BaggageMode, as far as they are words. */
const WORDS: string[] = ["pass", "strip"];

/** Reads the member, which may be absent; returns the address of a BaggageConfig. */
export function readBaggage(section: Value, baggageId: u32, isEdge: bool): usize {
  const ptr = section.block.allocate(<u32>offsetof<BaggageConfig>());
  const config = changetype<BaggageConfig>(ptr);
  config.id = baggageId;
  config.mode = isEdge ? BaggageMode.STRIP : BaggageMode.PASS;
  const value = section.optional("baggage");
  if (value === null) return ptr;
  if (value.isObject) {
    readKeys(value, config);
    return ptr;
  }
  const word = value.isString ? WORDS.indexOf(value.string()) : -1;
  if (word < 0) value.refuse("pass, strip, { keys }");
  config.mode = <BaggageMode>max(word, 0);
  // Strangers would write into every log and label that takes from it.
  if (isEdge && config.mode == BaggageMode.PASS)
    value.refuse('strip, { keys } with the mode "edge"');
  return ptr;
}

/** W3C Baggage §3.2.1.1: a key is a token. */
function readKeys(value: Value, config: BaggageConfig): void {
  const items = value.required("keys").items(1, BAGGAGE_MEMBERS_MAX);
  config.mode = BaggageMode.KEYS;
  config.keys = value.block.allocate(4 * BAGGAGE_MEMBERS_MAX);
  config.keyCount = <u32>items.length;
  for (let i = 0; i < items.length; i++) {
    const key = items[i].text(1, KEY_BYTES_MAX);
    store<u32>(config.keys + (i << 2), <u32>key);
    if (!items[i].error.failed && !isToken(textPtr(key), textLen(key))) {
      items[i].refuse("a key of token characters");
    }
  }
  value.done();
}
