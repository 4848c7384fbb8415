// A client's address as the part of a key: the network of so many bits that it lies in (RFC 4291
// §2.2, §2.3). An IPv4-mapped address is the IPv4 address (RFC 4291 §2.5.5.2).
//
// Accepted with and without a port: 192.0.2.1, 192.0.2.1:80, 2001:db8::1, [2001:db8::1]:80,
// fe80::1%eth0.

import { Char, isDigit, lower } from "../bytes/ascii";
import { writeUnsigned } from "../bytes/decimal";
import { NONE } from "../bytes/none";

/** Bytes of an IPv6 address: room for either. */
export const ADDRESS_BYTES_MAX: u32 = 16;
/** Bytes of an IPv4 address. */
const IPV4_BYTES: u32 = 4;
/** Room for a network as text: eight groups of four digits, and "/127". */
export const NETWORK_BYTES_MAX: u32 = 43;

const GROUPS: u32 = 8;

/**
 * Writes the address (up to ADDRESS_BYTES_MAX are touched); returns its 4 or 16 bytes, 0 when it is
 * none.
 */
export function readAddress(ptr: usize, len: u32, target: usize): u32 {
  const end = ptr + len;
  if (len > 0 && load<u8>(ptr) == Char.BRACKET_OPEN) {
    const close = find(ptr, end, Char.BRACKET_CLOSE);
    return close < end && isPortOrEmpty(close + 1, end) ? readIpv6(ptr + 1, close, target) : 0;
  }
  const colon = find(ptr, end, Char.COLON);
  if (find(ptr, colon, Char.DOT) == colon) return readIpv6(ptr, end, target);
  if (!isPortOrEmpty(colon, end)) return 0;
  return readIpv4(ptr, colon, target) ? IPV4_BYTES : 0;
}

function find(ptr: usize, end: usize, wanted: u32): usize {
  let at = ptr;
  while (at < end && <u32>load<u8>(at) != wanted) at++;
  return at;
}

/** Whether bytes are nothing, or ":" and digits. */
function isPortOrEmpty(ptr: usize, end: usize): bool {
  if (ptr == end) return true;
  if (load<u8>(ptr) != Char.COLON) return false;
  for (let at = ptr + 1; at < end; at++) if (!isDigit(load<u8>(at))) return false;
  return true;
}

/** Four decimal numbers without leading zeros, which some read as octal. */
function readIpv4(ptr: usize, end: usize, target: usize): bool {
  let at = ptr;
  for (let i: u32 = 0; i < IPV4_BYTES; i++) {
    const partEnd = find(at, end, Char.DOT);
    const digits = <u32>(partEnd - at);
    if (digits == 0 || digits > 3) return false;
    if (digits > 1 && load<u8>(at) == Char.ZERO) return false;
    let value: u32 = 0;
    for (; at < partEnd; at++) {
      const c = <u32>load<u8>(at);
      if (!isDigit(c)) return false;
      value = value * 10 + (c - Char.ZERO);
    }
    if (value > 255) return false;
    store<u8>(target + i, <u8>value);
    // Behind the last part there is nothing, in front of the others there is a dot.
    if (partEnd == end) return i == IPV4_BYTES - 1;
    at = partEnd + 1;
  }
  return false;
}

/** Returns ADDRESS_BYTES_MAX, IPV4_BYTES for a mapped address, or 0. */
function readIpv6(ptr: usize, end: usize, target: usize): u32 {
  const addressEnd = find(ptr, end, Char.PERCENT);
  let at = ptr;
  let groups: u32 = 0;
  let gap: u32 = NONE;
  if (at + 1 < addressEnd && load<u16>(at) == <u16>(Char.COLON | (Char.COLON << 8))) {
    gap = 0;
    at += 2;
  }
  // Each turn reads a group; an address has GROUPS at most.
  while (at < addressEnd && groups < GROUPS) {
    const groupEnd = find(at, addressEnd, Char.COLON);
    if (groups <= GROUPS - 2 && find(at, groupEnd, Char.DOT) < groupEnd) {
      if (groupEnd != addressEnd || !readIpv4(at, addressEnd, target + 2 * groups)) return 0;
      groups += 2;
      at = addressEnd;
      break;
    }
    const group = readGroup(at, groupEnd);
    if (group < 0) return 0;
    store<u16>(target + 2 * groups, bswap<u16>(<u16>group));
    groups++;
    at = groupEnd;
    if (at == addressEnd) break;
    at++;
    if (at == addressEnd) return 0;
    if (load<u8>(at) == Char.COLON) {
      if (gap != NONE) return 0;
      gap = groups;
      at++;
    }
  }
  if (at != addressEnd || ptr == addressEnd) return 0;
  if ((gap == NONE) != (groups == GROUPS)) return 0;
  if (gap != NONE) widen(target, gap, groups);
  if (load<u64>(target) == 0 && load<u32>(target, 8) == 0xffff0000) {
    store<u32>(target, load<u32>(target, 12));
    return IPV4_BYTES;
  }
  return ADDRESS_BYTES_MAX;
}

