// What patterns and tests of values say, read off their documentation: every split of a value is
// tried, those that are to be preferred first. Strings hold bytes (latin1). Patterns are taken for
// correct.

export interface ModelValueTest {
  exact?: string;
  prefix?: string;
  suffix?: string;
  contains?: string;
  pattern?: string;
  not?: boolean;
}

interface Literal {
  literal: string;
}

interface Wildcard {
  takesAny: boolean;
  name: string | undefined;
}

type Token = Literal | Wildcard;

interface Split {
  /** What stands for each token. */
  taken: readonly string[];
  /** What is left of the value. */
  left: string;
}

const TOKENS = /\\(?<escaped>.)|\{(?<name>[a-z][a-z0-9_]*)(?<rest>\*\*)?\}|(?<stars>\*\*?)/s;

const bytesOf = (text: string): string => Buffer.from(text).toString("latin1");
const mirror = (text: string): string => [...text].toReversed().join("");
const mirrorToken = (token: Token): Token =>
  "literal" in token ? { literal: mirror(token.literal) } : token;

function tokensOf(pattern: string): Token[] {
  const tokens: Token[] = [];
  for (let left = bytesOf(pattern); left !== "";) {
    const found = TOKENS.exec(left);
    if (found?.index !== 0) {
      const literal = left.slice(0, found?.index);
      tokens.push({ literal });
      left = left.slice(literal.length);
      continue;
    }
    const { escaped, name, rest, stars } = found.groups ?? {};
    if (escaped !== undefined) tokens.push({ literal: escaped });
    else tokens.push({ takesAny: rest === "**" || stars === "**", name });
    left = left.slice(found[0].length);
  }
  return tokens;
}

/** Ways in which tokens without `**` take the beginning of a value: fewest bytes first. */
function* splits(tokens: readonly Token[], value: string): Generator<Split> {
  const [token, ...others] = tokens;
  if (token === undefined) {
    yield { taken: [], left: value };
    return;
  }
  for (const first of choices(token, value)) {
    for (const { taken, left } of splits(others, value.slice(first.length))) {
      yield { taken: [first, ...taken], left };
    }
  }
}

function* choices(token: Token, value: string): Generator<string> {
  if ("literal" in token) {
    if (value.startsWith(token.literal)) yield token.literal;
    return;
  }
  for (let length = 1; length <= value.length; length++) {
    const chosen = value.slice(0, length);
    if (!chosen.includes("/")) yield chosen;
  }
}

/** What stands for each token; null when the value is none of the pattern. */
function preferredSplit(tokens: readonly Token[], value: string): readonly string[] | null {
  const rest = tokens.findIndex((token) => "takesAny" in token && token.takesAny);
  if (rest < 0) {
    for (const { taken, left } of splits(tokens, value)) if (left === "") return taken;
    return null;
  }
  const behind = tokens.slice(rest + 1).map(mirrorToken);
  for (const head of splits(tokens.slice(0, rest), value)) {
    for (const tail of splits(behind.toReversed(), mirror(head.left))) {
      return [...head.taken, mirror(tail.left), ...tail.taken.map(mirror).toReversed()];
    }
  }
  return null;
}

/** Captures by name; null when the value is none of the pattern. */
export function matchValuePattern(
  pattern: string,
  value: Uint8Array,
): Map<string, Uint8Array> | null {
  const tokens = tokensOf(pattern);
  const split = preferredSplit(tokens, Buffer.from(value).toString("latin1"));
  if (split === null) return null;
  const captures = new Map<string, Uint8Array>();
  for (const [i, token] of tokens.entries()) {
    if ("literal" in token || token.name === undefined) continue;
    captures.set(token.name, Uint8Array.from(Buffer.from(split[i] ?? "", "latin1")));
  }
  return captures;
}

export function meetsValueTest(test: ModelValueTest, value: Uint8Array): boolean {
  const { exact, prefix, suffix, contains, pattern, not } = test;
  const bytes = Buffer.from(value).toString("latin1");
  let isMet = false;
  if (exact !== undefined) isMet = bytes === bytesOf(exact);
  else if (prefix !== undefined) isMet = bytes.startsWith(bytesOf(prefix));
  else if (suffix !== undefined) isMet = bytes.endsWith(bytesOf(suffix));
  else if (contains !== undefined) isMet = bytes.includes(bytesOf(contains));
  else if (pattern !== undefined) isMet = matchValuePattern(pattern, value) !== null;
  return isMet !== (not ?? false);
}
