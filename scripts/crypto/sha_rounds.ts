// What the rounds of SHA-256 and SHA-512 have in common (FIPS 180-4 §6.2.2, §6.4.2).

const REGISTERS = ["a", "b", "c", "d", "e", "f", "g", "h"] as const;

/**
 * Round `round`, with the sum of schedule word and constant read from `sum`. Instead of moving the
 * eight registers along, each round gives them other roles; after eight they are back. What comes
 * last in a sum is what is known last: 3 % faster.
 */
export function roundText(round: number, sum: string): string {
  const [a, b, c, d, e, f, g, h] = REGISTERS.map(
    (_, index) => REGISTERS[(index + 8 - (round % 8)) % 8] ?? "",
  );
  return `t = ${h} + ${sum} + choose(${e}, ${f}, ${g}) + bigSigma1(${e});
    ${d} += t;
    ${h} = t + majority(${a}, ${b}, ${c}) + bigSigma0(${a});
`;
}

/** Declares the registers, filled from `chain`. */
export function loadChain(type: "u32" | "u64"): string {
  const bytes = type === "u32" ? 4 : 8;
  return REGISTERS.map(
    (register, index) => `let ${register} = load<${type}>(chain, ${bytes * index});\n`,
  ).join("");
}

/** Adds the registers to `chain`. */
export function addToChain(type: "u32" | "u64"): string {
  const bytes = type === "u32" ? 4 : 8;
  return REGISTERS.map((register, index) => {
    const offset = bytes * index;
    return `${register} += load<${type}>(chain, ${offset});
      store<${type}>(chain, ${register}, ${offset});
    `;
  }).join("");
}

/** The texts of 0 to `count` - 1, one after another. */
export function repeat(count: number, text: (index: number) => string): string {
  return Array.from({ length: count }, (_, index) => text(index)).join("");
}
