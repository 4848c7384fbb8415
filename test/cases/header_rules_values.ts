// Header rules that write values, end to end.

import { createHash } from "node:crypto";

import type { Case, CaseStep } from "../support/case.ts";
import type { Headers } from "./normalise_steps.ts";
import { passing, refused } from "./normalise_steps.ts";

const VALUE_BYTES_MAX = 8192;
const LIST_MEMBERS_MAX = 1024;

const of =
  (configuration: string) =>
  (name: string, ...steps: CaseStep[]): Case => ({ name, configuration, steps });
const written = of("headers written");
const rewritten = of("headers rewritten");

const linesOf = (name: string, ...values: string[]): Headers =>
  values.map((value) => [name, value]);

const tooLarge = (...headers: Headers): CaseStep => ({
  request: { headers },
  expect: { status: 431, reason: "headers_too_large", grpcStatus: 8 },
});

export const headerRulesWriteCases: Case[] = [
  written(
    "a header is set to one line, whatever came",
    passing([], { "x-env": "prod" }),
    passing(linesOf("x-env", "test", "forged"), { "x-env": "prod" }),
    passing(linesOf("x_env", "test"), { x_env: null, "x-env": "prod" }),
    passing([], { "x-literal": "{a}\\" }),
  ),
  written(
    "a value has parts of other headers",
    passing(linesOf("x-a", "1"), { "x-a": "1", "x-copy": "<1>" }),
    passing(linesOf("x-a", "1", "2"), { "x-copy": "<1, 2>" }),
    passing(linesOf("x-a", ""), { "x-copy": "<>" }),
    passing(linesOf("x-a", "\xe9\xff"), { "x-copy": "<\xe9\xff>" }),
  ),
  written(
    "without one of its parts the header is removed",
    passing(linesOf("x-copy", "forged"), { "x-copy": null }),
    passing([], { "x-missing": "none" }),
  ),
  written(
    "operations are applied to it",
    passing(linesOf("x-b", "A b\xc9"), { "x-b": "A b\xc9", "x-lower": "a b\xc9" }),
  ),
  written(
    "a value that cannot be decoded removes the header, or refuses the request",
    passing(linesOf("x-c", "a%20b"), { "x-decoded": "a b" }),
    refused(linesOf("x-c", "a%2")),
    refused(linesOf("x-c", "a%0ab")),
    passing(linesOf("x-d", "YWI="), { "x-tried": "ab" }),
    passing(linesOf("x-d", "YWI"), { "x-tried": "ab" }),
    passing([...linesOf("x-d", "YR=="), ...linesOf("x-tried", "forged")], { "x-tried": null }),
  ),
  written(
    "a condition decides whether",
    passing(linesOf("x-public", "no"), { "x-public": "yes" }, "/public/a"),
    passing(linesOf("x-public", "no"), { "x-public": "no" }, "/public/a/b"),
  ),
  written(
    "a header is added where it is absent",
    passing([], { "x-tenant": "shop" }, "/shop/orders?q=1"),
    passing(linesOf("x-tenant", "a", "b"), { "x-tenant": ["a", "b"] }, "/shop"),
    passing(linesOf("x-tenant", ""), { "x-tenant": "" }, "/shop"),
    passing([], { "x-tenant": null }),
  ),
  written(
    "a parameter of the query is decoded once",
    passing([], { "x-question": "a b%41" }, "/?p=1&q=a%20b%2541&q=2"),
    passing([], { "x-question": null }, "/?p=1"),
  ),
  written(
    "a line is appended to those that are there",
    passing([], { "x-via": "sallyport" }),
    passing([...linesOf("x-via", "a", "b"), ...linesOf("x-hop", "c")], {
      "x-via": ["a", "b", "sallyport", "c"],
    }),
  ),
  written(
    "a value that becomes too long is refused",
    passing(linesOf("x-a", "a".repeat(VALUE_BYTES_MAX - 2)), { "x-env": "prod" }),
    tooLarge(["x-a", "a".repeat(VALUE_BYTES_MAX - 1)]),
  ),
];

