// Lists of Structured Fields (RFC 9651 §4.2.1), read as strictly as the text says: what a client's
// parser would refuse throws. Items only: no inner lists, dates and display strings.

/** Numbers are Integers. */
export type BareItem =
  string | number | boolean | { decimal: number } | { token: string } | { bytes: Buffer };

export interface StructuredItem {
  value: BareItem;
  parameters: ReadonlyMap<string, BareItem>;
}

/** Parses a field value; several lines of a field are one value, joined with commas (§4.2). */
export function parseStructuredList(value: string): StructuredItem[] {
  return new ListParser(value).list();
}

const KEY = /[a-z*][a-z0-9_.*-]*/y;
const NUMBER = /-?[0-9]+(\.[0-9]+)?/y;
/** §3.3.3: printable ASCII, `"` and `\` behind a `\`. */
const STRING = /"((?:[ !#-[\]-~]|\\["\\])*)"/y;
const TOKEN = /[A-Za-z*][!#$%&'*+.^_`|~:/0-9A-Za-z-]*/y;
const BYTES = /:([A-Za-z0-9+/]*={0,2}):/y;
const BOOLEAN = /\?[01]/y;
const SPACES = / */y;
const OWS = /[ \t]*/y;
const INTEGER_DIGITS_MAX = 15;

class ListParser {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  list(): StructuredItem[] {
    this.#take(SPACES);
    const items: StructuredItem[] = [];
    while (this.#at < this.#text.length) {
      items.push(this.#item());
      this.#take(OWS);
      if (this.#at === this.#text.length) return items;
      if (!this.#skip(",")) this.#fail("a comma");
      this.#take(OWS);
      if (this.#at === this.#text.length) this.#fail("an item behind the comma");
    }
    return items;
  }

  #item(): StructuredItem {
    const value = this.#bare();
    const parameters = new Map<string, BareItem>();
    while (this.#skip(";")) {
      this.#take(SPACES);
      const [key] = this.#take(KEY) ?? this.#fail("a key");
      parameters.set(key, this.#skip("=") ? this.#bare() : true);
    }
    return { value, parameters };
  }

  #bare(): BareItem {
    const number = this.#take(NUMBER);
    if (number !== null) return this.#number(number[0]);
    const string = this.#take(STRING);
    if (string !== null) return (string[1] ?? "").replace(/\\(.)/g, "$1");
    const bytes = this.#take(BYTES);
    if (bytes !== null) return { bytes: Buffer.from(bytes[1] ?? "", "base64") };
    const boolean = this.#take(BOOLEAN);
    if (boolean !== null) return boolean[0] === "?1";
    const [token] = this.#take(TOKEN) ?? this.#fail("an item");
    return { token };
  }

  /** §4.2.4: 15 digits, or 12 and 3 behind the point. */
  #number(text: string): BareItem {
    const [whole = "", fraction] = text.replace("-", "").split(".");
    if (fraction === undefined && whole.length <= INTEGER_DIGITS_MAX) return Number(text);
    if (fraction === undefined || whole.length > 12 || fraction.length > 3)
      return this.#fail("a shorter number");
    return { decimal: Number(text) };
  }

  #skip(character: string): boolean {
    if (this.#text[this.#at] !== character) return false;
    this.#at++;
    return true;
  }

  #take(pattern: RegExp): RegExpExecArray | null {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text);
    if (found !== null) this.#at = pattern.lastIndex;
    return found;
  }

  #fail(wanted: string): never {
    throw new Error(`${JSON.stringify(this.#text)}: no ${wanted} at ${String(this.#at)}`);
  }
}

/** One item of RateLimit or RateLimit-Policy: the name and its parameters. */
export interface RateLimitItem {
  name: string;
  parameters: Record<string, number>;
}

const ALLOWED: Readonly<
  Record<string, { required: string; positive: string; optional: string[] }>
> = {
  ratelimit: { required: "r", positive: "", optional: ["t"] },
  "ratelimit-policy": { required: "q", positive: "w", optional: ["w"] },
};

/**
 * Reads a field of draft-ietf-httpapi-ratelimit-headers-10: items are strings, parameters whole
 * numbers from 0; §3.1.2: `w` is above it.
 */
export function parseRateLimitField(field: string, value: string): RateLimitItem[] {
  const allowed = ALLOWED[field];
  if (allowed === undefined) throw new Error(`${field} is no field of rate limits`);
  return parseStructuredList(value).map((item) => {
    if (typeof item.value !== "string") throw new Error(`${value}: a name is no string`);
    const parameters: Record<string, number> = {};
    for (const [key, number] of item.parameters) {
      const isKnown = key === allowed.required || allowed.optional.includes(key);
      const least = key === allowed.positive ? 1 : 0;
      if (!isKnown || typeof number !== "number" || number < least)
        throw new Error(`${value}: ${key} is not as the draft has it`);
      parameters[key] = number;
    }
    if (!(allowed.required in parameters)) throw new Error(`${value}: no ${allowed.required}`);
    return { name: item.value, parameters };
  });
}
