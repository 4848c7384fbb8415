import pc from "picocolors";
import { beforeAll, describe, expect, test } from "vitest";
import { checkFile } from "../../host-sim/cli/checked_file.ts";
import { findingsText } from "../../host-sim/cli/findings_text.ts";
import { loadModule } from "../../host-sim/cli/module_file.ts";
import { BAD_FILES } from "./bad_configurations.ts";
import { REFUSED_BY_MODULE } from "./refused_configurations.ts";
import { temporaryFile } from "./run_command.ts";

let module: WebAssembly.Module;

beforeAll(async () => {
  module = await loadModule();
});

async function printedFor(text: string, colors = pc.createColors(false)): Promise<string> {
  const checked = await checkFile(await temporaryFile("f.yaml", text), module);
  return checked.kind === "accepted" ? "" : findingsText("f.yaml", checked.findings, colors);
}

describe("validate prints place, path, what was found and what is allowed", () => {
  for (const { name, text, printed } of BAD_FILES) {
    test(name, async () => expect(await printedFor(text)).toBe(printed));
  }
});

describe("validate asks the module itself", () => {
  for (const { name, text, printed } of REFUSED_BY_MODULE) {
    test(name, async () => expect(await printedFor(text)).toBe(printed));
  }
});

test("colours mark the place, the path and the caret", async () => {
  const printed = await printedFor("trace: 1\n", pc.createColors(true));
  expect(printed).toContain("\u001b[1mf.yaml:1:8:\u001b[22m \u001b[36m$.trace\u001b[39m: found 1");
  expect(printed).toContain("\u001b[31m^\u001b[39m");
});

test("an accepted file gives the module's JSON", async () => {
  const text = "# a comment\ntrace: &all { extract: [tracecontext] }\n";
  expect(await checkFile(await temporaryFile("f.yaml", text), module)).toEqual({
    kind: "accepted",
    configurationText: '{"trace":{"extract":["tracecontext"]}}',
  });
});
