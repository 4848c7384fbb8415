// Whole numbers as bytes, and random ones that a seed repeats.

/** Another one repeats another run: `SEED=… npx vitest run test/core/crypto`. */
export const SEED = Number(process.env["SEED"] ?? Date.now() % 1_000_000);

/** The low bytes of a number, least significant first; a negative one in two's complement. */
export function littleEndian(value: bigint, length: number): Uint8Array {
  return Uint8Array.from({ length }, (_, index) =>
    Number(BigInt.asUintN(8, value >> BigInt(8 * index))),
  );
}

export function fromLittleEndian(bytes: Uint8Array): bigint {
  return BigInt(`0x${Buffer.from(bytes).reverse().toString("hex")}`);
}

export function modulo(value: bigint, modulus: bigint): bigint {
  return ((value % modulus) + modulus) % modulus;
}

/** Marsaglia's xorshift32: a source of numbers of so many bits. */
export function randomNumbers(seed: number): (bits: number) => bigint {
  let state = seed | 1;
  const next = (): number => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return state >>> 0;
  };
  return (bits) => {
    let value = 0n;
    for (let got = 0; got < bits; got += 32) value = (value << 32n) | BigInt(next());
    return BigInt.asUintN(bits, value);
  };
}
