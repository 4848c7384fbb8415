// A place where a provider's tokens may be.

import { Char, equalsLower } from "../../core/bytes/ascii";
import { Text, textLen, textPtr } from "../../core/bytes/text";
import { Provider } from "./model";

export const enum LocationKind {
  /** `header: scheme 1*SP token`; `name` is the scheme in lower case (RFC 9110 §11.4). */
  SCHEME,
  /** The header's value behind a prefix, which `name` is. */
  HEADER,
  /** A parameter of the query. */
  QUERY,
  COOKIE,
}

// @ts-ignore: decorator
@unmanaged
export class Location {
  kind: LocationKind;
  /** Number of the header that it is part of: for parameters `:path`. */
  headerId: u32;
  name: Text;
  /** How a scheme and the space behind it were written last, in the upper bytes. */
  written: u64;
}

export const LOCATION_BYTES: u32 = <u32>offsetof<Location>();

// @ts-ignore: decorator
@inline
export function locationAt(provider: Provider, index: u32): Location {
  return changetype<Location>(provider.locations + index * LOCATION_BYTES);
}

/** Longer schemes are compared byte by byte. */
const WRITTEN_SCHEME_BYTES_MAX: u32 = 7;

/** Makes a place one of a scheme, which is in lower case. */
export function setScheme(location: Location, scheme: Text): void {
  location.kind = LocationKind.SCHEME;
  location.name = scheme;
  const len = textLen(scheme);
  if (len > WRITTEN_SCHEME_BYTES_MAX) return;
  let word: u64 = Char.SPACE;
  for (let i = len; i > 0; i--) word = (word << 8) | (<u64>load<u8>(textPtr(scheme) + i - 1));
  location.written = word << unusedBits(len);
}

/** Of a word with a scheme and a space. */
// @ts-ignore: decorator
@inline
function unusedBits(schemeLen: u32): u64 {
  return (WRITTEN_SCHEME_BYTES_MAX - schemeLen) << 3;
}

/**
 * Whether bytes, of which there are more than the place's scheme has, begin with it and a space.
 * Most clients write it alike: it is compared with what was found before.
 */
// @ts-ignore: decorator
@inline
export function hasScheme(location: Location, ptr: usize): bool {
  const len = textLen(location.name);
  const word = load<u64>(ptr) << unusedBits(len);
  const isKnown = len <= WRITTEN_SCHEME_BYTES_MAX && word == location.written;
  return isKnown || findScheme(location, ptr, word);
}

function findScheme(location: Location, ptr: usize, word: u64): bool {
  const len = textLen(location.name);
  if (load<u8>(ptr + len) != Char.SPACE) return false;
  if (!equalsLower(ptr, textPtr(location.name), len)) return false;
  location.written = word;
  return true;
}
