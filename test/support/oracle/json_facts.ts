// What a JSON document has in it that JSON.parse does not tell. Nothing here decides whether a
// document is JSON: that is asked first.

export interface JsonFacts {
  /** Levels of objects and lists. */
  depth: number;
  /** Of the object with the most. */
  members: number;
  hasDuplicate: boolean;
  hasHalfSurrogate: boolean;
  /** Numbers of the outermost object as they are written, by name. */
  numbers: ReadonlyMap<string, string>;
}

const TOKENS = /"(?:[^"\\]|\\.)*"|[[\]{}:,]|[^\s[\]{}:,"]+/gs;
const HALF = /[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/;

/** `text` is JSON. */
export function readJsonFacts(text: string): JsonFacts {
  const numbers = new Map<string, string>();
  const facts = { depth: 0, members: 0, hasDuplicate: false, hasHalfSurrogate: false, numbers };
  /** Names of each open object, null for a list. */
  const open: (Set<string> | null)[] = [];
  let name = "";
  let isName = false;
  for (const [token] of text.matchAll(TOKENS)) {
    const names = open.at(-1);
    if (token === "{" || token === "[") {
      open.push(token === "{" ? new Set() : null);
      facts.depth = Math.max(facts.depth, open.length);
    } else if (token === "}" || token === "]") {
      open.pop();
    } else if (token.startsWith('"')) {
      const value = String(JSON.parse(token));
      facts.hasHalfSurrogate ||= HALF.test(value);
      if (isName && names instanceof Set) {
        facts.hasDuplicate ||= names.has(value);
        names.add(value);
        facts.members = Math.max(facts.members, names.size);
        name = value;
      }
    } else if (/^[-\d]/.test(token) && open.length === 1) {
      numbers.set(name, token);
    }
    isName = token === "{" || (token === "," && open.at(-1) instanceof Set);
  }
  return facts;
}
