import { readdir } from "node:fs/promises";
import { join } from "node:path";

/** Folders that hold no source: what .gitignore names, and git's own. */
export const GENERATED_FOLDERS: readonly string[] = [
  ".cache",
  ".git",
  ".keys",
  "build",
  "coverage",
  "node_modules",
];

/**
 * Paths of the files below `root`, relative to it, with `/`, sorted; generated folders left out.
 */
export async function listFiles(root: string): Promise<string[]> {
  const found: string[] = [];
  const folders = [""];
  for (let folder = folders.pop(); folder !== undefined; folder = folders.pop()) {
    for (const entry of await readdir(join(root, folder), { withFileTypes: true })) {
      const path = folder === "" ? entry.name : `${folder}/${entry.name}`;
      if (entry.isDirectory()) {
        if (!GENERATED_FOLDERS.includes(entry.name)) folders.push(path);
      } else if (entry.isFile() && !entry.name.endsWith(".log")) {
        found.push(path);
      }
    }
  }
  return found.sort();
}
