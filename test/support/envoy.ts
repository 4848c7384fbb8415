// Whether a real Envoy can be had, asked once per test file. Without one the tests are skipped
// loudly; REQUIRE_E2E=1 makes that a failure.

import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { envoyBinary } from "../../scripts/envoy_bin.ts";

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
  const { reason } = binary;
  if (process.env["REQUIRE_E2E"] === "1") {
    test(name, () => expect.fail(`REQUIRE_E2E=1, but ${reason}`));
    return;
  }
  console.warn(`SKIPPED "${name}": ${reason}`);
  describe.skip(`${name} (${reason})`, () => body(""));
}

/** Tests run on a build, they do not make one. */
export function requireModule(): void {
  if (!existsSync(MODULE_PATH)) {
    throw new Error("build/sallyport.wasm is missing: run `npm run build`");
  }
}
