// A place where a provider's tokens may be.

import { Text } from "../../core/bytes/text";
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
}

export const LOCATION_BYTES: u32 = <u32>offsetof<Location>();

// @ts-ignore: decorator
@inline
export function locationAt(provider: Provider, index: u32): Location {
  return changetype<Location>(provider.locations + index * LOCATION_BYTES);
}
