// An OpenAPI document as a page of Markdown.

import { VERBS } from "../proto/api.ts";
import type { OpenApiDocument, Operation, Schema } from "./document_types.ts";

/** `source` is the path of the document, as the page links it. */
export function openApiPage(document: OpenApiDocument, source: string): string {
  const { info, tags, paths, components } = document;
  const operations = Object.entries(paths).flatMap(([path, byVerb]) =>
    VERBS.flatMap((verb) => {
      const operation = byVerb[verb];
      return operation === undefined ? [] : [{ title: `${verb.toUpperCase()} ${path}`, operation }];
    }),
  );
  return [
    `# ${info.title} ${info.version}`,
    `${info.description} The OpenAPI document is [${source}](${source}).`,
    ...tags.flatMap((tag) => [
      `## ${tag.name}`,
      tag.description,
      ...operations
        .filter(({ operation }) => operation.tags.includes(tag.name))
        .flatMap(({ title, operation }) => [`### ${title}`, ...operationText(operation)]),
    ]),
    "## Schemas",
    ...Object.entries(components.schemas).flatMap(([name, schema]) => [
      `### ${name}`,
      ...schemaText(schema),
    ]),
    "",
  ].join("\n\n");
}

function operationText(operation: Operation): string[] {
  const { parameters = [], requestBody, responses } = operation;
  const rows = parameters.map((parameter) => [
    `\`${parameter.name}\``,
    parameter.in,
    typeText(parameter.schema),
    parameter.description ?? "",
  ]);
  const [answer, failure] = [responses[200], responses.default].map(({ content }) =>
    typeText(content["application/json"].schema),
  );
  return [
    `${operation.description} As gRPC \`${operation["x-grpc-method"]}\`.`,
    ...(rows.length === 0 ? [] : [table(["parameter", "in", "type", "meaning"], rows)]),
    ...(requestBody === undefined
      ? []
      : [`Body: ${typeText(requestBody.content["application/json"].schema)}.`]),
    `Answer: ${answer ?? ""}. Failures: ${failure ?? ""}.`,
  ];
}

function schemaText(schema: Schema): string[] {
  const texts = schema.description === undefined ? [] : [schema.description];
  if (schema.enum !== undefined) return [...texts, "A text:", list(schema.enum)];
  const properties = Object.entries(schema.properties ?? {});
  if (properties.length === 0) return [...texts, "No members."];
  const rows = properties.flatMap(([name, property]) => memberRows(name, property));
  return [...texts, table(["member", "type", "meaning"], rows)];
}

/** Members of a member that has no name of its own follow it. */
function memberRows(name: string, schema: Schema): string[][] {
  const inner = Object.entries(schema.properties ?? {});
  return [
    [`\`${name}\``, typeText(schema), schema.description ?? ""],
    ...inner.flatMap(([member, property]) => memberRows(`${name}.${member}`, property)),
  ];
}

function typeText(schema: Schema): string {
  if (schema.$ref !== undefined) {
    const name = schema.$ref.split("/").at(-1) ?? "";
    return `[${name}](#${anchor(name)})`;
  }
  if (schema.anyOf !== undefined) return schema.anyOf.map(typeText).join(" or ");
  if (schema.items !== undefined) return `list of ${typeText(schema.items)}`;
  if (typeof schema.additionalProperties === "object") {
    return `object of ${typeText(schema.additionalProperties)} by name`;
  }
  const format = schema.format ?? schema.contentEncoding;
  return `${schema.type ?? "any"}${format === undefined ? "" : ` (${format})`}`;
}

/** As GitHub makes them of headings. */
function anchor(heading: string): string {
  return heading
    .toLowerCase()
    .replaceAll(/[^\w -]/g, "")
    .replaceAll(" ", "-");
}

function list(values: readonly string[]): string {
  return values.map((value) => `- \`${value}\``).join("\n");
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const lines = [head, head.map(() => "---"), ...rows];
  return lines.map((cells) => `| ${cells.map(escapeCell).join(" | ")} |`).join("\n");
}

function escapeCell(text: string): string {
  return text.replaceAll("|", "\\|");
}
