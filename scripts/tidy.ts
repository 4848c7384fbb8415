// Checks what neither a compiler nor a linter knows: the walls between the rooms, the shape of
// files and pages. Prints one line per finding, `path:line: message`, and exits with 1 if any.

import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

import * as documents from "./tidy/documents.ts";
import * as imports from "./tidy/imports.ts";
import { loadRepository } from "./tidy/repository.ts";
import type { Rule } from "./tidy/repository.ts";
import * as sources from "./tidy/sources.ts";

const RULES: Rule[] = [documents, imports, sources].flatMap((rules) => Object.values(rules));

const repository = await loadRepository(join(dirname(fileURLToPath(import.meta.url)), ".."));
const findings = RULES.flatMap((rule) => rule(repository)).sort(
  (one, other) => one.path.localeCompare(other.path) || one.line - other.line,
);
for (const { path, line, message } of findings) console.log(`${path}:${line}: ${message}`);
if (findings.length > 0) process.exitCode = 1;
