// The little DER (ITU-T X.690) that keys and signatures need, written forwards into a caller's
// buffer.

const enum Tag {
  INTEGER = 0x02,
  BIT_STRING = 0x03,
  SEQUENCE = 0x30,
}

const HIGH_BIT: u32 = 0x80;

/** Bytes of tag and length in front of `len` bytes of content, for content below 64 KiB. */
export function prefixLen(len: u32): u32 {
  return len < HIGH_BIT ? 2 : len < 256 ? 3 : 4;
}

/** Bytes of the INTEGER that writeInteger writes. */
export function integerLen(ptr: usize, len: u32): u32 {
  const content = integerContentLen(ptr, len);
  return prefixLen(content) + content;
}

/** Writes the start of a SEQUENCE of `len` content bytes; returns where its content begins. */
export function writeSequence(target: usize, len: u32): usize {
  return writePrefix(target, Tag.SEQUENCE, len);
}

/** Writes the start of a BIT STRING that holds `len` whole bytes; returns where they begin. */
export function writeBitString(target: usize, len: u32): usize {
  const unusedBits = writePrefix(target, Tag.BIT_STRING, len + 1);
  store<u8>(unusedBits, 0);
  return unusedBits + 1;
}

/** Bytes of the BIT STRING that holds `len` whole bytes. */
export function bitStringLen(len: u32): u32 {
  return prefixLen(len + 1) + 1 + len;
}

/** Writes a big-endian unsigned number as an INTEGER in the fewest bytes; returns its end. */
export function writeInteger(target: usize, ptr: usize, len: u32): usize {
  const zeros = leadingZeros(ptr, len);
  const content = integerContentLen(ptr, len);
  let at = writePrefix(target, Tag.INTEGER, content);
  const digits = len - zeros;
  // A leading zero byte keeps a number whose top bit is set from being negative, and stands for
  // zero itself.
  if (content > digits) {
    store<u8>(at, 0);
    at++;
  }
  memory.copy(at, ptr + zeros, digits);
  return at + digits;
}

function integerContentLen(ptr: usize, len: u32): u32 {
  const zeros = leadingZeros(ptr, len);
  if (zeros == len) return 1;
  return len - zeros + u32((load<u8>(ptr + zeros) & HIGH_BIT) != 0);
}

function leadingZeros(ptr: usize, len: u32): u32 {
  let zeros: u32 = 0;
  while (zeros < len && load<u8>(ptr + zeros) == 0) zeros++;
  return zeros;
}

function writePrefix(target: usize, tag: Tag, len: u32): usize {
  store<u8>(target, tag);
  if (len < HIGH_BIT) {
    store<u8>(target + 1, len);
    return target + 2;
  }
  if (len < 256) {
    store<u8>(target + 1, HIGH_BIT | 1);
    store<u8>(target + 2, len);
    return target + 3;
  }
  store<u8>(target + 1, HIGH_BIT | 2);
  store<u8>(target + 2, len >> 8);
  store<u8>(target + 3, len);
  return target + 4;
}
