// The members `preset`, `singletons` and `hopByHop`. Their lists are applied when all sections have
// been read, because what the configuration itself uses stands above them.

import { startsWithText } from "../../core/bytes/ascii";
import { Text, text, textLen, textPtr } from "../../core/bytes/text";
import { charactersOf, fixedNameId } from "../../core/config/scalars";
import { Value } from "../../core/config/value";
import {
  addNameFlags,
  NAME_OWNED,
  NAME_TAKEN,
  NAME_WRITTEN,
  nameCount,
  nameFlags,
  nameText,
} from "../../core/headers/names";
import { HeaderPolicy, matchesStripPrefix, noteFirstByte } from "../../core/headers/policy";
import { Hygiene } from "./hygiene";
import {
  HOP_BY_HOP_NAMES,
  KEPT_NAMES,
  SINGLETON_NAMES,
  STRIPPED_NAMES,
  STRIPPED_PREFIXES,
} from "./preset_config";
import { addSingleton, commasOf, isSingleton, readSingletons } from "./singletons_config";
import { Keep } from "./singletons";

const AUTHORITY = text(":authority");
const CONTENT_LENGTH = text("content-length");

/** Reads the members `preset`, `singletons` and `hopByHop` of the section. */
export function readHygiene(section: Value, names: usize, hygiene: Hygiene): void {
  const preset = section.optional("preset");
  if (preset !== null) {
    preset.choice(["untrusted-edge"]);
    hygiene.checksFields = true;
  }
  readSingletons(section, names, hygiene, <u32>SINGLETON_NAMES.length);
  const hopByHop = section.optional("hopByHop");
  // In the order of false and true.
  const strips = hopByHop === null ? preset !== null : hopByHop.choice(["keep", "strip"]) == 1;
  hygiene.stripsHopByHop = strips;
}

/** Applies the lists. `names` has every name that the configuration itself uses. */
export function applyLists(
  section: Value,
  names: usize,
  policy: HeaderPolicy,
  hygiene: Hygiene,
): void {
  const preset = section.optional("preset");
  const hopByHop = section.optional("hopByHop");
  if (hygiene.stripsHopByHop) {
    stripNames(names, hopByHop === null ? section : hopByHop, HOP_BY_HOP_NAMES);
  }
  if (preset === null) return;
  stripNames(names, preset, STRIPPED_NAMES);
  hygiene.authorityId = fixedNameId(names, preset, AUTHORITY);
  hygiene.contentLengthId = fixedNameId(names, preset, CONTENT_LENGTH);
  for (let i = 0; i < SINGLETON_NAMES.length && !preset.error.failed; i++) {
    const id = lateNameId(names, preset, policy, SINGLETON_NAMES[i]);
    if (isSingleton(hygiene, id)) continue;
    addSingleton(hygiene, id, Keep.NONE, commasOf(SINGLETON_NAMES[i]));
  }
  for (let i = 0; i < KEPT_NAMES.length && !preset.error.failed; i++) {
    lateNameId(names, preset, policy, KEPT_NAMES[i]);
  }
  stripPrefixes(names, preset, policy);
}

/** Number of a name, which the prefixes of `strip` may cover: names with numbers are past them. */
function lateNameId(names: usize, value: Value, policy: HeaderPolicy, name: string): u32 {
  const kept = keep(value, name);
  const id = fixedNameId(names, value, kept);
  if (value.error.failed) return 0;
  if (matchesStripPrefix(policy, textPtr(kept), textLen(kept))) addNameFlags(names, id, NAME_OWNED);
  return id;
}

function keep(value: Value, name: string): Text {
  const encoded = String.UTF8.encode(name);
  return value.block.text(changetype<usize>(encoded), <u32>encoded.byteLength);
}

function stripNames(names: usize, value: Value, list: string[]): void {
  for (let i = 0; i < list.length && !value.error.failed; i++) {
    const known = nameCount(names);
    const id = fixedNameId(names, value, keep(value, list[i]));
    if (value.error.failed) return;
    if (id == known) addNameFlags(names, id, NAME_OWNED);
    else stripUsed(names, value, id);
  }
}

function stripPrefixes(names: usize, value: Value, policy: HeaderPolicy): void {
  const own = policy.prefixes;
  const ownCount = policy.prefixCount;
  policy.prefixes = value.block.allocate(4 * (ownCount + <u32>STRIPPED_PREFIXES.length));
  if (ownCount > 0) memory.copy(policy.prefixes, own, ownCount << 2);
  for (let i = 0; i < STRIPPED_PREFIXES.length; i++) {
    const prefix = keep(value, STRIPPED_PREFIXES[i]);
    noteFirstByte(policy, load<u8>(textPtr(prefix)));
    store<u32>(policy.prefixes + (policy.prefixCount++ << 2), <u32>prefix);
    for (let id: u32 = 0; id < nameCount(names) && !value.error.failed; id++) {
      const name = nameText(names, id);
      if (!startsWithText(textPtr(name), textLen(name), prefix)) continue;
      if (!KEPT_NAMES.includes(charactersOf(name))) stripUsed(names, value, id);
    }
  }
}

/** Strips a name that the configuration uses, unless it asks clients for it. */
function stripUsed(names: usize, value: Value, id: u32): void {
  const flags = nameFlags(names, id);
  if ((flags & (NAME_OWNED | NAME_TAKEN)) != 0) return;
  if ((flags & NAME_WRITTEN) != 0) {
    addNameFlags(names, id, NAME_OWNED);
    return;
  }
  value.refuseFound(
    "a configuration that reads " + charactersOf(nameText(names, id)) + ", which is stripped here",
    "other headers than are stripped, but for map[].from, rename[].header, places of tokens",
  );
}
