// Whether a real Envoy can be had, asked once per test file.

import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe } from "vitest";
import { envoyBinary } from "../../scripts/envoy_bin.ts";
import { skipLoudly } from "./skipped.ts";

/** The shipped module. */
export const MODULE_PATH = fileURLToPath(new URL("../../build/sallyport.wasm", import.meta.url));

/** A `describe` whose body gets the path of an Envoy binary. */
export async function describeWithEnvoy(
  name: string,
  body: (binary: string) => void,
): Promise<void> {
  const binary = await envoyBinary();
  if (binary.path !== null) {
    const { path } = binary;
    describe(name, () => body(path));
    return;
  }
  skipLoudly(binary.reason, name, () => body(""));
}

/** Tests run on a build, they do not make one. */
export function requireModule(): void {
  if (!existsSync(MODULE_PATH)) {
    throw new Error("build/sallyport.wasm is missing: run `npm run build`");
  }
}
