// The search of a run's logs finds what is planted there, and nothing in lines as they are.

import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";

import {
  CANARY,
  findSecrets,
  KEPT_LOGS,
  keepLog,
  searchKeptLogs,
} from "../../scripts/lib/kept_logs.ts";
import { ecKey, mint } from "../support/tokens.ts";

const LINE =
  'refused reason=jwt:expired status=401 trace_id=0af7651916cd43dd8448eb211c80319c provider="idp"';

const TOKEN = await mint(ecKey("k"), { sub: "alice" });

describe("the search", () => {
  test.each([
    ["a token", TOKEN],
    ["the payload of a token", "eyJzdWIiOiJhbGljZSJ9"],
    ["a claim", `sub=${CANARY}-subject`],
    ["a PEM", "-----BEGIN PRIVATE KEY-----"],
    ["a private key", `{"kty":"EC","d":"${"A".repeat(43)}"}`],
  ])("finds %s", (_what, planted) => {
    const text = `${LINE}\n${LINE} ${planted}\n${LINE}`;
    expect(findSecrets("a.log", text)).toEqual([expect.stringMatching(/^a\.log:2: .* in a log: /)]);
  });

  test("finds nothing in what the module writes", () => {
    const json = JSON.stringify({ msg: "refused", reason: "jwt:expired", provider: "idp" });
    expect(findSecrets("a.log", `${LINE}\n${json}\n`)).toEqual([]);
  });
});

describe("a run", () => {
  let folder = "";

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "sallyport-logs-"));
    vi.stubEnv(KEPT_LOGS, folder);
  });
  afterEach(async () => {
    vi.unstubAllEnvs();
    await rm(folder, { recursive: true, force: true });
  });

  test("keeps what it is given, and its search finds that", async () => {
    keepLog("1.envoy.log", `${LINE}\n`);
    expect(await searchKeptLogs(folder)).toEqual([]);
    keepLog("1.envoy.log", `${LINE} ${CANARY}\n`);
    expect(await readFile(join(folder, "1.envoy.log"), "utf8")).toContain(CANARY);
    expect(await searchKeptLogs(folder)).toHaveLength(1);
  });

  test("that kept nothing has not been searched", async () => {
    expect(await searchKeptLogs(folder)).toHaveLength(1);
    await writeFile(join(folder, "empty.log"), "");
    expect(await searchKeptLogs(folder)).toHaveLength(1);
  });
});