/** Value of one to four hexadecimal digits, -1 when they are not. */
function readGroup(ptr: usize, end: usize): i32 {
  const digits = <u32>(end - ptr);
  if (digits == 0 || digits > 4) return -1;
  let value: i32 = 0;
  for (let at = ptr; at < end; at++) {
    const c = lower(load<u8>(at));
    const letter = c - Char.LOWER_A;
    if (!isDigit(c) && letter >= 6) return -1;
    value = (value << 4) | (<i32>(isDigit(c) ? c - Char.ZERO : letter + 10));
  }
  return value;
}

/** Puts zeros where "::" stood: in front of the groups from `gap` on, which move to the end. */
function widen(target: usize, gap: u32, groups: u32): void {
  const moved = groups - gap;
  memory.copy(target + 2 * (GROUPS - moved), target + 2 * gap, 2 * moved);
  memory.fill(target + 2 * gap, 0, 2 * (GROUPS - groups));
}

const MASKED: usize = memory.data(16, 8);

/**
 * Writes the network of `ipv4Bits` or `ipv6Bits` (1 to 32 and 128) that an address lies in, as
 * text; returns its length, at most NETWORK_BYTES_MAX. `len` is what `readAddress` returned, not 0.
 *
 *   192.0.2.1   192.0.2.0/24   2001:db8::1   2001:db8:1:2::/64
 */
export function writeNetwork(
  target: usize,
  address: usize,
  len: u32,
  ipv4Bits: u32,
  ipv6Bits: u32,
): u32 {
  const isIpv4 = len == IPV4_BYTES;
  const bits = isIpv4 ? ipv4Bits : ipv6Bits;
  for (let i: u32 = 0; i < len; i++) {
    const kept = min(max(<i32>bits - <i32>(i << 3), 0), 8);
    store<u8>(MASKED + i, <u8>((<u32>load<u8>(address + i)) & (0xff00 >> kept)));
  }
  let at = isIpv4 ? writeIpv4(target) : writeIpv6(target);
  if (bits < len << 3) {
    store<u8>(at, Char.SLASH);
    at += 1 + writeUnsigned(at + 1, bits);
  }
  return <u32>(at - target);
}

/** Returns where the text ends. */
function writeIpv4(target: usize): usize {
  let at = target;
  for (let i: u32 = 0; i < IPV4_BYTES; i++) {
    if (i > 0) store<u8>(at++, Char.DOT);
    at += writeUnsigned(at, load<u8>(MASKED + i));
  }
  return at;
}

/** RFC 5952 §4: "::" for the first of the longest runs of zeros. Returns where the text ends. */
function writeIpv6(target: usize): usize {
  const gap = findGap();
  let at = target;
  for (let i: u32 = 0; i < GROUPS; i++) {
    if (i == gap) {
      store<u16>(at, <u16>(Char.COLON | (Char.COLON << 8)));
      at += 2;
      i += gapLen - 1;
      continue;
    }
    if (i > 0 && i != gap + gapLen) store<u8>(at++, Char.COLON);
    at = writeGroup(at, bswap<u16>(load<u16>(MASKED + 2 * i)));
  }
  return at;
}

/** Groups of the run that the last `findGap` found. */
let gapLen: u32 = 0;

/** Number of the first group of the longest run of two zeros or more; NONE when there is none. */
function findGap(): u32 {
  let gap: u32 = NONE;
  let run: u32 = 0;
  gapLen = 1;
  for (let i: u32 = 0; i < GROUPS; i++) {
    run = load<u16>(MASKED + 2 * i) == 0 ? run + 1 : 0;
    if (run <= gapLen) continue;
    gapLen = run;
    gap = i + 1 - run;
  }
  return gap;
}

/** Hexadecimal without leading zeros; returns where it ends. */
function writeGroup(target: usize, group: u32): usize {
  let at = target;
  for (let shift: i32 = 12; shift >= 0; shift -= 4) {
    if (shift > 0 && group >> shift == 0) continue;
    const digit = (group >> shift) & 15;
    store<u8>(at++, <u8>(digit < 10 ? Char.ZERO + digit : Char.LOWER_A + digit - 10));
  }
  return at;
}
