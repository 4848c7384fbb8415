// The prime fields of the curves. (k) is the size of limbs, see assembly/core/crypto/ec/field.ts;
// test/core/crypto/field.test.ts multiplies limbs at these bounds.

import type { FieldShape } from "./field.ts";

const LAYOUT = [
  "Two numbers at once: limb i of both is at 8 i, lane 0 first, in 32 bits signed.",
  "",
];

/** P. L. Montgomery's reduction, limb by limb. */
function montgomeryBounds(factors: readonly string[], range: string): string[] {
  return [
    ...LAYOUT,
    ...factors,
    "",
    'Reduction: P. L. Montgomery, "Modular multiplication without trial division", 1985. The',
    "low limb m_i of column i is taken from it by adding m_i p, as m_i (p + 1) further up less",
    "m_i: masking. The result is (a b + m p) / R with 0 <= m < R: in [a b / R, a b / R + p).",
    "As factors have values below 2^4 p in size, it is below 2^4 p.",
    "",
    "A column is kept 2^63 up, so that it is never negative and one unsigned shift carries it;",
    "what that adds to the next one is in its bias.",
    "",
    `Limbs of the result are in ${range}, as the columns were half a limb up when`,
    "they were masked. The top one has what is left: less than that for values below 2^4 p.",
  ];
}

export const P256_FIELD: FieldShape = {
  suffix: "P256",
  title: "P-256",
  limbs: 9,
  radix: 29,
  terms: [
    { column: 3, shift: 9, sign: 1 },
    { column: 6, shift: 18, sign: 1 },
    { column: 7, shift: 21, sign: -1 },
    { column: 8, shift: 24, sign: 1 },
  ],
  fused: true,
  bounds: montgomeryBounds(
    [
      "Factors: (j) and (k) with j k at most 14, or two such pairs with a sum of at most 14. A",
      "column has at most 9 products of limbs, so 9 14 (2^28 + 2^7)^2 < 2^63 - 2^57 + 2^44; of",
      "quotients less than 2^38 + 2^47 + 2^50 + 2^53; a carry of less than 2^35: all in all",
      "less than 2^63 in size. squareP256 doubles limbs: (3) fits. mulSubP256 negates those of",
      "c, which must be above -2^31.",
    ],
    "[-2^28, 2^28 - 1]",
  ),
};

export const P384_FIELD: FieldShape = {
  suffix: "P384",
  title: "P-384",
  limbs: 14,
  radix: 28,
  terms: [
    { column: 1, shift: 4, sign: 1 },
    { column: 3, shift: 12, sign: -1 },
    { column: 4, shift: 16, sign: -1 },
    { column: 13, shift: 20, sign: 1 },
  ],
  fused: false,
  bounds: montgomeryBounds(
    [
      "Factors: (j) and (k) with j k at most 36. A column has at most 14 products of limbs, so",
      "14 36 (2^27 + 2^7)^2 < 2^63 - 2^57 + 2^45; of quotients less than 2^32 + 2^40 + 2^44 +",
      "2^48; a carry of less than 2^36: all in all less than 2^63 in size. squareP384 doubles",
      "limbs: (6) fits.",
    ],
    "[-2^27, 2^27 - 1]",
  ),
};

export const P521_FIELD: FieldShape = {
  suffix: "P521",
  title: "P-521",
  limbs: 18,
  radix: 29,
  fused: false,
  bounds: [
    ...LAYOUT,
    "Factors: (j) and (k) with j k at most 7. A column has at most 18 products of limbs, so 18",
    "7 (2^28 + 2^7)^2 < 2^63 - 2^57 + 2^44; twice a limb or carry of the upper half, less than",
    "2^36; a carry of less than 2^35: all in all less than 2^63 in size. squareP521 doubles",
    "limbs: (2) fits.",
    "",
    "Reduction: limb i + 18 counts 2^522 = 2 modulo p at limb i. The upper half is carried to",
    "limbs in [0, 2^29 - 1] first, its top one signed and below 2^34 in size.",
    "",
    "A column is kept 2^63 up, so that it is never negative and one unsigned shift carries it;",
    "what that adds to the next one is in its bias.",
    "",
    "Limbs of the result are in [-2^28, 2^28 - 1], as the columns were half a limb up when",
    "they were masked. But twice the carry out of the top, less than 2^35, is added to limb 0,",
    "and what limb 0 then has too much, at most 2^6 + 1, to limb 1. So a value of (k) is below",
    "k (1 + 2^-20) 2^521.",
  ],
};
