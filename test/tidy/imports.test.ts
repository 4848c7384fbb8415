import { describe, expect, test } from "vitest";

import { filesAreUsed, importRules, importsExist } from "../../scripts/tidy/imports.ts";
import { findingsOf } from "./findings_of.ts";

/** One file, one import in it, and whether the rooms allow it. */
const IMPORTS: [path: string, specifier: string, allowed: boolean][] = [
  ["assembly/index.ts", "./abi/exports", true],
  ["assembly/index.ts", "./chain", true],
  ["assembly/index.ts", "./filters/jwt/filter", false],
  ["assembly/index.ts", "./core/reason", false],
  ["assembly/chain.ts", "./filters/jwt/filter", true],
  ["assembly/chain.ts", "./abi/host", true],
  ["assembly/chain.ts", "./edits", true],
  ["assembly/chain.ts", "./index", false],
  ["assembly/chain.ts", "./abi/exports", false],
  ["assembly/chain.ts", "./probe/core_probe", false],
  ["assembly/filters/jwt/filter.ts", "./config", true],
  ["assembly/filters/jwt/filter.ts", "../../core/jwt/verify", true],
  ["assembly/filters/jwt/filter.ts", "../../abi/host", true],
  ["assembly/filters/jwt/filter.ts", "../../abi/imports", false],
  ["assembly/filters/jwt/filter.ts", "../trace/filter", false],
  ["assembly/filters/jwt/filter.ts", "../../chain", false],
  ["assembly/abi/host.ts", "./imports", true],
  ["assembly/abi/host.ts", "../core/limits", true],
  ["assembly/abi/host.ts", "../core/jwt/verify", false],
  ["assembly/abi/host.ts", "../filters/jwt/filter", false],
  ["assembly/abi/host.ts", "../chain", false],
  ["assembly/core/limits.ts", "./reason", false],
  ["assembly/core/reason.ts", "./bytes/text", true],
  ["assembly/core/bytes/text.ts", "../limits", true],
  ["assembly/core/bytes/text.ts", "../json/scanner", false],
  ["assembly/core/jwt/verify.ts", "../json/scanner", true],
  ["assembly/core/jwt/verify.ts", "./claims", true],
  ["assembly/core/jwt/verify.ts", "../ratelimit/bucket", false],
  ["assembly/core/jwt/verify.ts", "../../abi/host", false],
  ["assembly/probe/core_probe.ts", "../core/jwt/verify", true],
  ["assembly/probe/core_probe.ts", "../filters/jwt/filter", false],
  ["assembly/probe/live_bytes.ts", "../index", true],
  ["host-sim/src/host.ts", "./pairs.ts", true],
  ["host-sim/src/host.ts", "node:fs", false],
  ["host-sim/src/load_module.ts", "node:fs/promises", true],
  ["host-sim/src/load_module.ts", "yaml", false],
  ["host-sim/src/host.ts", "yaml", false],
  ["host-sim/src/host.ts", "../gateway/gateway.ts", false],
  ["host-sim/gateway/gateway.ts", "../src/index.ts", true],
  ["host-sim/gateway/gateway.ts", "node:http", true],
  ["host-sim/gateway/gateway.ts", "undici", true],
  ["host-sim/gateway/gateway.ts", "../src/host.ts", false],
  ["host-sim/gateway/gateway.ts", "../cli/main.ts", false],
  ["host-sim/cli/main.ts", "../gateway/gateway.ts", true],
  ["host-sim/cli/main.ts", "../src/host.ts", false],
  ["host-sim/test/pairs.test.ts", "../src/pairs.ts", true],
  ["test/filters/jwt.test.ts", "../../host-sim/src/index.ts", true],
  ["test/filters/jwt.test.ts", "../../host-sim/src/pairs.ts", false],
  ["test/filters/jwt.test.ts", "../cases/jwt.ts", true],
  ["test/filters/jwt.test.ts", "../e2e/setup.ts", false],
  ["test/filters/jwt.test.ts", "../../assembly/core/limits.ts", false],
  ["test/support/case.ts", "../filters/run.ts", false],
  ["bench/main.ts", "../test/support/envoy.ts", true],
  ["bench/main.ts", "../host-sim/src/index.ts", true],
  ["bench/main.ts", "../host-sim/src/host.ts", false],
  ["scripts/tidy.ts", "typescript", true],
  ["scripts/tidy.ts", "../test/support/case.ts", false],
];

describe("import rules of the rooms", () => {
  test.each(IMPORTS)("%s may import %s: %s", (path, specifier, allowed) => {
    const findings = importRules(new Map([[path, `import { x } from "${specifier}";\n`]]));
    expect(findings).toHaveLength(allowed ? 0 : 1);
  });

  test("names the room, the target and the line", () => {
    const text = '// The chain.\n\nexport { x } from "../../abi/host";\n';
    expect(findingsOf(importRules, { "assembly/core/jwt/verify.ts": text })).toEqual([
      "assembly/core/jwt/verify.ts:3: assembly/core/* may not import assembly/abi/host.ts",
    ]);
  });

  test("a file outside every room is a finding", () => {
    expect(findingsOf(importRules, { "lib/x.ts": "" })).toEqual([
      "lib/x.ts:1: belongs to no room, add it to scripts/tidy/rooms.ts",
    ]);
  });
});

describe("files", () => {
  test("an import that names no file is a finding", () => {
    const files = { "assembly/chain.ts": 'import { x } from "./edits";\n' };
    expect(findingsOf(importsExist, files)).toEqual(["assembly/chain.ts:1: ./edits names no file"]);
    expect(findingsOf(importsExist, { ...files, "assembly/edits.ts": "" })).toEqual([]);
  });

  test("a file that nothing imports or starts is a finding", () => {
    const files = {
      "scripts/gen.ts": "",
      "scripts/tidy.ts": 'import "./lines.ts";',
      "scripts/lines.ts": "",
    };
    expect(findingsOf(filesAreUsed, files)).toEqual([
      "scripts/gen.ts:1: is never imported or started",
      "scripts/tidy.ts:1: is never imported or started",
    ]);
    const started = { "package.json": '"tsx scripts/tidy.ts && tsx scripts/gen.ts"' };
    expect(findingsOf(filesAreUsed, { ...files, ...started })).toEqual([]);
  });

  test("tests and declarations need no importer", () => {
    expect(findingsOf(filesAreUsed, { "test/a.test.ts": "", "assembly/runtime.d.ts": "" })).toEqual(
      [],
    );
  });
});
