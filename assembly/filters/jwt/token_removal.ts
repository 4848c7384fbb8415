// Tokens leave the request: upstreams need none, and logs of theirs must not hold any.

import { arenaAllocate } from "../../abi/arena";
import { Char, isFieldValue } from "../../core/bytes/ascii";
import { NONE } from "../../core/bytes/none";
import { removeCookie } from "../../core/headers/cookie";
import { removeParameter } from "../../core/headers/query";
import {
  headerCount,
  headerLen,
  headerPtr,
  nextField,
  removeHeader,
  requestField,
  setHeader,
} from "../../core/headers/request";
import { HEADERS_MAX } from "../../core/limits";
import { Reason } from "../../core/reason";
import { holdsToken, wereTakenFrom } from "./credentials";
import { Location, locationAt, LocationKind } from "./location";
import { JwtConfig, Provider, providerAt } from "./model";
import { nodeAt } from "./requirement";
import { Rule } from "./rules";

/** Bytes between two fields that become one (RFC 9113 §8.2.3). */
const COOKIE_SEPARATOR_BYTES: u32 = 2;
const COOKIE_SEPARATOR: u16 = <u16>(((<u32>Char.SPACE) << 8) | Char.SEMICOLON);

/**
 * Removes what there is of tokens, good or not, at the places of all providers that a rule names
 * and that do not keep theirs. HEADERS_TOO_LARGE when there is no room to write what stays.
 */
// @ts-ignore: decorator
@inline
export function removeTokensOf(config: JwtConfig, rule: Rule): Reason {
  if (rule.provider != 0) return removeTokens(changetype<Provider>(rule.provider));
  return rule.requirement == 0 ? Reason.OK : removeRequired(config, rule);
}

function removeRequired(config: JwtConfig, rule: Rule): Reason {
  const start = rule.requirement - 1;
  const end = nodeAt(config, start).end;
  for (let i = start; i < end; i++) {
    const provider = nodeAt(config, i).provider;
    if (provider == 0) continue;
    const reason = removeTokens(changetype<Provider>(provider));
    if (reason != Reason.OK) return reason;
  }
  return Reason.OK;
}

/** The same for the places of all providers, where no rule says which. */
export function removeAllTokens(config: JwtConfig): Reason {
  for (let i: u32 = 0; i < config.providerCount; i++) {
    const reason = removeTokens(providerAt(config, i));
    if (reason != Reason.OK) return reason;
  }
  return Reason.OK;
}

function removeTokens(provider: Provider): Reason {
  if (provider.forwarding.keepsToken != 0) return Reason.OK;
  for (let i: u32 = 0; i < provider.locationCount; i++) {
    const reason = removeFrom(locationAt(provider, i));
    if (reason != Reason.OK) return reason;
  }
  return Reason.OK;
}

function removeFrom(location: Location): Reason {
  if (headerCount(location.headerId) == 0) return Reason.OK;
  switch (location.kind) {
    case LocationKind.QUERY:
      return removeFromPath(location);
    case LocationKind.COOKIE:
      return removeFromCookies(location);
    default:
      if (wereTakenFrom(location) || holdsToken(location)) removeHeader(location.headerId);
      return Reason.OK;
  }
}

/** What rules make of several paths is a refusal. */
function removeFromPath(location: Location): Reason {
  if (headerCount(location.headerId) != 1 || !holdsToken(location)) return Reason.OK;
  const ptr = headerPtr(location.headerId);
  const len = headerLen(location.headerId);
  // A path that could not be set again would be absent.
  if (!isFieldValue(ptr, len)) return Reason.JWT_PATH_REFUSED;
  const target = arenaAllocate(len);
  if (target == 0) return Reason.HEADERS_TOO_LARGE;
  const left = removeParameter(ptr, len, location.name, target);
  if (left != NONE) setHeader(location.headerId, target, left);
  return Reason.OK;
}

/** Fields from which nothing is removed stay as they are. */
function removeFromCookies(location: Location): Reason {
  if (!holdsToken(location)) return Reason.OK;
  const id = location.headerId;
  const isOne = headerCount(id) == 1;
  let room = isOne ? headerLen(id) : 0;
  let at = isOne ? NONE : nextField(id, 0);
  for (let i: u32 = 0; i < HEADERS_MAX && at != NONE; i++) {
    room += requestField(at).valueLen + COOKIE_SEPARATOR_BYTES;
    at = nextField(id, at + 1);
  }
  const target = arenaAllocate(room);
  if (target == 0) return Reason.HEADERS_TOO_LARGE;
  let to = target;
  if (isOne) {
    to = copyOthers(to, headerPtr(id), headerLen(id), location, target);
  } else {
    at = nextField(id, 0);
    for (let i: u32 = 0; i < HEADERS_MAX && at != NONE; i++) {
      const field = requestField(at);
      to = copyOthers(to, field.valuePtr, field.valueLen, location, target);
      at = nextField(id, at + 1);
    }
  }
  if (to == target) removeHeader(id);
  else setHeader(id, target, <u32>(to - target));
  return Reason.OK;
}

/** Appends the cookies of a field that have another name; returns the new end. */
function copyOthers(to: usize, ptr: usize, len: u32, location: Location, target: usize): usize {
  const start = to == target ? to : to + COOKIE_SEPARATOR_BYTES;
  let written = removeCookie(ptr, len, location.name, start);
  if (written == NONE) {
    memory.copy(start, ptr, len);
    written = len;
  }
  if (written == 0) return to;
  if (start != to) store<u16>(to, COOKIE_SEPARATOR);
  return start + written;
}
