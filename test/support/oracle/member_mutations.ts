// Changes to the members of a header or of a claims set, whatever the members mean.

import type { Random } from "../random.ts";
import type { Member } from "./draft.ts";
import { quote } from "./draft.ts";

export type MemberMutation = (members: Member[], random: Random) => void;

/** Every character as an escape. */
export function escaped(text: string): string {
  return text.replace(/[^"]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, "0")}`);
}

export function insert(members: Member[], added: Member, random: Random): void {
  members.splice(random.below(members.length + 1), 0, added);
}

/** Gives a member the value, which is JSON text; adds the member if there is none. */
export function setMember(members: Member[], name: string, value: string): void {
  const found = members.find(([each]) => each === quote(name));
  if (found === undefined) members.push([quote(name), value]);
  else found[1] = value;
}

export function removeMember(members: Member[], name: string): void {
  const at = members.findIndex(([each]) => each === quote(name));
  if (at >= 0) members.splice(at, 1);
}

/** Applies a change to some member, if there is one. */
const toSome =
  (change: (chosen: Member, members: Member[], random: Random) => void): MemberMutation =>
  (members, random) => {
    if (members.length > 0) change(random.pick(members), members, random);
  };

const OTHER_VALUES = ["null", "1", '"x"', '"none"', "[]", "{}", "9999999999", "true"];
const LISTED = 300;

export const MEMBER_MUTATIONS: Readonly<Record<string, MemberMutation>> = {
  "a member twice": toSome(([name, value], members, random) => {
    insert(members, [name, value], random);
  }),
  "a member twice with another value": toSome(([name], members, random) => {
    insert(members, [name, random.pick(OTHER_VALUES)], random);
  }),
  "a member twice, once escaped": toSome(([name, value], members, random) => {
    insert(members, [escaped(name), value], random);
  }),
  "a member left out": toSome((chosen, members) => {
    members.splice(members.indexOf(chosen), 1);
  }),
  "a name escaped": toSome((chosen) => {
    chosen[0] = escaped(chosen[0]);
  }),
  "a name in other letters": toSome((chosen) => {
    chosen[0] = chosen[0].toUpperCase();
  }),
  "a string escaped": (members, random) => {
    const texts = members.filter(([, value]) => /^"[^\\]+"$/.test(value));
    if (texts.length === 0) return;
    const found = random.pick(texts);
    found[1] = escaped(found[1]);
  },
  "a value of any type": toSome((chosen, _, random) => {
    chosen[1] = random.pick(OTHER_VALUES);
  }),
  "an unknown member": (members, random) => {
    const names = ["x", "__proto__", "constructor", "toString", "", "\u0000", "ä", "exp "];
    insert(members, [quote(random.pick(names)), random.pick(OTHER_VALUES)], random);
  },
  "deep lists": (members, random) => {
    const depth = random.pick([5, 14, 15, 16, 17, 60]);
    insert(members, ['"deep"', "[".repeat(depth) + "]".repeat(depth)], random);
  },
  "deep objects": (members, random) => {
    const depth = random.pick([5, 14, 15, 16, 17, 60]);
    insert(members, ['"deep"', '{"a":'.repeat(depth) + "1" + "}".repeat(depth)], random);
  },
  "many members": (members, random) => {
    const count = random.pick([100, 240, LISTED]);
    for (let i = 0; i < count; i++) members.push([quote(`m${i}`), "0"]);
  },
  "many members inside": (members, random) => {
    const count = random.pick([100, 256, 257]);
    const inside = Array.from({ length: count }, (_, i) => `"m${i}":0`);
    insert(members, ['"inside"', `{${inside.join(",")}}`], random);
  },
  "a name twice inside": (members, random) => {
    insert(members, ['"inside"', '[{"a":{"b":1,"b":1}}]'], random);
  },
  "half a surrogate pair": (members, random) => {
    const value = random.pick(['"\\ud800"', '"a\\udc00b"', '"\\ud800\\u0041"', '{"\\udfff":1}']);
    insert(members, ['"text"', value], random);
  },
  "a surrogate pair": (members, random) => {
    insert(members, ['"text"', random.pick(['"\\ud83d\\ude00"', '"😀"', '"\\u0000"'])], random);
  },
  "a number of any form": (members, random) => {
    const digits = "9".repeat(random.pick([20, LISTED]));
    const numbers = [digits, `-${digits}`, "1e999", "-0", "0.1E+2", `0.${digits}`, "1E-999"];
    insert(members, ['"number"', random.pick(numbers)], random);
  },
  "a value that is no JSON": (members, random) => {
    const wrong = ["NaN", "Infinity", "01", "+1", ".5", "1.", "0x1", "'a'", "undefined", "", "1e"];
    const texts = ['"a\nb"', '"\\x41"', '"\\u00"', '"', "[1,]", "{,}", '{"a"}', "[1 2]", "tru"];
    insert(members, ['"wrong"', random.pick([...wrong, ...texts])], random);
  },
};
