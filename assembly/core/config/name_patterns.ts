// Fills NamePatterns, once all of them are known.

import { Text, textLen, textPtr } from "../bytes/text";
import {
  NAME_PATTERNS_BYTES,
  NamePatterns,
  PATTERN_ENTRY_BYTES,
  PATTERN_HASH_BEGIN,
  PATTERN_LENGTHS_BYTES,
  patternEntryAt,
  PATTERN_SIDE_BYTES,
  patternHash,
  PatternSide,
  patternSlot,
} from "../headers/name_patterns";
import { Block } from "./block";

/** Beginnings or ends of names, each with ascending numbers. */
export class PatternList {
  private texts: Array<Text> = [];
  private hashes: Array<u32> = [];
  private numbers: Array<Array<u16>> = [];

  constructor(private isEnd: bool) {}

  add(pattern: Text, number: u32): void {
    const hash = this.hashOf(pattern);
    for (let i = 0; i < this.texts.length; i++) {
      if (this.hashes[i] != hash || !isSame(this.texts[i], pattern)) continue;
      this.numbers[i].push(<u16>number);
      return;
    }
    this.texts.push(pattern);
    this.hashes.push(hash);
    this.numbers.push([<u16>number]);
  }

  /** Makes a side of the table. */
  write(block: Block): PatternSide {
    const side = changetype<PatternSide>(block.allocate(PATTERN_SIDE_BYTES));
    const count = <u32>this.texts.length;
    if (count == 0) return side;
    let size: u32 = 2;
    while (size < 2 * count) size <<= 1;
    side.slots = block.allocate(2 * size);
    side.mask = size - 1;
    side.lengths = block.allocate(PATTERN_LENGTHS_BYTES);
    side.entries = block.allocate(PATTERN_ENTRY_BYTES * count) - PATTERN_ENTRY_BYTES;
    for (let number: u32 = 1; number <= count; number++) {
      const pattern = this.texts[number - 1];
      const entry = patternEntryAt(side, number);
      entry.text = pattern;
      entry.hash = this.hashes[number - 1];
      entry.numbers = writeNumbers(this.numbers[number - 1], block);
      const slot = patternSlot(side, entry.hash);
      entry.next = <u32>load<u16>(slot);
      store<u16>(slot, <u16>number);
      const len = textLen(pattern);
      const lengths = side.lengths + (len >> 3);
      const bit = 1 << (len & 7);
      store<u8>(lengths, <u8>((<u32>load<u8>(lengths)) | bit));
      side.lenMax = max(side.lenMax, len);
    }
    return side;
  }

  private hashOf(pattern: Text): u32 {
    const len = textLen(pattern);
    let hash = PATTERN_HASH_BEGIN;
    for (let i: u32 = 0; i < len; i++) {
      hash = patternHash(hash, load<u8>(textPtr(pattern) + (this.isEnd ? len - 1 - i : i)));
    }
    return hash;
  }
}

/** A count and the numbers, u16 each. */
export function writeNumbers(numbers: Array<u16>, block: Block): usize {
  const target = block.allocate(2 + 2 * <u32>numbers.length);
  store<u16>(target, <u16>numbers.length);
  for (let i = 0; i < numbers.length; i++) store<u16>(target + 2 + 2 * i, numbers[i]);
  return target;
}

/** Writes the table of both sides to the block. */
export function writePatterns(
  prefixes: PatternList,
  suffixes: PatternList,
  block: Block,
): NamePatterns {
  const patterns = changetype<NamePatterns>(block.allocate(NAME_PATTERNS_BYTES));
  patterns.prefixes = prefixes.write(block);
  patterns.suffixes = suffixes.write(block);
  return patterns;
}

function isSame(a: Text, b: Text): bool {
  const len = textLen(a);
  return len == textLen(b) && memory.compare(textPtr(a), textPtr(b), len) == 0;
}
