// Makes the unrolled arithmetic modulo 2^255 - 19: two elements at a time, limbs of 29 bits.

const LIMBS = 9;
const INDEXES = Array.from({ length: LIMBS }, (_, index) => index);

const HEADER = `
// Arithmetic modulo p = 2^255 - 19 on two independent elements at a time. Made by
// scripts/crypto/field25519.ts.
//
// An element pair is 144 bytes: limb i of both, radix 2^29, is the v128 at 16 i, lane 0 in its
// first i32 and lane 1 in its second; the other half of the v128 is never looked at. Limbs are
// signed:
//   reduced   what multiply, square and carry write: limbs in [-2^16, 2^29 + 2^16]
//   loose     a sum or difference of two reduced elements: limbs at most 2^30 + 2^17 in size
// The 9 products a_i b_j of a column may sum to 2^63 - 2^45 in size; what is carried and folded
// into it stays below 2^45. So these may be multiplied: a reduced element, or a difference of two,
// by a loose one (9 2^29 2^30 < 2^62.2) or by a sum of three (9 2^29 1.5 2^30 < 2^62.8).

const LOW_29: v128 = i64x2(0x1fffffff, 0x1fffffff);
const LOW_29_32: v128 = i32x4(0x1fffffff, 0x1fffffff, 0x1fffffff, 0x1fffffff);
const LOW_23_32: v128 = i32x4(0x7fffff, 0x7fffff, 0x7fffff, 0x7fffff);

// A CPU has no signed SIMD shift of 64 bits. So a column is kept 2^63 too large, shifted unsigned,
// and the 2^63 >> 29 = 2^34 that is too much then is taken off where the next 2^63 is added.
const BIAS: v128 = i64x2(i64.MIN_VALUE, i64.MIN_VALUE);
const NEXT_BIAS: v128 = i64x2(0x7ffffffc00000000, 0x7ffffffc00000000);
const BIAS_CARRY: v128 = i64x2(0x400000000, 0x400000000);

/** a b, both lanes. */
// @ts-ignore: decorator
@inline
function product(a: v128, b: v128): v128 {
  return i64x2.extmul_low_i32x4_s(a, b);
}

/** sum + a b, both lanes. */
// @ts-ignore: decorator
@inline
function plus(sum: v128, a: v128, b: v128): v128 {
  return i64x2.add(sum, i64x2.extmul_low_i32x4_s(a, b));
}

/** What a column carries into the next one, biased. */
// @ts-ignore: decorator
@inline
function next(column: v128): v128 {
  return i64x2.add(i64x2.shr_u(column, 29), NEXT_BIAS);
}

/** What the last column carries, its bias off. */
// @ts-ignore: decorator
@inline
function last(column: v128): v128 {
  return i64x2.sub(i64x2.shr_u(column, 29), BIAS_CARRY);
}

/** column + 1216 high: 2^261 = 64 * 19 modulo p, and 1216 = 2^10 + 2^7 + 2^6. */
// @ts-ignore: decorator
@inline
function fold(column: v128, high: v128): v128 {
  const tens = i64x2.add(i64x2.shl(high, 10), i64x2.shl(high, 7));
  return i64x2.add(column, i64x2.add(tens, i64x2.shl(high, 6)));
}

// @ts-ignore: decorator
@inline
function low(column: v128): v128 {
  return v128.and(column, LOW_29);
}

/** A limb as it is stored: the low halves of two 64-bit lanes. */
// @ts-ignore: decorator
@inline
function narrow(limb: v128): v128 {
  return v128.shuffle<i32>(limb, limb, 0, 2, 0, 2);
}
`;

/** The products of each of the 17 columns, as pairs of names. */
type Columns = [string, string][][];

function productColumns(): Columns {
  return Array.from({ length: 2 * LIMBS - 1 }, (_, column) =>
    INDEXES.filter((i) => column - i >= 0 && column - i < LIMBS).map((i) => [
      `a${i}`,
      `b${column - i}`,
    ]),
  );
}

/** As products, but the two that are equal become one by a doubled limb. */
function squareColumns(): Columns {
  return Array.from({ length: 2 * LIMBS - 1 }, (_, column) =>
    INDEXES.filter((i) => column - i >= i && column - i < LIMBS).map((i) => [
      `a${i}`,
      column - i === i ? `a${i}` : `twice${column - i}`,
    ]),
  );
}

const loads = (name: string): string[] =>
  INDEXES.map((i) => `const ${name}${i} = v128.load(${name}, ${16 * i});`);

/**
 * Sums the columns: first the high ones, carried to limbs, so that they can be folded into the low
 * ones; what the last carries is folded into limbs 0 and 1. A column's carry is added last, so that
 * the sums do not wait for each other.
 */
function reducedColumns(columns: Columns): string[] {
  const sum = (column: number): string[] =>
    (columns[column] ?? []).map(([a, b], index) =>
      index === 0 ? `sum = product(${a}, ${b});` : `sum = plus(sum, ${a}, ${b});`,
    );
  const lines = ["let column: v128;", "let sum: v128;"];
  for (let column = LIMBS; column < 2 * LIMBS - 1; column++) {
    const limb = column - LIMBS;
    lines.push(...sum(column), `column = i64x2.add(sum, ${limb === 0 ? "BIAS" : "next(column)"});`);
    lines.push(`const high${limb} = low(column);`);
  }
  lines.push(`const high${LIMBS - 1} = last(column);`, "");
  for (const limb of INDEXES) {
    lines.push(...sum(limb), `sum = fold(sum, high${limb});`);
    lines.push(`column = i64x2.add(sum, ${limb === 0 ? "BIAS" : "next(column)"});`);
    lines.push(`${limb < 2 ? "let" : "const"} limb${limb} = low(column);`);
  }
  lines.push("", "// At most 2^34 in size; limb 1 gets at most 2^16 of it.");
  lines.push("column = fold(i64x2.add(limb0, BIAS), last(column));", "limb0 = low(column);");
  lines.push("limb1 = i64x2.add(limb1, last(column));");
  lines.push(...INDEXES.map((i) => `v128.store(target, narrow(limb${i}), ${16 * i});`));
  return lines;
}

