// bench/peers/rustcrypto as cargo builds it without being told, and with WebAssembly's SIMD, of
// which sha2 makes use.

import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { cargoBuild } from "../harness/cargo.ts";

const MANIFEST = fileURLToPath(new URL("../peers/rustcrypto/Cargo.toml", import.meta.url));
const BUILDS = { plain: "", simd: "-C target-feature=+simd128" } as const;

export type RustCryptoBuild =
  { plain: string; simd: string; reason: null } | { plain: null; simd: null; reason: string };

/** Paths of the two modules, or one line that says why there are none. Never throws. */
export async function buildRustCrypto(): Promise<RustCryptoBuild> {
  try {
    return { plain: await build("plain"), simd: await build("simd"), reason: null };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return { plain: null, simd: null, reason };
  }
}

/** The crates that our Cargo.toml asks for, with their versions. */
export async function rustCryptoVersions(): Promise<Record<string, string>> {
  const manifest = await readFile(MANIFEST, "utf8");
  const pinned = [...manifest.matchAll(/^([\w-]+) = \{ version = "=([^"]+)"/gm)];
  return Object.fromEntries(pinned.map(([, crate = "", version = ""]) => [crate, version]));
}

async function build(name: keyof typeof BUILDS): Promise<string> {
  const folder = await cargoBuild({
    peer: "rustcrypto",
    folder: name,
    target: "wasm32-unknown-unknown",
    flags: BUILDS[name],
  });
  return `${folder}/rustcrypto_peer.wasm`;
}
