// An explanation for a terminal.
//
//   GET /orders  at api.example.org, 2026-11-25 10:00:00Z
//
//   ✓ trace       + traceparent
//   ✗ jwt         rules[0], prefix / → idp
//     ✓ token       in authorization: Bearer, 331 bytes
//     ✗ expiry      exp 2026-11-25 09:55:00Z, 5 min ago
//     · issuer      …
//
//   Refused with 401, jwt:expired

import { instantText } from "./dates.ts";
import type { Answered, Explanation, ProviderExplanation, Section } from "./explanation.ts";
import type { HeaderChange } from "./header_changes.ts";
import type { Mark } from "./jwt_steps.ts";
import { printable, shown } from "./printable.ts";
import type { Colors } from "../terminal.ts";

const SIGNS: Readonly<Record<Mark, string>> = { ok: "✓", failed: "✗", unreached: "·" };
const NAME_COLUMNS = 12;
const INDENT = "  ";

export function explanationText(explanation: Explanation, colors: Colors): string {
  const { method, path, authority, nowSeconds, sections, upstream, answer } = explanation;
  const place = colors.dim(`at ${authority}, ${instantText(nowSeconds)}`);
  return [
    "",
    `${INDENT}${colors.bold(`${method} ${path}`)}  ${place}`,
    "",
    ...sections.flatMap((section) => sectionLines(section, explanation.reason, colors)),
    "",
    ...(answer === null ? [] : refusalLines(answer, explanation.reason ?? "", colors)),
    ...(upstream === null ? [] : upstreamLines(upstream, colors)),
    "",
  ].join("\n");
}

function sectionLines(section: Section, reason: string | null, colors: Colors): string[] {
  const { name, mark, text, jwt } = section;
  const providers = jwt?.providers ?? [];
  const isExplained = providers.some((provider) => provider.reason !== null);
  const passing = jwt?.dryRun === true ? "dryRun" : "the rule";
  const cause = mark === "failed" && !isExplained ? reason : null;
  return [
    markedLine(INDENT, mark, name, text, cause, colors),
    ...providers.flatMap((provider) => {
      const lines = providerLines(provider, colors);
      return providers.length === 1
        ? lines
        : [`${INDENT}  ${colors.bold(provider.name)}`, ...lines];
    }),
    ...(mark === "ok" && isExplained ? [`${INDENT}  ${passing} lets it pass all the same`] : []),
  ];
}

function providerLines({ steps, reason }: ProviderExplanation, colors: Colors): string[] {
  return steps.map(({ mark, name, text }) =>
    markedLine(`${INDENT}  `, mark, name, text, mark === "failed" ? reason : null, colors),
  );
}

function markedLine(
  indent: string,
  mark: Mark,
  name: string,
  text: string,
  cause: string | null,
  colors: Colors,
): string {
  const label = name.padEnd(NAME_COLUMNS);
  const because = cause === null ? "" : colors.red(`  ← ${cause}`);
  const sign = SIGNS[mark];
  if (mark === "unreached") return colors.dim(`${indent}${sign} ${label}${text}`.trimEnd());
  if (mark === "ok") return `${indent}${colors.green(sign)} ${label}${text}`.trimEnd();
  return `${indent}${colors.red(`${sign} ${label}`)}${text}${because}`.trimEnd();
}

function refusalLines(answer: Answered, reason: string, colors: Colors): string[] {
  const { status, grpcStatus, headers, body } = answer;
  const code = grpcStatus === null ? status : `grpc-status ${grpcStatus}`;
  const fields = headers.filter(([name]) => name !== ":status" && name !== "content-length");
  return [
    `${INDENT}${colors.red(colors.bold(`Refused with ${code}`))}, ${colors.bold(reason)}`,
    ...fields.map(([name, value]) => colors.dim(`${INDENT}  ${name}: ${printable(value)}`)),
    ...(body === "" ? [] : [colors.dim(`${INDENT}  ${printable(body)}`)]),
  ];
}

function upstreamLines(
  { changes, unchanged }: { changes: HeaderChange[]; unchanged: number },
  colors: Colors,
): string[] {
  const rest = `${unchanged} header${unchanged === 1 ? "" : "s"} as received`;
  return [
    `${INDENT}${colors.green(colors.bold("Passes"))}, the upstream gets`,
    ...changes.map((change) => changeLine(change, colors)),
    colors.dim(`${INDENT}    ${rest}`),
  ];
}

function changeLine({ kind, name, before, after }: HeaderChange, colors: Colors): string {
  const [old, fresh] = [shown(before), shown(after)];
  switch (kind) {
    case "added":
      return `${INDENT}  ${colors.green(`+ ${name}: ${fresh}`)}`;
    case "removed":
      return `${INDENT}  ${colors.red(`- ${name}: ${old}`)}`;
    case "changed":
      return `${INDENT}  ${colors.yellow(`~ ${name}: ${fresh}`)} ${colors.dim(`(was ${old})`)}`;
  }
}
