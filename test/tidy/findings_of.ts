import type { Rule } from "../../scripts/tidy/repository.ts";

/** What a rule says of a repository of these files, as tidy prints it. */
export function findingsOf(rule: Rule, files: Record<string, string>): string[] {
  return rule(new Map(Object.entries(files))).map(
    ({ path, line, message }) => `${path}:${line}: ${message}`,
  );
}
