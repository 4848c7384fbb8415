// The constants of FIPS 180-4 §4.2 and §5.3, computed: fractions of roots of the first primes.

/** The first `count` primes. */
function firstPrimes(count: number): bigint[] {
  const primes: bigint[] = [];
  for (let candidate = 2n; primes.length < count; candidate++) {
    if (primes.every((prime) => candidate % prime !== 0n)) primes.push(candidate);
  }
  return primes;
}

/** The largest integer whose `degree`-th power is at most `value`, by bisection. */
function integerRoot(value: bigint, degree: bigint): bigint {
  let low = 0n;
  let high = 1n << (BigInt(value.toString(2).length) / degree + 1n);
  while (low + 1n < high) {
    const middle = (low + high) / 2n;
    if (middle ** degree <= value) low = middle;
    else high = middle;
  }
  return low;
}

/** The first `bits` bits of the fraction of the `degree`-th root of each prime. */
function fractions(primes: bigint[], degree: bigint, bits: number): bigint[] {
  // root(p * 2^(degree * bits)) = root(p) * 2^bits, whose low bits are the fraction's.
  return primes.map((prime) =>
    BigInt.asUintN(bits, integerRoot(prime << (degree * BigInt(bits)), degree)),
  );
}

/** §4.2.2: cube roots of the first 64 primes. */
export const SHA256_ROUND_CONSTANTS = fractions(firstPrimes(64), 3n, 32);
/** §5.3.3: square roots of the first eight primes. */
export const SHA256_INITIAL = fractions(firstPrimes(8), 2n, 32);
/** §4.2.3: cube roots of the first 80 primes. */
export const SHA512_ROUND_CONSTANTS = fractions(firstPrimes(80), 3n, 64);
/** §5.3.5: square roots of the first eight primes. */
export const SHA512_INITIAL = fractions(firstPrimes(8), 2n, 64);
/** §5.3.4: square roots of the ninth to the sixteenth prime. */
export const SHA384_INITIAL = fractions(firstPrimes(16).slice(8), 2n, 64);

/** A row of `memory.data` with numbers in hex, aligned for vectors. */
export function dataRow(name: string, type: "u32" | "u64", values: bigint[]): string {
  const digits = type === "u32" ? 8 : 16;
  const texts = values.map((value) => `0x${value.toString(16).padStart(digits, "0")}`);
  return `export const ${name}: usize = memory.data<${type}>([${texts.join(", ")}], 16);\n`;
}
