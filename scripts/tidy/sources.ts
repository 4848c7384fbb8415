import { findMatches, isOurs, isSource } from "./repository.ts";
import type { Finding, Repository } from "./repository.ts";

const LINES_MAX = 350;
const COLUMNS_MAX = 100;

const MAY_BE_LONG =
  /_table\.ts$|^host-sim\/cli\/configuration\.ts$|^assembly\/core\/crypto\/generated\//;

/** Files of 350 lines, lines of 100 columns; tables, links and generated code may be longer. */
export function sizes(repository: Repository): Finding[] {
  return [...repository]
    .filter(([path]) => isSource(path))
    .flatMap(([path, text]) => {
      const lines = text.replace(/\n$/, "").split("\n");
      const findings = lines.flatMap((line, index) =>
        line.length > COLUMNS_MAX && !/https?:\/\//.test(line)
          ? [{ path, line: index + 1, message: `is longer than ${COLUMNS_MAX} columns` }]
          : [],
      );
      if (lines.length > LINES_MAX && !MAY_BE_LONG.test(path)) {
        const message = `has ${lines.length} lines, the limit is ${LINES_MAX}`;
        findings.push({ path, line: LINES_MAX + 1, message });
      }
      return findings;
    });
}

/** No marks of unfinished work. */
export function leftovers(repository: Repository): Finding[] {
  return [...repository]
    .filter(([path]) => isOurs(path))
    .flatMap(([path, text]) =>
      findMatches(path, text, /\b(?:FIX[M]E|TO[D]O|X[X]X)\b/g, ([word]) => `${word} left behind`),
    );
}

/**
 * The host is declared in abi/imports.ts and calls abi/exports.ts and abi/arena.ts, nothing else.
 */
export function borders(repository: Repository): Finding[] {
  return [...repository]
    .filter(([path]) => /^assembly\/(?!probe\/).*\.ts$/.test(path))
    .flatMap(([path, text]) => [
      ...(path === "assembly/abi/imports.ts"
        ? []
        : findMatches(
            path,
            text,
            /^\s*@external\b/gm,
            () => "@external belongs in abi/imports.ts",
          )),
      ...(/^assembly\/abi\/(exports|arena)\.ts$/.test(path)
        ? []
        : findMatches(
            path,
            text,
            /^\s*export function (proxy_\w+)/gm,
            ([, name]) => `${name ?? ""} belongs in abi/exports.ts`,
          )),
    ]);
}

const REASONS = "assembly/core/reason.ts";

/** Every reason has one number and one name, and its name stands in a Markdown page. */
export function reasonCodes(repository: Repository): Finding[] {
  const text = repository.get(REASONS);
  if (text === undefined) return [];
  const body = /enum Reason \{[^}]*\}/.exec(text);
  const numbers = findMatches(
    REASONS,
    (body?.[0] ?? "").replace(/^/, "\n".repeat(text.slice(0, body?.index).split("\n").length - 1)),
    /^ +\w+ = (\d+),/gm,
    ([, number]) => number ?? "",
  );
  const names = findMatches(
    REASONS,
    text,
    /^define\w*\(\s*Reason\.\w+,[^"]*"([^"]+)"/gm,
    ([, name]) => name ?? "",
  );
  const pages = [...repository]
    .filter(([path]) => path.endsWith(".md"))
    .map(([, page]) => page)
    .join("\n");
  return [
    ...repeated(numbers, "number"),
    ...repeated(names, "name"),
    ...names
      .filter(({ message: name }) => name !== "ok" && !pages.includes(`\`${name}\``))
      .map((found) => ({
        ...found,
        message: `reason ${found.message} stands in no Markdown page`,
      })),
  ];
}

function repeated(values: Finding[], what: string): Finding[] {
  return values
    .filter((value, index) => values.findIndex((one) => one.message === value.message) !== index)
    .map((value) => ({ ...value, message: `reason ${what} ${value.message} is used twice` }));
}

const LIMITS = ["limits", "rule_limits", "metric_limits", "export_limits"].map(
  (name) => `assembly/core/${name}.ts`,
);

/** A limit that nothing reads bounds nothing. */
export function limitsAreUsed(repository: Repository): Finding[] {
  return LIMITS.flatMap((path) => unusedLimits(repository, path));
}

function unusedLimits(repository: Repository, limits: string): Finding[] {
  const text = repository.get(limits) ?? "";
  const rest = [...repository]
    .filter(([path]) => path.startsWith("assembly/") && path.endsWith(".ts") && path !== limits)
    .map(([, other]) => other)
    .join("\n");
  return findMatches(limits, text, /^export const (\w+)/gm, ([, name]) => name ?? "")
    .filter(({ message: name }) => {
      const uses = new RegExp(`\\b${name}\\b`, "g");
      return !uses.test(rest) && (text.match(uses) ?? []).length < 2;
    })
    .map((found) => ({ ...found, message: `limit ${found.message} is used nowhere` }));
}
