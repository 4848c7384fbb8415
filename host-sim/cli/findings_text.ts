// Findings as a compiler prints them: file:line:column, the line, and a caret under what is at
// fault.

import type { Finding } from "./checked_file.ts";
import type { Colors } from "./terminal.ts";

export function findingsText(file: string, findings: readonly Finding[], colors: Colors): string {
  return findings.map((finding) => findingText(file, finding, colors)).join("\n");
}

function findingText(file: string, finding: Finding, colors: Colors): string {
  const { line, column, path, message, lineText, width } = finding;
  const place = colors.bold(`${file}:${line}:${column}:`);
  const number = String(line);
  // Tabs stay tabs, so that the caret stands right whatever their width.
  const indent = lineText.slice(0, column - 1).replace(/[^\t]/g, " ");
  const margin = colors.dim(`${" ".repeat(number.length)} |`);
  return [
    `${place} ${colors.cyan(path)}: ${message}`,
    `  ${colors.dim(`${number} |`)} ${lineText}`,
    `  ${margin} ${indent}${colors.red("^".repeat(width))}`,
    "",
  ].join("\n");
}
