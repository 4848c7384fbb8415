// cargo builds bench/peers/rustcrypto where it is installed, into a git-ignored folder. Twice: as
// cargo builds without being told, and with WebAssembly's SIMD, of which sha2 makes use.

import { spawn } from "node:child_process";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { findOnPath } from "../harness/cpu.ts";

const PEER = fileURLToPath(new URL("../peers/rustcrypto/", import.meta.url));
const CACHE = fileURLToPath(new URL("../../.cache/rustcrypto/", import.meta.url));
const WASM = "wasm32-unknown-unknown";
const BUILDS = { plain: "", simd: "-C target-feature=+simd128" } as const;

export type RustCryptoBuild =
  { plain: string; simd: string; reason: null } | { plain: null; simd: null; reason: string };

/** Paths of the two modules, or one line that says why there are none. Never throws. */
export async function buildRustCrypto(): Promise<RustCryptoBuild> {
  try {
    if (findOnPath("cargo") === null) throw new Error("cargo is not installed");
    const plain = await build("plain").catch(async (error: unknown) => {
      // The target is what is missing most often.
      if (findOnPath("rustup") === null) throw error;
      await run("rustup", ["target", "add", WASM], {});
      return build("plain");
    });
    return { plain, simd: await build("simd"), reason: null };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return { plain: null, simd: null, reason };
  }
}

/** The crates that our Cargo.toml asks for, with their versions. */
export async function rustCryptoVersions(): Promise<Record<string, string>> {
  const manifest = await readFile(join(PEER, "Cargo.toml"), "utf8");
  const pinned = [...manifest.matchAll(/^([\w-]+) = \{ version = "=([^"]+)"/gm)];
  return Object.fromEntries(pinned.map(([, crate = "", version = ""]) => [crate, version]));
}

async function build(name: keyof typeof BUILDS): Promise<string> {
  const folder = join(CACHE, name);
  const flags = ["--release", "--locked", "--quiet", "--target", WASM, "--target-dir", folder];
  await run("cargo", ["build", ...flags], { RUSTFLAGS: BUILDS[name] });
  return join(folder, WASM, "release", "rustcrypto_peer.wasm");
}

function run(command: string, args: readonly string[], env: Record<string, string>): Promise<void> {
  return new Promise((done, fail) => {
    const child = spawn(command, args, {
      cwd: PEER,
      env: { ...process.env, ...env },
      stdio: ["ignore", "ignore", "pipe"],
    });
    let errors = "";
    child.stderr.setEncoding("utf8").on("data", (text: string) => (errors += text));
    child.on("error", fail);
    child.on("close", (code) => {
      const first = errors.split("\n").find((line) => line.startsWith("error")) ?? errors.trim();
      if (code === 0) done();
      else fail(new Error(`${command} ${args[0] ?? ""} failed: ${first}`));
    });
  });
}
