import { posix } from "node:path";

import ts from "typescript";

import { isSource, lineOf } from "./repository.ts";
import type { Finding, Repository } from "./repository.ts";
import { isAllowed, roomOf } from "./rooms.ts";

interface Import {
  /** As written: `./text`, `node:fs`, `yaml`. */
  specifier: string;
  line: number;
  /** The file it names, null for packages and Node's own modules. */
  target: string | null;
}

/** Each import stays within what its room may know. */
export function importRules(repository: Repository): Finding[] {
  return eachTypeScript(repository).flatMap(([path, text]) => {
    const room = roomOf(path);
    if (room === undefined) {
      const message = "belongs to no room, add it to scripts/tidy/rooms.ts";
      return [{ path, line: 1, message }];
    }
    return importsOf(path, text)
      .filter((found) => !isAllowed(room, path, found.target ?? found.specifier))
      .map((found) => ({
        path,
        line: found.line,
        message: `${room.name} may not import ${found.target ?? found.specifier}`,
      }));
  });
}

/** Each relative import names a file that exists. */
export function importsExist(repository: Repository): Finding[] {
  return eachTypeScript(repository).flatMap(([path, text]) =>
    importsOf(path, text)
      .filter((found) => found.target !== null && !repository.has(found.target))
      .map((found) => ({
        path,
        line: found.line,
        message: `${found.specifier} names no file`,
      })),
  );
}

/** Each file is imported, is a test, or is started by its path from a script or a configuration. */
export function filesAreUsed(repository: Repository): Finding[] {
  const imported = new Set(
    eachTypeScript(repository).flatMap(([path, text]) =>
      importsOf(path, text).map((found) => found.target),
    ),
  );
  return eachTypeScript(repository)
    .filter(([path]) => path.includes("/") && !/\.(test|d)\.ts$/.test(path))
    .filter(([path]) => !imported.has(path) && !isNamed(repository, path))
    .map(([path]) => ({ path, line: 1, message: "is never imported or started" }));
}

function eachTypeScript(repository: Repository): [string, string][] {
  return [...repository].filter(([path]) => isSource(path) && path.endsWith(".ts"));
}

function importsOf(path: string, text: string): Import[] {
  return ts.preProcessFile(text, true, true).importedFiles.map((found) => ({
    specifier: found.fileName,
    line: lineOf(text, found.pos),
    target: resolve(path, found.fileName),
  }));
}

/** AssemblyScript leaves the extension out, TypeScript names the real file. */
function resolve(path: string, specifier: string): string | null {
  if (!specifier.startsWith(".")) return null;
  const target = posix.join(posix.dirname(path), specifier);
  return /\.\w+$/.test(target) ? target : `${target}.ts`;
}

function isNamed(repository: Repository, path: string): boolean {
  const sibling = `"./${posix.basename(path)}"`;
  return [...repository].some(
    ([other, text]) =>
      other !== path &&
      !other.endsWith(".md") &&
      (text.includes(path) ||
        (posix.dirname(other) === posix.dirname(path) && text.includes(sibling))),
  );
}
