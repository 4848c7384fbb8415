// Writes docs/api from envoy/grpc/orders.proto: the OpenAPI document, and the page made of it.
// `tsx scripts/generate_openapi.ts`

import { mkdir, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { format, resolveConfig } from "prettier";
import { stringify } from "yaml";

import { API_FILE, API_PACKAGE } from "../envoy/grpc/api_file.ts";
import { openApiDocument } from "./openapi/document.ts";
import type { OpenApiDocument } from "./openapi/document_types.ts";
import { openApiPage } from "./openapi/page.ts";
import { loadApi } from "./proto/api.ts";

const DOCUMENT = "orders.openapi.yaml";
const PROVENANCE = "Made by scripts/generate_openapi.ts from envoy/grpc/orders.proto.";

export async function ordersDocument(): Promise<OpenApiDocument> {
  return openApiDocument(await loadApi(API_FILE), {
    packageName: API_PACKAGE,
    title: "Orders",
    version: "v1",
    description: "The REST side of the scenario envoy/grpc, behind Sallyport.",
    server: "http://127.0.0.1:8080",
  });
}

/** Texts of the files by path, formatted as the repository is. */
export async function generateOpenApi(): Promise<Map<string, string>> {
  const document = await ordersDocument();
  const folder = new URL("../docs/api/", import.meta.url);
  const texts: [string, string][] = [
    [
      DOCUMENT,
      `# ${PROVENANCE}\n${stringify(document, { lineWidth: 0, aliasDuplicateObjects: false })}`,
    ],
    ["orders.md", `<!-- ${PROVENANCE} -->\n\n${openApiPage(document, DOCUMENT)}`],
  ];
  const files = new Map<string, string>();
  for (const [name, text] of texts) {
    const path = fileURLToPath(new URL(name, folder));
    const options = await resolveConfig(path);
    files.set(path, await format(text, { ...options, filepath: path }));
  }
  return files;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  for (const [path, text] of await generateOpenApi()) {
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, text);
  }
}
