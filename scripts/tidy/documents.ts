import { posix } from "node:path";

import { GENERATED_FOLDERS } from "../lib/list_files.ts";
import { findMatches, isOurs } from "./repository.ts";
import type { Finding, Repository } from "./repository.ts";

const FILTER_HEADINGS = [
  "What it does",
  "Configuration",
  "Decisions",
  "Failure modes",
  "Phases and host calls",
  "Metrics",
  "Try it",
];

/** Folders in which a newcomer finds one page on what they are for. */
const ROOM = /^([^./][^/]*|(assembly|host-sim)\/[^/]+|assembly\/filters\/[^/]+|test\/vectors)$/;

/** One title a page. */
export function titles(repository: Repository): Finding[] {
  return eachPage(repository).flatMap(([path, text]) => {
    const found = findMatches(path, prose(text), /^# .*/gm, () => "has a second title");
    return found.length === 0 ? [{ path, line: 1, message: "has no title" }] : found.slice(1);
  });
}

/** Each room has its README.md. */
export function roomPages(repository: Repository): Finding[] {
  const rooms = new Set(
    [...repository.keys()].flatMap((path) => parents(path).filter((folder) => ROOM.test(folder))),
  );
  return [...rooms]
    .map((room) => `${room}/README.md`)
    .filter((path) => !repository.has(path))
    .map((path) => ({ path, line: 1, message: "is missing: each room has a page" }));
}

/** The page of a filter has the fixed headings, in their order. */
export function filterPages(repository: Repository): Finding[] {
  return eachPage(repository)
    .filter(([path]) => /^assembly\/filters\/[^/]+\/README\.md$/.test(path))
    .flatMap(([path, text]) => {
      const headings = [...prose(text).matchAll(/^## (.*)$/gm)].map(([, heading]) => heading ?? "");
      const known = headings.filter((heading) => FILTER_HEADINGS.includes(heading));
      const missing = FILTER_HEADINGS.filter((heading) => !headings.includes(heading));
      if (missing.length > 0) {
        return missing.map((heading) => ({ path, line: 1, message: `lacks "## ${heading}"` }));
      }
      return known.join() === FILTER_HEADINGS.join()
        ? []
        : [
            {
              path,
              line: 1,
              message: `has its headings out of order: ${FILTER_HEADINGS.join(", ")}`,
            },
          ];
    });
}

/** Links and paths in backticks name files that exist, or that a build makes. */
export function pathsExist(repository: Repository): Finding[] {
  const known = new Set([...repository.keys()].flatMap((path) => [path, ...parents(path)]));
  const suffixes = new Set([...known].flatMap(suffixesOf));
  const top = new Set([...known].filter((path) => !path.includes("/")));

  function exists(page: string, path: string): boolean {
    const beside = posix.join(posix.dirname(page), path);
    const plain = posix.join(path).replace(/\/$/, "");
    if (GENERATED_FOLDERS.some((folder) => plain === folder || plain.startsWith(`${folder}/`))) {
      return true;
    }
    if (known.has(beside.replace(/\/$/, "")) || known.has(plain)) return true;
    return !top.has(plain.split("/")[0] ?? "") && suffixes.has(plain);
  }

  return eachPage(repository)
    .flatMap(([page, text]) => [
      ...findMatches(page, prose(text), /`([^`\n]+)`/g, ([, quoted]) => quoted ?? "").filter(
        ({ message: quoted }) => looksLikePath(quoted, top) && !exists(page, quoted),
      ),
      ...findMatches(page, prose(text), /\]\(([^)\s#]+)[^)]*\)/g, ([, link]) => link ?? "").filter(
        ({ message: link }) =>
          !/^\w+:/.test(link) &&
          !known.has(posix.join(posix.dirname(page), link).replace(/\/$/, "")),
      ),
    ])
    .map((found) => ({ ...found, message: `${found.message} does not exist` }));
}

/** Nothing in a page depends on the machine it was written on. */
export function machinePaths(repository: Repository): Finding[] {
  return eachPage(repository).flatMap(([path, text]) =>
    findMatches(
      path,
      text,
      /(?<![\w.~}/-])\/(?:home|root|tmp|Users|work|workspace)\/[\w./-]*/g,
      ([found]) => `${found} is a path of one machine`,
    ),
  );
}

function eachPage(repository: Repository): [string, string][] {
  return [...repository].filter(([path]) => path.endsWith(".md") && isOurs(path));
}

/** The page with its fenced blocks blanked, positions kept. */
function prose(text: string): string {
  return text.replace(/^( *)(```|~~~)[^]*?^ *\2.*$/gm, (block) => block.replace(/[^\n]/g, " "));
}

function parents(path: string): string[] {
  const parts = path.split("/").slice(0, -1);
  return parts.map((_, index) => parts.slice(0, index + 1).join("/"));
}

/** `core/limits.ts` and `limits.ts` for `assembly/core/limits.ts`. */
function suffixesOf(path: string): string[] {
  const parts = path.split("/");
  return parts.map((_, index) => parts.slice(index).join("/"));
}

/**
 * A name of a source file, or anything below a folder of the root; no placeholders, no patterns.
 */
function looksLikePath(quoted: string, top: Set<string>): boolean {
  if (!/^[\w./@-]+$/.test(quoted) || quoted.startsWith("/")) return false;
  const [first = ""] = quoted.split("/");
  if (quoted.includes("/") && top.has(first)) return true;
  return /^[\w./@-]+\.(ts|js|md|json|ya?ml|toml|wasm)$/.test(quoted) || /^\.\.?\//.test(quoted);
}