export const headerRulesRewriteCases: Case[] = [
  rewritten(
    "lines that match a pattern are rewritten, the others stay",
    passing(linesOf("x-original", "/v1/a/b", "/v3/c", "/v1/"), {
      "x-original": ["/v2/a/b", "/v3/c", "/v2/"],
    }),
    passing(linesOf("x-pair", "a-b"), { "x-pair": "b-a" }),
    passing(linesOf("x-pair", "a-b-c", "a-", "-b"), { "x-pair": ["b-c-a", "a-", "-b"] }),
  ),
  rewritten(
    "operations are applied to each line in their order",
    passing(linesOf("x-id", "a  b\tc", "abcdefghi", "abcdefg\xc3\xa9"), {
      "x-id": ["A B C", "ABCDEFGH", "ABCDEFG"],
    }),
    passing(linesOf("x-hash", "abc"), {
      "x-hash": createHash("sha256").update("abc").digest("hex"),
    }),
    passing(linesOf("x-encoded", "\xfb\xff?"), { "x-encoded": "-_8_" }),
  ),
  rewritten(
    "a line that cannot be decoded stays, goes, or refuses the request",
    passing(linesOf("x-kept", "a%2", "b%20c", "%ff"), { "x-kept": ["a%2", "b c", "%ff"] }),
    passing(linesOf("x-gone", "a%2", "b%20c", "%ff"), { "x-gone": "b c" }),
    passing(linesOf("x-gone", "%0d%0ax-env: forged"), { "x-gone": null, "x-env": null }),
    passing(linesOf("x-strict", "a", "b%20c"), { "x-strict": ["a", "b c"] }),
    refused(linesOf("x-strict", "a", "b%")),
  ),
  rewritten(
    "a list is split at commas outside of quoted strings",
    passing(linesOf("x-split", "a, b", 'c ,, "d, \\", e" , '), {
      "x-split": ["a", "b", "c", '"d, \\", e"'],
    }),
    passing(linesOf("x-split", ", ,"), { "x-split": null }),
    passing(linesOf("x-split", 'a, "b, c'), { "x-split": ["a", '"b, c'] }),
  ),
  rewritten(
    "lines are joined to one",
    passing(linesOf("x-join", "a", "", "b, c"), { "x-join": "a, , b, c" }),
    passing(linesOf("x-join", "a", "b, c", "d"), { "x-join": "a, b, c, d" }),
  ),
  rewritten(
    "lines that become too long, or too many, are refused",
    passing(linesOf("x-grow", "a".repeat(VALUE_BYTES_MAX / 2)), {
      "x-grow": "a".repeat(VALUE_BYTES_MAX),
    }),
    tooLarge(["x-grow", "a".repeat(VALUE_BYTES_MAX / 2 + 1)]),
    tooLarge(["x-join", "a".repeat(VALUE_BYTES_MAX)], ["x-join", ""]),
    tooLarge(["x-split", "a,".repeat(LIST_MEMBERS_MAX + 1)]),
    tooLarge(["x-split", `${"a".repeat(VALUE_BYTES_MAX + 1)}, b`]),
    passing(linesOf("x-split", "a".repeat(VALUE_BYTES_MAX + 1)), {
      "x-split": "a".repeat(VALUE_BYTES_MAX + 1),
    }),
  ),
  rewritten(
    "of equal members of a list one stays",
    passing(linesOf("x-groups", "a, b", "b,c ,a", "A"), { "x-groups": "a, b, c, A" }),
    passing(linesOf("x-groups", "a,b", "c"), { "x-groups": ["a,b", "c"] }),
    passing(linesOf("x-groups", '"a,b", "a,b"'), { "x-groups": '"a,b"' }),
    passing(linesOf("x-first", "a, b", "c"), { "x-first": "a" }),
    passing(linesOf("x-last", "a, b", "c"), { "x-last": "c" }),
    passing(linesOf("x-last", "a"), { "x-last": "a" }),
    tooLarge(["x-groups", "a,".repeat(LIST_MEMBERS_MAX + 1)]),
  ),
  of("one verb after the other")(
    "verbs take place in their order, however they are written",
    passing(linesOf("x-source", "ok"), {
      "x-source": null,
      "x-renamed": null,
      "x-target": "ok",
      "x-made": "made",
      "x-list": ["a", "b"],
    }),
    passing(linesOf("x-source", "bad"), { "x-target": null }),
    passing(linesOf("x-source", "no"), { "x-target": "no" }),
    passing(linesOf("x-list", "b", "c"), { "x-list": "b, c" }),
    refused(linesOf("x-made", "forged")),
    refused(linesOf("x-renamed", "no")),
  ),
];
