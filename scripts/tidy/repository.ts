import { readFile } from "node:fs/promises";
import { join } from "node:path";

import { listFiles } from "../lib/list_files.ts";

/** Text of every file by path, relative to the root, with `/`. */
export type Repository = ReadonlyMap<string, string>;

export interface Finding {
  path: string;
  /** Counted from 1. */
  line: number;
  message: string;
}

export type Rule = (repository: Repository) => Finding[];

export async function loadRepository(root: string): Promise<Repository> {
  const paths = await listFiles(root);
  const texts = await Promise.all(paths.map((path) => readFile(join(root, path), "utf8")));
  return new Map(paths.map((path, index) => [path, texts[index] ?? ""]));
}

/** Files that people write: not the lock file, and not data of others kept for tests. */
export function isOurs(path: string): boolean {
  return path !== "package-lock.json" && !/^(test\/vectors|bench\/results)\/(?!README)/.test(path);
}

export function isSource(path: string): boolean {
  return /\.[jt]s$/.test(path) && isOurs(path);
}

/** One finding for each match of `pattern`, which must carry the `g` flag. */
export function findMatches(
  path: string,
  text: string,
  pattern: RegExp,
  message: (found: RegExpExecArray) => string,
): Finding[] {
  return [...text.matchAll(pattern)].map((found) => ({
    path,
    line: lineOf(text, found.index),
    message: message(found),
  }));
}

export function lineOf(text: string, offset: number): number {
  return text.slice(0, offset).split("\n").length;
}
