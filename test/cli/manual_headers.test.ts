// What the manual of header rules shows is what the command prints.

import { readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import { sallyport, temporaryFile } from "./run_command.ts";

const MANUAL = "assembly/filters/normalise/README.md";
/** RFC 7515, appendix A.3.1. */
const TOKEN = [
  "eyJhbGciOiJFUzI1NiJ9",
  "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ",
  "DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q",
].join(".");

const manual = await readFile(MANUAL, "utf8");

function blocks(language: string): string[] {
  const found = manual.matchAll(new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\`$`, "gms"));
  return [...found].map(([, block = ""]) => block);
}

/** Arguments of a line of a shell that quotes with ' alone. */
const argumentsOf = (line: string): string[] =>
  [...line.matchAll(/'([^']*)'|([^\s'\\]+)/g)].map(([, quoted, plain]) => quoted ?? plain ?? "");

const EXAMPLES = blocks("console").filter((block) => block.startsWith("$ sallyport explain"));

test("the manual has examples", () => {
  expect(EXAMPLES).toHaveLength(2);
});

test.each(EXAMPLES)("%s", async (example) => {
  const [command = "", printed = ""] = example.split(/(?<!\\)\n([^]*)/);
  const file = await temporaryFile("headers.yaml", blocks("yaml")[0] ?? "");
  const token = join(dirname(file), "token.txt");
  await writeFile(token, TOKEN);
  const paths: Readonly<Record<string, string>> = { "headers.yaml": file, "token.txt": token };
  const [, , ...args] = argumentsOf(command);
  const outcome = await sallyport(...args.map((each) => paths[each] ?? each));
  expect(outcome.stderr).toBe("");
  expect(outcome.stdout.trimEnd()).toBe(printed.trimEnd());
});
