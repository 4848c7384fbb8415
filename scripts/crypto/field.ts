// Makes the multiplication and squaring of a prime field on two elements at once:
// assembly/core/crypto/generated/p256_field.ts and its siblings. The text is unrolled, as
// WebAssembly's locals cannot be indexed.

/** m * 2^shift, added to or subtracted from the column `column` further up. */
interface Term {
  column: number;
  shift: number;
  sign: 1 | -1;
}

export interface FieldShape {
  /** As in `mulP256`. */
  suffix: string;
  title: string;
  limbs: number;
  /** Bits of a limb. */
  radix: number;
  /**
   * Montgomery: p + 1 as a sum of powers of two, from the lowest limb up. Absent when 2^(limbs
   * radix) is 2 mod p, so that the high half is folded into the low one.
   */
  terms?: readonly Term[];
  /** Also makes a * b - c * d with one reduction. */
  fused: boolean;
  /** The comment on bounds, in lines. */
  bounds: readonly string[];
}

export function makeField(shape: FieldShape): string {
  const functions = [
    multiply(shape),
    square(shape),
    ...(shape.fused ? [multiplySubtract(shape)] : []),
  ].join("\n");
  return [
    `// ${shape.title}`,
    "// Made by scripts/crypto/field.ts.",
    "//",
    ...shape.bounds.map((line) => `// ${line}`.trimEnd()),
    "",
    constants(shape, functions),
    HELPERS,
    ...(functions.includes("packMasked(") ? [PACK_MASKED] : []),
    functions,
  ].join("\n");
}

/** Two lanes of 64 bits, or four of 32; in numbers of 32 bits, least significant first. */
function constants({ radix }: FieldShape, functions: string): string {
  const sign = 1n << 63n;
  const half = 1n << BigInt(radix - 1);
  const carriedSign = 1n << BigInt(63 - radix);
  const mask = (1n << BigInt(radix)) - 1n;
  const known: [name: string, lane: bigint, comment: string][] = [
    ["BIAS", sign - carriedSign, `2^63 - 2^${63 - radix}`],
    ["ROUND_BIAS", sign - carriedSign + half, `2^63 - 2^${63 - radix} + 2^${radix - 1}`],
    ["MASK", mask, `2^${radix} - 1`],
    ["FIRST_BIAS", sign, "2^63"],
    ["FIRST_ROUND_BIAS", sign + half, `2^63 + 2^${radix - 1}`],
    ["NO_BIAS", -carriedSign, `-2^${63 - radix}`],
    ["HALF_BIAS", half - carriedSign, `2^${radix - 1} - 2^${63 - radix}`],
    ["PAIR_MASK", mask | (mask << 32n), `2^${radix} - 1, four times`],
    ["PAIR_HALF", half | (half << 32n), `2^${radix - 1}, four times`],
  ];
  const rows = known.filter(([name]) => functions.includes(`(${name})`));
  const words = (lane: bigint): string => {
    const pair = [lane, lane >> 32n].map((word) => `0x${BigInt.asUintN(32, word).toString(16)}`);
    return [...pair, ...pair].join(", ");
  };
  return `
const LIMB_BITS: i32 = ${radix};
// In memory, as a v128.const would take 18 bytes of code at each use.
// prettier-ignore
const CONSTANTS: usize = memory.data<u32>([
${rows.map(([, lane, comment]) => `  ${words(lane)}, // ${comment}`).join("\n")}
], 16);
${rows.map(([name], index) => `const ${name}: usize = CONSTANTS + ${16 * index};`).join("\n")}`;
}

const HELPERS = `
// @ts-ignore: decorator
@inline
function times(a: v128, b: v128): v128 {
  return i64x2.extmul_low_i32x4_s(a, b);
}

// @ts-ignore: decorator
@inline
function carry(column: v128, bias: v128): v128 {
  return i64x2.add(i64x2.shr_u(column, LIMB_BITS), bias);
}

/** Two limbs of both elements from two columns that are up by half a limb; masks them if asked. */
// @ts-ignore: decorator
@inline
function pack(low: v128, high: v128, mask: v128, half: v128): v128 {
  return i32x4.sub(v128.and(v128.shuffle<i32>(low, high, 0, 2, 4, 6), mask), half);
}
`;

const PACK_MASKED = `// @ts-ignore: decorator
@inline
function packMasked(low: v128, high: v128, half: v128): v128 {
  return i32x4.sub(v128.shuffle<i32>(low, high, 0, 2, 4, 6), half);
}
`;

type Columns = string[][];

function multiply(shape: FieldShape): string {
  return `
/** target = a b${scale(shape)}. \`target\` may be either. */
export function mul${shape.suffix}(target: usize, a: usize, b: usize): void {
${loads("a", shape)}
${loads("b", shape)}
${reduce(shape, products("a", "b", shape))}
}
`;
}

function square(shape: FieldShape): string {
  const doubled = range(1, shape.limbs).map((i) => `  const d${i} = i32x4.shl(a${i}, 1);`);
  return `
/** target = a^2${scale(shape)}. \`target\` may be \`a\`. */
export function square${shape.suffix}(target: usize, a: usize): void {
${loads("a", shape)}
${doubled.join("\n")}
${reduce(shape, squares(shape))}
}
`;
}

function multiplySubtract(shape: FieldShape): string {
  const negated = range(0, shape.limbs).map(
    (i) => `  const c${i} = i32x4.neg(v128.load64_zero(c, ${8 * i}));`,
  );
  const right = products("c", "d", shape);
  const columns = products("a", "b", shape).map((left, k) => [...left, ...(right[k] ?? [])]);
  return `
