// Comparison whose time depends on the length alone.

/**
 * Whether two runs of `len` bytes are equal. No branch and no address depends on a byte; all bytes
 * are read whatever they are.
 */
export function equalCt(a: usize, b: usize, len: u32): bool {
  let difference: u32 = 0;
  for (let at: u32 = 0; at < len; at++) {
    difference |= (<u32>load<u8>(a + at)) ^ load<u8>(b + at);
  }
  return difference == 0;
}
