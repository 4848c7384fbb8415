// Comparison whose time depends on the length alone.

/**
 * Whether two runs of `len` bytes are equal. No branch and no address depends on a byte; all are
 * read, whatever they are.
 */
export function equalCt(a: usize, b: usize, len: u32): bool {
  const words: usize = len & ~7;
  let difference: u64 = 0;
  for (let at: usize = 0; at < words; at += 8) {
    difference |= load<u64>(a + at) ^ load<u64>(b + at);
  }
  for (let at: usize = words; at < len; at++) {
    difference |= <u64>(load<u8>(a + at) ^ load<u8>(b + at));
  }
  return difference == 0;
}
