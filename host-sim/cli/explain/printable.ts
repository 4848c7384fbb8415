// What strangers wrote, made fit for a terminal: nothing that moves the cursor or turns the text
// around, and nothing that could be used as a token.

const SHOWN_CHARACTERS = 120;
/** Controls, and marks that change the direction of text (UAX #9 §2). */
const UNPRINTABLE = /[\u0000-\u001f\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;
/** A compact JWS or what is left of one: base64url of `{"` begins with ey. */
const TOKEN = /\bey[\w-]{6,}(\.[\w-]*)+/g;
const HIDDEN = "‹token›";

/** A text without its controls. */
export function printable(text: string): string {
  return text.replace(UNPRINTABLE, escaped);
}

/** A JSON value on one line: texts as they are, the rest as JSON; long ones are cut. */
export function shown(value: unknown): string {
  if (value === undefined) return "none";
  const text = typeof value === "string" ? value : JSON.stringify(value);
  const cut = text.length > SHOWN_CHARACTERS ? `${text.slice(0, SHOWN_CHARACTERS)}…` : text;
  return printable(cut);
}

/** A header's value or a path without the tokens in it. */
export function withoutTokens(text: string, token: string | null): string {
  const rest = token === null || token === "" ? text : text.replaceAll(token, HIDDEN);
  return printable(rest.replace(TOKEN, HIDDEN));
}

function escaped(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
}