/** target = (a b - c d)${scale(shape)}. \`target\` may be any of them. */
export function mulSub${shape.suffix}(
  target: usize,
  a: usize,
  b: usize,
  c: usize,
  d: usize,
): void {
${loads("a", shape)}
${loads("b", shape)}
${negated.join("\n")}
${loads("d", shape)}
${reduce(shape, columns)}
}
`;
}

function scale({ terms, limbs, radix }: FieldShape): string {
  return terms === undefined ? " mod p" : ` / 2^${limbs * radix} mod p`;
}

function loads(name: string, { limbs }: FieldShape): string {
  return range(0, limbs)
    .map((i) => `  const ${name}${i} = v128.load64_zero(${name}, ${8 * i});`)
    .join("\n");
}

/** By column, what is summed there: a_i b_j with i + j = k. */
function products(a: string, b: string, { limbs }: FieldShape): Columns {
  return range(0, 2 * limbs - 1).map((k) =>
    range(Math.max(0, k - limbs + 1), Math.min(k, limbs - 1) + 1).map(
      (i) => `times(${a}${i}, ${b}${k - i})`,
    ),
  );
}

function squares({ limbs }: FieldShape): Columns {
  return range(0, 2 * limbs - 1).map((k) => {
    const cross = range(Math.max(0, k - limbs + 1), limbs)
      .filter((i) => i < k - i)
      .map((i) => `times(a${i}, d${k - i})`);
    return k % 2 === 0 ? [...cross, `times(a${k / 2}, a${k / 2})`] : cross;
  });
}

function reduce(shape: FieldShape, columns: Columns): string {
  const lines =
    shape.terms === undefined ? fold(shape, columns) : montgomery(shape, shape.terms, columns);
  return [
    "  const bias = v128.load(BIAS);",
    "  const roundBias = v128.load(ROUND_BIAS);",
    "  const mask = v128.load(MASK);",
    "  const pairMask = v128.load(PAIR_MASK);",
    "  const half = v128.load(PAIR_HALF);",
    "  let sum: v128;",
    "  let column: v128;",
    ...lines.map((line) => `  ${line}`),
  ].join("\n");
}

/** The carry comes last: the products do not wait for it. */
function addUp(added: string[], subtracted: string[] = []): string[] {
  const [first = "", ...rest] = added;
  return [
    `sum = ${first};`,
    ...rest.map((term) => `sum = i64x2.add(sum, ${term});`),
    ...subtracted.map((term) => `sum = i64x2.sub(sum, ${term});`),
  ];
}

function montgomery(shape: FieldShape, terms: readonly Term[], columns: Columns): string[] {
  const { limbs } = shape;
  const lines = columns.flatMap((column, k) => {
    const quotients = (sign: 1 | -1): string[] =>
      terms
        .filter((term) => term.sign === sign && k >= term.column && k < limbs + term.column)
        .map((term) => `i64x2.shl(m${k - term.column}, ${term.shift})`);
    const bias = k < limbs ? "bias" : "roundBias";
    return [
      `// Column ${k}`,
      ...addUp([...column, ...quotients(1)], quotients(-1)),
      `column = i64x2.add(sum, ${k === 0 ? "v128.load(FIRST_BIAS)" : `carry(column, ${bias})`});`,
      k < limbs ? `const m${k} = v128.and(column, mask);` : `const o${k - limbs} = column;`,
    ];
  });
  const top = limbs - 1;
  lines.push(...range(0, Math.floor(top / 2)).map((i) => storePair(2 * i)));
  if (limbs % 2 === 0) {
    lines.push(
      `column = carry(o${top - 1}, v128.load(HALF_BIAS));`,
      `v128.store(target, packMasked(v128.and(o${top - 1}, mask), column, half), ${8 * top - 8});`,
    );
  } else {
    lines.push(
      `column = carry(o${top - 1}, v128.load(NO_BIAS));`,
      `v128.store(target, v128.shuffle<i32>(column, column, 0, 2, 0, 2), ${8 * top});`,
    );
  }
  return lines;
}

/** The high half is carried first, then twice of it is added to the low one. */
function fold({ limbs }: FieldShape, columns: Columns): string[] {
  const lines = columns
    .slice(limbs)
    .flatMap((column, k) => [
      `// Column ${k + limbs}`,
      ...addUp(column),
      `column = i64x2.add(sum, ${k === 0 ? "v128.load(FIRST_BIAS)" : "carry(column, bias)"});`,
      `const h${k} = v128.and(column, mask);`,
    ]);
  lines.push(`const h${limbs - 1} = carry(column, v128.load(NO_BIAS));`);
  lines.push(
    ...columns.slice(0, limbs).flatMap((column, k) => {
      const bias = k === 0 ? "v128.load(FIRST_ROUND_BIAS)" : "carry(column, roundBias)";
      return [
        `// Column ${k}`,
        ...addUp([...column, `i64x2.shl(h${k}, 1)`]),
        `column = i64x2.add(sum, ${bias});`,
        `const o${k} = column;`,
      ];
    }),
    "// Twice of what is carried out of the top goes to the lowest limb.",
    "sum = i64x2.shl(carry(column, v128.load(NO_BIAS)), 1);",
    "sum = i64x2.add(sum, v128.load(FIRST_BIAS));",
    "column = i64x2.add(sum, v128.and(o0, mask));",
    "sum = i64x2.add(v128.and(o1, mask), carry(column, v128.load(NO_BIAS)));",
    "v128.store(target, packMasked(v128.and(column, mask), sum, half));",
    ...range(1, limbs / 2).map((i) => storePair(2 * i)),
  );
  return lines;
}

function storePair(limb: number): string {
  return `v128.store(target, pack(o${limb}, o${limb + 1}, pairMask, half), ${8 * limb});`;
}

function range(from: number, to: number): number[] {
  return Array.from({ length: Math.max(0, to - from) }, (_, index) => from + index);
}
