// The chain with @solo-io/proxy-runtime: bench/peers/solo/assembly/index.ts, built by the version
// of AssemblyScript that the SDK was made for.

import { existsSync } from "node:fs";
import { readdir, stat } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { wasmFilter } from "../../envoy/http_filters.ts";
import { findOnPath } from "../harness/cpu.ts";
import type { HeaderSet } from "../harness/load.ts";
import { describeModule } from "../harness/machine.ts";
import { runTool } from "../harness/tool.ts";
import { SUBJECT } from "../jwt/samples.ts";
import type { Peer } from "./peers.ts";
import type { StackSamples } from "./samples.ts";
import { CHAIN, FILL_SECONDS } from "./work.ts";

const FOLDER = fileURLToPath(new URL("../peers/solo/", import.meta.url));
/** npm's own record of what is installed. */
const INSTALLED = `${FOLDER}node_modules/.package-lock.json`;
const MODULE = `${FOLDER}build/optimized.wasm`;

export async function soloPeer(): Promise<Peer> {
  if (findOnPath("npm") === null) throw new Error("npm is not installed");
  if (!existsSync(INSTALLED)) {
    await runTool("npm", ["ci", "--ignore-scripts", "--no-audit", "--no-fund"], FOLDER);
  }
  if (!(await isCurrent())) await runTool("npm", ["run", "--silent", "build"], FOLDER);
  return {
    parts: CHAIN,
    verifies: false,
    filters: ({ vmId, bucket: { capacity, per }, samples }) => {
      const configuration = [`${capacity} ${FILL_SECONDS[per]}`, ...verifiedTokens(samples)];
      return [wasmFilter({ name: "solo", vmId, modulePath: MODULE, configuration })];
    },
    module: describeModule(MODULE),
  };
}

async function isCurrent(): Promise<boolean> {
  const built = await stat(MODULE).catch(() => null);
  if (built === null) return false;
  const sources = await readdir(`${FOLDER}assembly`);
  const files = ["package-lock.json", ...sources.map((name) => `assembly/${name}`)];
  const stats = await Promise.all(files.map((path) => stat(`${FOLDER}${path}`)));
  return stats.every(({ mtimeMs }) => mtimeMs < built.mtimeMs);
}

/** What its configuration says of tokens: the token, its subject, and when it expires. */
function verifiedTokens({ headers }: StackSamples): string[] {
  const passing = [...headers["one token"], ...headers.turns];
  return passing.map((set) => {
    const token = tokenOf(set);
    const claims: unknown = JSON.parse(
      Buffer.from(token.split(".")[1] ?? "", "base64url").toString(),
    );
    const hasEnd = typeof claims === "object" && claims !== null && "exp" in claims;
    return `${token} ${SUBJECT} ${hasEnd ? String(claims.exp) : "0"}`;
  });
}

function tokenOf(headers: HeaderSet): string {
  return (headers["authorization"] ?? "").slice("Bearer ".length);
}
