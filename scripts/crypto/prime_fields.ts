// The prime fields of the curves.

import type { FieldShape } from "./field.ts";

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
  bounds: [],
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
  bounds: [],
};

export const P521_FIELD: FieldShape = {
  suffix: "P521",
  title: "P-521",
  limbs: 18,
  radix: 29,
  fused: false,
  bounds: [],
};
