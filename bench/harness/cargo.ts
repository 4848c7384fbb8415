// cargo builds a peer where it is installed, into a git-ignored folder.

import { fileURLToPath } from "node:url";
import { findOnPath } from "./cpu.ts";
import { runTool } from "./tool.ts";

export interface CargoBuild {
  /** A folder of bench/peers. */
  peer: string;
  /** Name of the folder that it is built in: builds with other flags have one of their own. */
  folder: string;
  target: "wasm32-unknown-unknown" | "wasm32-wasip1";
  /** RUSTFLAGS. */
  flags: string;
}

/** The folder with the built module. Throws with one line that says why there is none. */
export async function cargoBuild({ peer, folder, target, flags }: CargoBuild): Promise<string> {
  if (findOnPath("cargo") === null) throw new Error("cargo is not installed");
  const peerFolder = fileURLToPath(new URL(`../peers/${peer}/`, import.meta.url));
  const cache = fileURLToPath(new URL(`../../.cache/${peer}/${folder}`, import.meta.url));
  const args = ["build", "--release", "--locked", "--quiet", "--target", target];
  const build = (): Promise<void> =>
    runTool("cargo", [...args, "--target-dir", cache], peerFolder, { RUSTFLAGS: flags });
  await build().catch(async (error: unknown) => {
    // The target is what is missing most often.
    if (findOnPath("rustup") === null) throw error;
    await runTool("rustup", ["target", "add", target], peerFolder);
    await build();
  });
  return `${cache}/${target}/release`;
}
