// The key of a bucket: a hash over its parts, each with its place, its kind and its length, so that
// ("a", "bc") and ("ab", "c"), or a header and a claim of one value, are different keys. And the
// name of its page in shared data.
//
// The parts are chained: key = siphash(previous key │ siphash(bytes) │ place and kind │ length),
// and the first one's previous key is a hash of the limit's name.
// Nothing is stored, so a part can be of any length and have any number of values.

import { Char } from "../bytes/ascii";
import { siphash } from "../bytes/hash";
import { writeHex } from "../bytes/hex";
import { NONE } from "../bytes/none";
import { Text, text, textLen, textPtr } from "../bytes/text";
import { RATE_LIMIT_NAME_BYTES_MAX, RATE_LIMIT_PAGE_KEYS, RATE_LIMIT_PAGES_MAX } from "../limits";

export const enum KeyPart {
  TEXT = 1,
  CLAIM = 2,
  HEADER = 3,
  PATH = 4,
  CLIENT_ADDRESS = 5,
  QUERY = 6,
  COOKIE = 7,
  METHOD = 8,
  HOST = 9,
  PATH_TEMPLATE = 10,
}

// @ts-ignore: decorator
@unmanaged
class Link {
  previous: u64;
  hash: u64;
  tag: u32;
  len: u32;
}
const LINK_SIZE: u32 = 24;
if (offsetof<Link>() != <usize>LINK_SIZE) ERROR("Link is not 24 bytes");
const LINK: usize = memory.data(24, 8);

/** The 128-bit secret that keys are hashed with: the same in all workers, unknown to clients. */
// @ts-ignore: decorator
@unmanaged
export class KeySeed {
  k0: u64;
  k1: u64;
}

/**
 * The key before its first part: the hash of the limit's name. It is no secret, and need not be, as
 * no client chooses it.
 */
export function startKey(nameHash: u64): u64 {
  // 0 marks a free slot (page.ts).
  return max<u64>(nameHash, 1);
}

/** The key with one more value of its part number `place`. A part can have several values. */
export function addPart(
  key: u64,
  place: u32,
  kind: KeyPart,
  ptr: usize,
  len: u32,
  seed: KeySeed,
): u64 {
  return addHashedPart(key, place, kind, hashPart(ptr, len, seed), len, seed);
}

/** The hash of a value, whatever part it is of. */
export function hashPart(ptr: usize, len: u32, seed: KeySeed): u64 {
  return siphash(ptr, len, seed.k0, seed.k1);
}

/** As `addPart`, for a value of `len` bytes whose `hashPart` is known. */
export function addHashedPart(
  key: u64,
  place: u32,
  kind: KeyPart,
  hash: u64,
  len: u32,
  seed: KeySeed,
): u64 {
  return chain(key, place, kind, len, hash, seed);
}

/** The key with a part that the request does not have, which no value equals. */
export function addAbsentPart(key: u64, place: u32, kind: KeyPart, seed: KeySeed): u64 {
  return chain(key, place, kind, NONE, 0, seed);
}

function chain(key: u64, place: u32, kind: KeyPart, len: u32, hash: u64, seed: KeySeed): u64 {
  const link = changetype<Link>(LINK);
  link.previous = key;
  link.hash = hash;
  link.tag = (place << 8) | kind;
  link.len = len;
  return max<u64>(siphash(LINK, LINK_SIZE, seed.k0, seed.k1), 1);
}

const PREFIX = text("sallyport/rl2/");
/** Digits of a page's number. */
const PAGE_DIGITS: u32 = 4;
if (RATE_LIMIT_PAGES_MAX != 65536) ERROR("a page's number has four hexadecimal digits");

/** Bytes of a page's name at most. */
export const PAGE_NAME_BYTES_MAX: u32 = 14 + RATE_LIMIT_NAME_BYTES_MAX + 1 + PAGE_DIGITS;

/** Pages of a limit that is to have `keys` buckets: a power of two. */
export function pagesFor(keys: u32): u32 {
  let pages: u32 = 1;
  while (pages < RATE_LIMIT_PAGES_MAX && pages * RATE_LIMIT_PAGE_KEYS < keys) pages <<= 1;
  return pages;
}

/**
 * Writes `sallyport/rl2/<name>/<page>` for page 0 of a limit; returns its length. `name` has
 * RATE_LIMIT_NAME_BYTES_MAX at most.
 */
export function writePageName(target: usize, name: Text): u32 {
  let at = target;
  memory.copy(at, textPtr(PREFIX), textLen(PREFIX));
  at += textLen(PREFIX);
  memory.copy(at, textPtr(name), textLen(name));
  at += textLen(name);
  store<u8>(at, Char.SLASH);
  memory.fill(at + 1, <u8>Char.ZERO, PAGE_DIGITS);
  return <u32>(at + 1 + PAGE_DIGITS - target);
}

/** Makes a page's name that of the page a key is on, of `pages` (a power of two). */
export function setPageOf(namePtr: usize, nameLen: u32, key: u64, pages: u32): void {
  if (nameLen < PAGE_DIGITS) return;
  // The top bits of the hash choose the page; the slots of a page compare all of it.
  store<u16>(LINK, bswap<u16>(<u16>((<u32>(key >> 48)) & (pages - 1))));
  writeHex(namePtr + nameLen - PAGE_DIGITS, LINK, 2);
}
