// JSON paths as the module prints them: $.jwt.providers.demo.audiences[0]. Member names stand as
// they are.

export type Segment = string | number;

export function formatPath(segments: readonly Segment[]): string {
  return segments.reduce<string>(
    (path, segment) => path + (typeof segment === "number" ? `[${segment}]` : `.${segment}`),
    "$",
  );
}

/** Segments of a JSON pointer (RFC 6901); numbers where the value at that place is a list. */
export function segmentsOfPointer(pointer: string, root: unknown): Segment[] {
  let value = root;
  return pointer
    .split("/")
    .slice(1)
    .map((part) => {
      const name = part.replaceAll("~1", "/").replaceAll("~0", "~");
      const segment = Array.isArray(value) ? Number(name) : name;
      value = childOf(value, segment);
      return segment;
    });
}

/**
 * Segments of a printed path, as far as they exist in the document: a member's name may hold dots
 * and brackets, so the longest member that fits is taken. `rest` is what could not be followed.
 */
export function parsePath(path: string, root: unknown): { segments: Segment[]; rest: string } {
  const segments: Segment[] = [];
  let value = root;
  let rest = path.replace(/^\$/, "");
  for (;;) {
    const segment = Array.isArray(value) ? indexAt(rest) : longestMember(value, rest);
    if (segment === undefined || childOf(value, segment.segment) === undefined) break;
    segments.push(segment.segment);
    value = childOf(value, segment.segment);
    rest = rest.slice(segment.length);
  }
  return { segments, rest };
}

interface Found {
  segment: Segment;
  length: number;
}

function indexAt(rest: string): Found | undefined {
  const match = /^\[(\d+)\]/.exec(rest);
  return match === null ? undefined : { segment: Number(match[1]), length: match[0].length };
}

function longestMember(value: unknown, rest: string): Found | undefined {
  if (typeof value !== "object" || value === null || !rest.startsWith(".")) return undefined;
  const fits = Object.keys(value).filter((name) => {
    const after = rest.slice(1 + name.length);
    return rest.startsWith(name, 1) && /^($|[.[])/.test(after);
  });
  const name = fits.sort((left, right) => right.length - left.length)[0];
  return name === undefined ? undefined : { segment: name, length: 1 + name.length };
}

function childOf(value: unknown, segment: Segment): unknown {
  if (typeof value !== "object" || value === null) return undefined;
  return Object.entries(value).find(([name]) => name === String(segment))?.[1];
}
