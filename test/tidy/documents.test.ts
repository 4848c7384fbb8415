import { describe, expect, test } from "vitest";

import {
  filterPages,
  machinePaths,
  pathsExist,
  roomPages,
  titles,
} from "../../scripts/tidy/documents.ts";
import { findingsOf } from "./findings_of.ts";

describe("titles", () => {
  test("one title, and comments of a shell block are none", () => {
    expect(findingsOf(titles, { "a.md": "# Title\n\n```sh\n# build\n```\n\n## Part\n" })).toEqual(
      [],
    );
  });

  test("none and two are findings", () => {
    expect(findingsOf(titles, { "a.md": "Text\n", "b.md": "# One\n\n# Two\n" })).toEqual([
      "a.md:1: has no title",
      "b.md:3: has a second title",
    ]);
  });
});

describe("pages of the rooms", () => {
  test("a room without its page is a finding", () => {
    const files = { "assembly/filters/jwt/filter.ts": "", "assembly/README.md": "" };
    expect(findingsOf(roomPages, files)).toEqual([
      "assembly/filters/README.md:1: is missing: each room has a page",
      "assembly/filters/jwt/README.md:1: is missing: each room has a page",
    ]);
  });

  test("folders inside a room and hidden folders need none", () => {
    const files = { "scripts/tidy/rooms.ts": "", "scripts/README.md": "", ".ci/run": "" };
    expect(findingsOf(roomPages, files)).toEqual([]);
  });
});

describe("pages of the filters", () => {
  const path = "assembly/filters/jwt/README.md";
  const headings = [
    "What it does",
    "Configuration",
    "Decisions",
    "Failure modes",
    "Phases and host calls",
    "Metrics",
    "Try it",
  ].map((heading) => `## ${heading}\n`);

  test("the fixed headings, with others between them", () => {
    const text = `# jwt\n${headings.join("\n")}\n## Granularity\n`;
    expect(findingsOf(filterPages, { [path]: text, "docs/a.md": "# A\n" })).toEqual([]);
  });

  test("a missing heading and a wrong order are findings", () => {
    const missing = findingsOf(filterPages, { [path]: headings.slice(1).join("\n") });
    expect(missing).toEqual([`${path}:1: lacks "## What it does"`]);
    const turned = findingsOf(filterPages, { [path]: headings.toReversed().join("\n") });
    expect(turned).toHaveLength(1);
    expect(turned[0]).toContain("headings out of order");
  });
});

describe("paths in pages", () => {
  const files = {
    "assembly/core/limits.ts": "",
    "assembly/core/README.md": "",
    "docs/decisions/0001-one.md": "",
  };

  test.each([
    "`assembly/core/limits.ts`",
    "`assembly/core`",
    "`assembly/core/`",
    "`core/limits.ts`",
    "`limits.ts`",
    "`./docs/decisions`",
    "`build/sallyport.wasm`",
    "`assembly/filters/<name>/config.ts`",
    "`assembly/**/*.ts`",
    "`application/json`",
    "`@assemblyscript/loader`",
    "`/healthz`",
    "[decision](docs/decisions/0001-one.md)",
    "[site](https://example.org/x.md)",
    "[part](#part)",
    "```sh\ncat `assembly/none.ts`\n```",
  ])("%s is accepted", (text) => {
    expect(findingsOf(pathsExist, { ...files, "README.md": `# A\n${text}\n` })).toEqual([]);
  });

  test.each([
    ["`assembly/core/none.ts`", "assembly/core/none.ts"],
    ["`assembly/limits.ts`", "assembly/limits.ts"],
    ["`docs/none/`", "docs/none/"],
    ["`none.ts`", "none.ts"],
    ["`../core/none`", "../core/none"],
    ["[decision](docs/none.md)", "docs/none.md"],
  ])("%s is a finding", (text, path) => {
    expect(findingsOf(pathsExist, { ...files, "README.md": `# A\n${text}\n` })).toEqual([
      `README.md:2: ${path} does not exist`,
    ]);
  });

  test("a page may name its neighbours", () => {
    const page = { "assembly/core/README.md": "# Core\n`limits.ts` [limits](limits.ts)\n" };
    expect(findingsOf(pathsExist, { ...files, ...page })).toEqual([]);
  });
});

describe("paths of one machine", () => {
  test.each(["/home/ann/sallyport", "/tmp/envoy", "/Users/ann", "/root/x"])("%s", (path) => {
    expect(findingsOf(machinePaths, { "a.md": `# A\nsee \`${path}\`\n` })).toEqual([
      `a.md:2: ${path} is a path of one machine`,
    ]);
  });

  test("paths in a container, in a URL and in the repository are fine", () => {
    const text = "# A\n`/etc/envoy/envoy.yaml` https://example.org/home/x test/tmp/x ~/work/x\n";
    expect(findingsOf(machinePaths, { "a.md": text })).toEqual([]);
  });
});
