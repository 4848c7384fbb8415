// The member `from` of a provider: where its tokens are.

import { equalsText, isVisibleAscii } from "../../core/bytes/ascii";
import { text, textLen, textPtr } from "../../core/bytes/text";
import {
  cookieName,
  fixedNameId,
  nameId,
  parameterName,
  tokenText,
} from "../../core/config/scalars";
import { Value } from "../../core/config/value";
import { FixedName } from "../../core/headers/fixed_names";
import { addNameFlags, NAME_OWNED, NAME_TAKEN, nameFlags } from "../../core/headers/names";
import { TOKEN_LOCATION_BYTES_MAX, TOKEN_LOCATIONS_MAX } from "../../core/limits";
import { Location, LOCATION_BYTES, locationAt, LocationKind, setScheme } from "./location";
import { JwtConfig, Provider, providerAt } from "./model";

const AUTHORIZATION = text("authorization");
const BEARER = text("bearer");
const COOKIE = text("cookie");
const NO_PREFIX = text("");

const ONE_PLACE = "one of header, query, cookie";
const PREFIX = "printable ASCII without a comma, which ends a value";

/** Reads it, which may be absent: then tokens are in `authorization` with the scheme Bearer. */
export function readLocations(
  value: Value | null,
  owner: Value,
  names: usize,
  provider: Provider,
): void {
  if (value === null) {
    provider.locations = owner.block.allocate(LOCATION_BYTES);
    provider.locationCount = 1;
    const only = locationAt(provider, 0);
    only.headerId = fixedNameId(names, owner, AUTHORIZATION);
    setScheme(only, BEARER);
    return;
  }
  const each = value.items(1, TOKEN_LOCATIONS_MAX);
  provider.locations = value.block.allocate(<u32>each.length * LOCATION_BYTES);
  for (let i = 0; i < each.length; i++) {
    const location = locationAt(provider, <u32>i);
    readLocation(each[i], names, location);
    if (value.error.failed) return;
    if (isKnown(provider, location)) each[i].refuse("each place once");
    provider.locationCount++;
  }
}

function readLocation(value: Value, names: usize, out: Location): void {
  const header = value.optional("header");
  const scheme = value.optional("scheme");
  const prefix = value.optional("prefix");
  const query = value.optional("query");
  const cookie = value.optional("cookie");
  value.done();
  if (value.error.failed) return;
  let count = header === null ? 0 : 1;
  if (query !== null) count++;
  if (cookie !== null) count++;
  if (count != 1) value.refuse(ONE_PLACE);
  if (header === null) {
    if (scheme !== null) scheme.refuse("a scheme only with a header");
    if (prefix !== null) prefix.refuse("a prefix only with a header");
  } else {
    readHeader(header, scheme, prefix, names, out);
  }
  if (query !== null) {
    out.kind = LocationKind.QUERY;
    out.headerId = FixedName.PATH;
    out.name = parameterName(query);
  }
  if (cookie !== null) {
    out.kind = LocationKind.COOKIE;
    out.headerId = fixedNameId(names, cookie, COOKIE);
    out.name = cookieName(cookie);
  }
}

function readHeader(
  header: Value,
  scheme: Value | null,
  prefix: Value | null,
  names: usize,
  out: Location,
): void {
  out.headerId = nameId(names, header);
  if (!header.error.failed) addNameFlags(names, out.headerId, NAME_TAKEN);
  if (scheme !== null && prefix !== null) prefix.refuse("no prefix beside a scheme");
  if (scheme !== null) {
    setScheme(out, tokenText(scheme, scheme.string().toLowerCase()));
    return;
  }
  out.kind = LocationKind.HEADER;
  out.name = NO_PREFIX;
  if (prefix === null) return;
  out.name = prefix.text(0, TOKEN_LOCATION_BYTES_MAX);
  const ptr = textPtr(out.name);
  const len = textLen(out.name);
  if (!isVisibleAscii(ptr, len) || prefix.string().includes(",")) prefix.refuse(PREFIX);
}

/** Whether an earlier place of the provider would give the same tokens once more. */
function isKnown(provider: Provider, location: Location): bool {
  for (let i: u32 = 0; i < provider.locationCount; i++) {
    const other = locationAt(provider, i);
    if (other.headerId != location.headerId) continue;
    if (location.kind <= LocationKind.HEADER && other.kind <= LocationKind.HEADER) return true;
    if (other.kind != location.kind) continue;
    if (equalsText(textPtr(other.name), textLen(other.name), location.name)) return true;
  }
  return false;
}

/** A header that this configuration writes is never the client's: no token can come in it. */
export function checkLocations(providers: Value, names: usize, config: JwtConfig): void {
  for (let i: u32 = 0; i < config.providerCount; i++) {
    const provider = providerAt(config, i);
    for (let j: u32 = 0; j < provider.locationCount; j++) {
      if (providers.error.failed) return;
      const location = locationAt(provider, j);
      if ((nameFlags(names, location.headerId) & NAME_OWNED) == 0) continue;
      providers.refuseFound("a token in a header that clients may not send", "another header");
    }
  }
}
