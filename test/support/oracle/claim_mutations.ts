// Changes to each claim that a provider asks for, or that RFC 7519 §4.1 gives a type.

import type { Random } from "../random.ts";
import type { Draft } from "./draft.ts";
import { quote } from "./draft.ts";
import type { DraftMutation } from "./header_mutations.ts";
import { escaped, removeMember, setMember } from "./member_mutations.ts";
import { NOW } from "./world.ts";

const NOT_TEXT = ["null", "1", "true", "[]", "{}"];

function change(name: string, value: (draft: Draft, random: Random) => string): DraftMutation {
  return (draft, random) => {
    setMember(draft.claims, name, value(draft, random));
  };
}

function leaveOut(name: string): DraftMutation {
  return ({ claims }) => {
    removeMember(claims, name);
  };
}

const choose = (name: string, values: readonly string[]): DraftMutation =>
  change(name, (_, random) => random.pick(values));

/** Texts that look like another one. */
function nearly(text: string, random: Random): string {
  const others = [`${text}/`, `${text} `, text.toUpperCase(), text.slice(1), `${text}\u0000`];
  return random.pick([...others, "", `${text}.evil`, text.replace("ä", "a\u0308"), "x"]);
}

function dateMutations(name: string): [string, DraftMutation][] {
  const near = [-2, -1, 0, 1, 2];
  return [
    [`${name} missing`, leaveOut(name)],
    [`${name} of another type`, choose(name, ["null", "true", `"${NOW}"`, "[1]", "{}", '""'])],
    [
      `${name} at the limit of the skew`,
      change(name, ({ provider }, random) => {
        const skew = random.pick([provider.skewSeconds, -provider.skewSeconds, 0]);
        return `${NOW + skew + random.pick(near)}`;
      }),
    ],
    [
      `${name} with a fraction at the limit`,
      change(name, ({ provider }, random) => {
        const skew = random.pick([provider.skewSeconds, -provider.skewSeconds]);
        const fractions = [".0", ".5", ".00", ".999", ".00000000000000001", ".99999999999999999"];
        return `${NOW + skew + random.pick(near)}${random.pick(fractions)}`;
      }),
    ],
    [
      `${name} far away`,
      choose(name, ["0", "1", "4102444800", "253402300799", "9007199254740991"]),
    ],
    [
      `${name} that doubles cannot hold`,
      choose(name, ["9007199254740992", "9007199254740993", "18446744073709551616", "1e400"]),
    ],
    [
      `${name} of 64 bits and more`,
      choose(name, ["9223372036854775807", "9223372036854775808", "9".repeat(40)]),
    ],
    [`${name} below zero`, choose(name, ["-1", "-0", "-1700000000", "-0.5"])],
    [
      `${name} with an exponent`,
      choose(name, ["17e8", "1.7E9", "1700000000e0", "1.8e9", "1e1", "0e5", "170000000000E-2"]),
    ],
  ];
}

export const CLAIM_MUTATIONS: Readonly<Record<string, DraftMutation>> = {
  "iss missing": leaveOut("iss"),
  "iss that is nearly right": change("iss", ({ provider }, random) =>
    quote(nearly(provider.issuer ?? "https://idp.test", random)),
  ),
  "iss of another type": change("iss", ({ provider }, random) =>
    random.pick([...NOT_TEXT, quote([provider.issuer ?? "a"])]),
  ),
  "iss escaped": change("iss", ({ provider }) => escaped(quote(provider.issuer ?? "a"))),
  "sub missing": leaveOut("sub"),
  "sub of any text": choose("sub", ["", "bob", "a\u0000", "x".repeat(300), "😀"].map(quote)),
  "sub of another type": choose("sub", [...NOT_TEXT, '["alice"]']),
  "aud missing": leaveOut("aud"),
  "aud that is nearly right": change("aud", ({ provider }, random) => {
    const text = nearly(provider.audiences[0], random);
    return quote(random.pick<unknown>([text, [text], ["x", text]]));
  }),
  "aud of another type": choose("aud", [...NOT_TEXT, "[[]]", '{"0":"orders"}']),
  "aud with other types among texts": change("aud", ({ provider }, random) => {
    const other = random.pick<unknown>([1, null, true, [], [provider.audiences[0]], {}]);
    return quote(
      random.pick([[provider.audiences[0], other], [other, provider.audiences[0]], [other]]),
    );
  }),
  "aud of many": change("aud", ({ provider }, random) => {
    const many = Array.from({ length: 200 }, (_, i) => `a${i}`);
    return quote(random.below(2) === 0 ? many : [...many, provider.audiences[0]]);
  }),
  "aud escaped": change("aud", ({ provider }) => escaped(quote(provider.audiences[0]))),
  cnf: choose("cnf", ['{"jkt":"AAAA"}', '{"x5t#S256":"AAAA"}', "{}", "null", "1"]),
  "jti missing": leaveOut("jti"),
  "jti of another type": choose("jti", NOT_TEXT),
  ...Object.fromEntries(["exp", "nbf", "iat"].flatMap(dateMutations)),
  "more than a token may be long": ({ claims }, random) => {
    setMember(claims, "filling", quote("x".repeat(random.pick([3000, 5400, 6200, 9000]))));
  },
};
