// Changes to the bytes of a header or of a claims set that is signed all the same.

import type { Random } from "../random.ts";

export type ByteMutation = (json: Buffer, random: Random) => Buffer;

const text = (json: Buffer, change: (text: string) => string): Buffer =>
  Buffer.from(change(json.toString("latin1")), "latin1");

const around = (...choices: string[]): ByteMutation => {
  return (json, random) => {
    const added = Buffer.from(random.pick(choices));
    return Buffer.concat(random.below(2) === 0 ? [added, json] : [json, added]);
  };
};

/** Byte sequences that are not UTF-8: alone, overlong, cut off, surrogates, above U+10FFFF. */
const NOT_UTF8 = ["ff", "80", "c0af", "c3", "e282", "eda080", "edb080", "f4908080", "f8888080"];

/** Inserts bytes into the first text of a JSON document, so that nothing else is wrong. */
function insertIntoText(json: Buffer, inserted: Buffer): Buffer {
  const at = json.indexOf('":') + 1;
  const quoted = json.indexOf('"', at);
  if (at === 0 || quoted < 0) return Buffer.concat([json, inserted]);
  return Buffer.concat([json.subarray(0, quoted + 1), inserted, json.subarray(quoted + 1)]);
}

const STRUCTURE: readonly string[] = Array.from('{}[]",:\\0 ntf-.e');

export const BYTE_MUTATIONS: Readonly<Record<string, ByteMutation>> = {
  "white space around": around(" ", "\n", "\t", "\r\n", "    "),
  "other white space around": around("\v", "\f", "\u00a0", "\u0000", "\u2028"),
  "a byte order mark": (json) => Buffer.concat([Buffer.from("efbbbf", "hex"), json]),
  "something around": around("{}", "x", "//", "/**/", ",", "null", '"', "}", "{", ";"),
  "a comment inside": (json) => text(json, (found) => found.replace("{", "{/*x*/")),
  "a comma too many": (json, random) =>
    text(json, (found) =>
      random.below(2) === 0 ? found.replace(/}(\s*)$/, ",}$1") : found.replace("{", "{,"),
    ),
  "a comma too few": (json) => text(json, (found) => found.replace(/,(?=[^,]*$)/, " ")),
  "single quotation marks": (json) => text(json, (found) => found.replaceAll('"', "'")),
  "names without quotation marks": (json) =>
    text(json, (found) => found.replaceAll(/"(\w+)"(\s*):/g, "$1$2:")),
  "a list around": (json) => text(json, (found) => `[${found}]`),
  "no object": (_, random) =>
    Buffer.from(random.pick(["[]", '"x"', "null", "1", "true", "{}", " ", "x", '"{}"'])),
  nothing: () => Buffer.alloc(0),
  "JSON as a string": (json) => Buffer.from(JSON.stringify(json.toString())),
  "bytes that are not UTF-8": (json, random) =>
    insertIntoText(json, Buffer.from(random.pick(NOT_UTF8), "hex")),
  "bytes that are not UTF-8 behind": (json, random) =>
    Buffer.concat([json, Buffer.from(random.pick(NOT_UTF8), "hex")]),
  "UTF-16": (json) => Buffer.from(json.toString(), "utf16le"),
  "a control character in a text": (json, random) =>
    insertIntoText(json, Buffer.from([random.below(0x20)])),
  "cut off": (json, random) => json.subarray(0, random.below(json.length)),
  "a bit flipped": (json, random) => {
    const out = Buffer.from(json);
    const at = random.below(out.length);
    out[at] = (out[at] ?? 0) ^ (1 << random.below(8));
    return out;
  },
  "a byte of structure put in": (json, random) => {
    const at = random.below(json.length + 1);
    const put = Buffer.from(random.pick(STRUCTURE));
    return Buffer.concat([json.subarray(0, at), put, json.subarray(at)]);
  },
  "a byte replaced by one of structure": (json, random) => {
    const out = Buffer.from(json);
    out[random.below(out.length)] = random.pick(STRUCTURE).charCodeAt(0);
    return out;
  },
  "a byte left out": (json, random) => {
    const at = random.below(json.length);
    return Buffer.concat([json.subarray(0, at), json.subarray(at + 1)]);
  },
};
