// Values at the edges of what header rules read.

import fc from "fast-check";

export const VALUE_BYTES_MAX = 8192;

const SHORT_VALUES = [
  "",
  "a",
  "b",
  "A b\t C",
  " a ",
  "a, b",
  "b,a,,a",
  '"a,b",c, "a\\",b"',
  'a,"b',
  "%41%2c%zz",
  "%41%2C",
  "%c3%a9%0a",
  "YQ==",
  "YWI",
  "_-8",
  "a-b",
  "/v1/a/b",
  "tmp-1",
  "\xc3\xa9",
  "\x80\xff",
];
const LONG_VALUES = [
  "a".repeat(VALUE_BYTES_MAX),
  "a".repeat(VALUE_BYTES_MAX + 1),
  `${"a".repeat(VALUE_BYTES_MAX - 2)}\xc3\xa9`,
  "a,".repeat(1024),
  "a,".repeat(1025),
  "b, ".repeat(1000),
  `b, ${"a".repeat(VALUE_BYTES_MAX + 1)}`,
];

/** Any bytes but the ones that a host refuses (RFC 9110 §5.5). */
const anyBytes = fc
  .array(fc.oneof(fc.integer({ min: 0x20, max: 0x7e }), fc.integer({ min: 0x80, max: 0xff })), {
    maxLength: 6,
  })
  .map((bytes) => String.fromCharCode(...bytes));

export const value = fc.oneof(
  { weight: 20, arbitrary: fc.constantFrom(...SHORT_VALUES) },
  { weight: 4, arbitrary: anyBytes },
  { weight: 1, arbitrary: fc.constantFrom(...LONG_VALUES) },
);
