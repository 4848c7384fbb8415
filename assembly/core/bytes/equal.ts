// Comparison whose time depends on the length alone, for values that a caller must not learn byte
// by byte.

/** Whether two byte strings of one length are equal; reads every byte whatever the answer is. */
export function equalsCt(a: usize, b: usize, len: u32): bool {
  let difference: u32 = 0;
  for (let i: u32 = 0; i < len; i++) {
    difference |= <u32>(load<u8>(a + i) ^ load<u8>(b + i));
  }
  return difference == 0;
}
