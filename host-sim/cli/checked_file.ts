// A configuration file on its way to the module: read, parsed, held against the schema, then
// against the module's own check. Every finding knows its place in the file.

import { readFile } from "node:fs/promises";
import { createHost, rejectionOf } from "../src/index.ts";
import { createSignatureCrypto, systemClock, systemRandom } from "../gateway/platform.ts";
import { CommandError, systemCode } from "./command_error.ts";
import { formatPath, parsePath } from "./json_path.ts";
import { schemaFindings } from "./schema_check.ts";
import { SourceDocument } from "./source_document.ts";
import type { Position, Span } from "./source_document.ts";

export interface Finding extends Position {
  /** JSON path, or YAML for what is not well formed. */
  path: string;
  message: string;
  /** The line of the file, and how many of its characters are at fault. */
  lineText: string;
  width: number;
}

export type CheckedFile =
  { kind: "accepted"; configurationText: string } | { kind: "refused"; findings: Finding[] };

/** Throws CommandError when the file cannot be read. */
export async function checkFile(file: string, module: WebAssembly.Module): Promise<CheckedFile> {
  const document = new SourceDocument(await readText(file));
  const syntax = document.syntaxFindings;
  if (syntax.length > 0) {
    return refused(syntax.map(({ message, span }) => placed(document, span, "YAML", message)));
  }
  const { value } = document;
  const schema = schemaFindings(value).map(({ path, at, message }) => {
    const span = at === "name" ? document.spanOfName(path) : document.spanOfValue(path);
    return placed(document, span, formatPath(path), message);
  });
  if (schema.length > 0) return refused(schema);

  const configurationText = JSON.stringify(value);
  const message = moduleVerdict(module, configurationText);
  if (message === null) return { kind: "accepted", configurationText };
  return refused([placedVerdict(document, value, message)]);
}

/** What the module says about a configuration; null when it takes it. */
export function moduleVerdict(module: WebAssembly.Module, configuration: string): string | null {
  const host = createHost({
    clock: systemClock,
    random: systemRandom,
    crypto: createSignatureCrypto(),
  });
  return rejectionOf(host, { module, configuration });
}

function placedVerdict(document: SourceDocument, value: unknown, message: string): Finding {
  const match = /\bconfig: (\$?[^:\s]*): (found [^]*)$/.exec(message);
  if (match === null) return placed(document, { start: 0, end: 0 }, "$", message);
  const [, path = "$", finding = message] = match;
  const { segments } = parsePath(path, value);
  const isName = finding.startsWith("found an unknown member");
  const span = isName ? document.spanOfName(segments) : document.spanOfValue(segments);
  return placed(document, span, path, finding);
}

function placed(document: SourceDocument, span: Span, path: string, message: string): Finding {
  const { line, column } = document.position(span.start);
  const lineText = document.text.split(/\r?\n/)[line - 1] ?? "";
  const width = Math.max(1, Math.min(span.end - span.start, lineText.length - column + 1));
  return { line, column, path, message, lineText, width };
}

function refused(findings: Finding[]): CheckedFile {
  const inOrder = (left: Finding, right: Finding): number =>
    left.line - right.line || left.column - right.column;
  return { kind: "refused", findings: findings.sort(inOrder) };
}

async function readText(file: string): Promise<string> {
  let bytes: Buffer;
  try {
    bytes = await readFile(file);
  } catch (error) {
    throw new CommandError(`${file}: ${reasonOf(error)}`);
  }
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw new CommandError(`${file}: not UTF-8`);
  }
}

function reasonOf(error: unknown): string {
  switch (systemCode(error)) {
    case "ENOENT":
      return "no such file";
    case "EISDIR":
      return "is a folder, not a file";
    case "EACCES":
      return "permission denied";
    default:
      return error instanceof Error ? error.message : String(error);
  }
}
