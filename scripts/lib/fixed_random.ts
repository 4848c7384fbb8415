/** Xorshift (G. Marsaglia, 2003): the same bytes in every run. */
export function fixedRandom(): (target: Uint8Array) => void {
  let state = 1;
  return (target) => {
    for (let i = 0; i < target.length; i++) {
      state ^= state << 13;
      state ^= state >>> 17;
      state ^= state << 5;
      target[i] = state & 0xff;
    }
  };
}
