// The reader that RateLimit fields are held against is strict itself.

import { expect, test } from "vitest";

import { parseRateLimitField, parseStructuredList } from "../support/structured_list.ts";

test("items, parameters and lines joined with commas are read", () => {
  const items = parseStructuredList('"a\\"\\\\b";q=10;w=-1.5 ,\ttok/en;flag, :aGk=:;x=?0');
  expect(items.map(({ value }) => value)).toEqual([
    'a"\\b',
    { token: "tok/en" },
    { bytes: Buffer.from("hi") },
  ]);
  expect(items.map(({ parameters }) => Object.fromEntries(parameters))).toEqual([
    { q: 10, w: { decimal: -1.5 } },
    { flag: true },
    { x: false },
  ]);
});

test.each([
  '"a',
  '"a\\n"',
  '"é"',
  '"a" "b"',
  '"a",',
  '"a";Q=1',
  '"a";q=',
  '"a" ;q=1',
  '"a";q =1',
  '"a";q=1234567890123456',
  "'a'",
  '"a";;q=1',
])("%s is no list", (value) => {
  expect(() => parseStructuredList(value)).toThrow();
});

test.each([
  ["ratelimit", "a;r=1"],
  ["ratelimit", '"a"'],
  ["ratelimit", '"a";r=-1'],
  ["ratelimit", '"a";r=1.0'],
  ["ratelimit", '"a";r="1"'],
  ["ratelimit", '"a";r=1;q=1'],
  ["ratelimit-policy", '"a";q=1;w=0'],
  ["ratelimit-policy", '"a";w=1'],
])("%s does not take %s", (field, value) => {
  expect(() => parseRateLimitField(field, value)).toThrow();
});
