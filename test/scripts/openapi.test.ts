// The OpenAPI document of the scenario, and what its generator makes of an API.

import { readFile } from "node:fs/promises";
import { Validator } from "@seriousme/openapi-schema-validator";
import protobuf from "protobufjs";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";

import { generateOpenApi } from "../../scripts/generate_openapi.ts";
import { openApiDocument } from "../../scripts/openapi/document.ts";
import type { OpenApiDocument } from "../../scripts/openapi/document_types.ts";
import { openApiPage } from "../../scripts/openapi/page.ts";
import { httpBindings } from "../../scripts/proto/api.ts";

const OPTIONS = {
  packageName: "t.v1",
  title: "T",
  version: "v1",
  description: "A test.",
  server: "http://127.0.0.1:1",
};

function rootOf(text: string): protobuf.Root {
  const { root } = protobuf.parse(`syntax = "proto3"; package t.v1; ${text}`, {
    keepCase: true,
    alternateCommentMode: true,
  });
  root.resolveAll();
  return root;
}

/** A service with one method whose annotation and request are given. */
function documentOf(rule: string, request: string, more = ""): OpenApiDocument {
  const root = rootOf(`
    message In { ${request} }
    message Out { string text = 1; }
    ${more}
    service S { rpc M(In) returns (Out) { option (google.api.http) = { ${rule} }; } }`);
  return openApiDocument(root, OPTIONS);
}

describe("docs/api", async () => {
  const files = await generateOpenApi();

  for (const [path, text] of files) {
    test(`${path.replace(/^.*\/(?=docs)/, "")} is what its generator makes`, async () => {
      expect(await readFile(path, "utf8")).toBe(text);
    });
  }

  test("has a valid OpenAPI 3.1 document", async () => {
    const [text = ""] = [...files].flatMap(([path, one]) => (path.endsWith(".yaml") ? [one] : []));
    const validator = new Validator();
    const document: Record<string, unknown> = parse(text);
    expect(await validator.validate(document)).toEqual({ valid: true });
    expect(validator.version).toBe("3.1");
    const broken = { ...document, paths: { "v1/orders": {} } };
    expect(await new Validator().validate(broken)).toMatchObject({ valid: false });
  });

  test("has a page whose links lead somewhere", () => {
    const [page = ""] = [...files].flatMap(([path, one]) => (path.endsWith(".md") ? [one] : []));
    const targets = [...page.matchAll(/\]\(#([^)]*)\)/g)].map(([, target]) => target);
    const headings = [...page.matchAll(/^#+ (.*)$/gm)].map(([, heading = ""]) =>
      heading.toLowerCase().replaceAll(".", ""),
    );
    expect(targets.length).toBeGreaterThan(20);
    expect(headings).toEqual(expect.arrayContaining(targets));
  });
});

describe("a document", () => {
  test("has a schema for every kind of field", () => {
    const document = documentOf(
      'post: "/m" body: "*"',
      "",
      `message All {
        bytes raw = 1; bool yes = 2; double real = 3; uint32 count = 4; int64 long_number = 5;
        fixed64 longer = 6; map<string, Kind> kinds = 7; repeated All inner = 8;
      }
      enum Kind { NONE = 0; SOME = 1; }`,
    );
    expect(document.components.schemas["All"]).toEqual({
      type: "object",
      additionalProperties: false,
      properties: {
        raw: { type: "string", contentEncoding: "base64" },
        yes: { type: "boolean" },
        real: { type: "number", format: "double" },
        count: { type: "integer", format: "int64", minimum: 0 },
        longNumber: { type: "string", format: "int64", pattern: "^-?[0-9]+$" },
        longer: { type: "string", format: "uint64", pattern: "^[0-9]+$" },
        kinds: { type: "object", additionalProperties: { $ref: "#/components/schemas/Kind" } },
        inner: { type: "array", items: { $ref: "#/components/schemas/All" } },
      },
    });
    expect(document.components.schemas["Kind"]).toEqual({ type: "string", enum: ["NONE", "SOME"] });
    expect(openApiPage(document, "x.yaml")).toContain(
      "| `kinds` | object of [Kind](#kind) by name |",
    );
  });

  test("puts each field of a request where its binding says", () => {
    const body = documentOf(
      'put: "/m/{id}" body: "out"',
      "string id = 1; Out out = 2; int32 page_size = 3;",
    );
    expect(body.paths["/m/{id}"]?.put).toMatchObject({
      parameters: [
        { name: "id", in: "path", required: true, schema: { type: "string" } },
        { name: "pageSize", in: "query", schema: { type: "integer" } },
      ],
      requestBody: {
        content: { "application/json": { schema: { $ref: expect.stringMatching(/Out$/) } } },
      },
    });
    const whole = documentOf('delete: "/m" body: "*"', "string id = 1;");
    expect(whole.paths["/m"]?.delete).not.toHaveProperty("parameters");
  });

  test.each([
    ['get: "/m/{nothing}"', "string id = 1;", "more than segments and fields"],
    ['get: "/m/{id=orders/*}"', "string id = 1;", "more than segments and fields"],
    ['get: "/m/**"', "string id = 1;", "more than segments and fields"],
    ['get: "/m"', "Out out = 1;", "a message is no query parameter"],
    ['get: "/m"', "map<string, string> labels = 1;", "a message is no query parameter"],
    ['post: "/m/{id}" body: "*"', "string id = 1;", 'body "*" beside fields in the path'],
    ['post: "/m" body: "nothing"', "string id = 1;", "has no field nothing"],
    ['custom: { kind: "PURGE" path: "/m" }', "string id = 1;", "a binding has one of get"],
    ['get: "/m" additional_bindings { get: "/m" }', "string id = 1;", "get /m is taken"],
  ])("is refused for { %s } with { %s }", (rule, request, message) => {
    expect(() => documentOf(rule, request)).toThrow(message);
  });
});

test("several additional bindings are read in their order", () => {
  const root = rootOf(`
    message M {}
    service S { rpc M(t.v1.M) returns (t.v1.M) { option (google.api.http) = {
      get: "/a" additional_bindings { get: "/b" } additional_bindings { post: "/c" body: "*" }
    }; } }`);
  const [method] = root.lookupService("t.v1.S").methodsArray;
  expect(method === undefined ? [] : httpBindings(method)).toEqual([
    { verb: "get", path: "/a", body: null },
    { verb: "get", path: "/b", body: null },
    { verb: "post", path: "/c", body: "*" },
  ]);
});
