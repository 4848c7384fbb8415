// The module's signature arithmetic, compiled with exports over (pointer, length).

import { loadProbe } from "./core_probe.ts";
import type { CoreProbe } from "./core_probe.ts";

const MODULE = new URL("../../build/crypto_probe.wasm", import.meta.url);

/** A new instance. */
export async function loadCrypto<E>(): Promise<CoreProbe<E>> {
  return loadProbe<E>(MODULE);
}