const func = (comment: string, head: string, lines: string[]): string =>
  `/** ${comment} */\nexport function ${head}: void {\n${lines.join("\n")}\n}\n`;

function multiply(): string {
  const lines = [...loads("a"), ...loads("b"), ...reducedColumns(productColumns())];
  const comment = "target = a b: reduced, for a and b in the bounds above. `target` may be either.";
  return func(comment, "multiply(target: usize, a: usize, b: usize)", lines);
}

function square(): string {
  const doubles = INDEXES.slice(1).map((i) => `const twice${i} = i32x4.shl(a${i}, 1);`);
  const lines = [...loads("a"), ...doubles, ...reducedColumns(squareColumns())];
  const comment =
    "target = a^2: reduced, for a difference of reduced elements. `target` may be `a`.";
  return func(comment, "square(target: usize, a: usize)", lines);
}

function linear(name: string, operation: string, comment: string): string {
  const lines = INDEXES.map((i) => {
    const operands = `v128.load(a, ${16 * i}), v128.load(b, ${16 * i})`;
    return `v128.store(target, i32x4.${operation}(${operands}), ${16 * i});`;
  });
  return func(comment, `${name}(target: usize, a: usize, b: usize)`, lines);
}

function addAndSubtract(): string {
  const lines = INDEXES.flatMap((i) => [
    `const a${i} = v128.load(a, ${16 * i});`,
    `const b${i} = v128.load(b, ${16 * i});`,
    `v128.store(sum, i32x4.add(a${i}, b${i}), ${16 * i});`,
    `v128.store(difference, i32x4.sub(a${i}, b${i}), ${16 * i});`,
  ]);
  const comment = "sum = a + b, difference = a - b, limb by limb. Either may be `a` or `b`.";
  const parameters = "sum: usize, difference: usize, a: usize, b: usize";
  return func(comment, `addAndSubtract(${parameters})`, lines);
}

function carry(): string {
  const top = LIMBS - 1;
  const lines = [
    ...loads("a"),
    `const over = i32x4.shr_s(a${top}, 23);`,
    "const folded = i32x4.mul(over, i32x4.splat(19));",
    "v128.store(target, i32x4.add(v128.and(a0, LOW_29_32), folded));",
    ...INDEXES.slice(1).map((i) => {
      const own = `v128.and(a${i}, ${i === top ? "LOW_23_32" : "LOW_29_32"})`;
      return `v128.store(target, i32x4.add(${own}, i32x4.shr_s(a${i - 1}, 29)), ${16 * i});`;
    }),
  ];
  const comment =
    "target = a, reduced: one carry from each limb, bits 255 and up times 19 to limb 0.";
  return func(comment, "carry(target: usize, a: usize)", lines);
}

function selectEntries(): string {
  const names = ["u", "v", "c"];
  const lines = [
    "const none = i32x4.splat(0);",
    "const signs = i32x4.replace_lane(i32x4.replace_lane(none, 0, sign0), 1, sign1);",
  ];
  for (const entry of [0, 1]) {
    names.forEach((name, element) => {
      for (const part of [0, 1, 2]) {
        const load = part === 2 ? "v128.load32_zero" : "v128.load";
        const offset = 4 * LIMBS * element + 16 * part;
        lines.push(`const ${name}${entry}_${part} = ${load}(entry${entry}, ${offset});`);
      }
    });
  }
  for (const limb of INDEXES) {
    const part = limb >> 2;
    const lane = limb & 3;
    const lanes = `${lane}, ${lane + 4}, ${lane}, ${lane + 4}`;
    for (const name of names) {
      const parts = `${name}0_${part}, ${name}1_${part}`;
      lines.push(`const ${name}${limb} = v128.shuffle<i32>(${parts}, ${lanes});`);
    }
    const stores = [
      `v128.bitselect(v${limb}, u${limb}, signs)`,
      `v128.bitselect(u${limb}, v${limb}, signs)`,
      `i32x4.sub(v128.xor(c${limb}, signs), signs)`,
    ];
    stores.forEach((value, element) => {
      lines.push(`v128.store(target, ${value}, ${16 * (LIMBS * element + limb)});`);
    });
  }
  return `
/**
 * Writes three element pairs u, v, c, of the entry of each lane: an entry is the 27 limbs of its u,
 * v and c. Where a lane's sign is -1 and not 0, its entry is negated: (v, u, -c).
 */
export function selectEntries(
  target: usize,
  entry0: usize,
  sign0: i32,
  entry1: usize,
  sign1: i32,
): void {
${lines.join("\n")}
}
`;
}

/** The text of generated/field25519.ts. */
export function makeField25519(): string {
  return [
    HEADER,
    multiply(),
    square(),
    linear("add", "add", "target = a + b, limb by limb. `target` may be either."),
    linear("subtract", "sub", "target = a - b, limb by limb. `target` may be either."),
    addAndSubtract(),
    carry(),
    selectEntries(),
  ].join("\n");
}
