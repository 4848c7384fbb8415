// The smallest set of capabilities that the module needs under a configuration, by the module's own
// word: nothing else knows, and a callback that is not granted is silently never called.

import { randomFillSync } from "node:crypto";
import { readFileSync } from "node:fs";

import { createHost, rejectionOf } from "../host-sim/src/index.ts";

/** Names for `capability_restriction_config`, sorted. Throws when the configuration is refused. */
export function requiredCapabilities(module: WebAssembly.Module, configuration: object): string[] {
  const message = refusal(module, configuration);
  const list = / found a VM without ([\w, ]+),/.exec(message)?.[1];
  if (list === undefined) throw new Error(message);
  return list.split(", ").sort();
}

/** The same of a module in a file. */
export function capabilitiesOf(modulePath: string, configuration: object): string[] {
  const module = compiled.get(modulePath) ?? new WebAssembly.Module(readFileSync(modulePath));
  compiled.set(modulePath, module);
  return requiredCapabilities(module, configuration);
}

const compiled = new Map<string, WebAssembly.Module>();

/** What the module says where nothing is granted. */
function refusal(module: WebAssembly.Module, configuration: object): string {
  const host = createHost({
    clock: { systemNanoseconds: () => 0n, monotonicNanoseconds: () => 0n },
    random: (target) => randomFillSync(target),
  });
  const message = rejectionOf(host, {
    module,
    configuration: JSON.stringify(configuration),
    vmConfiguration: vmConfiguration([]),
  });
  if (message === null) throw new Error("the module runs in a VM that is granted nothing");
  return message;
}

/**
 * The VM's configuration, which tells the module what it is granted. It also makes VMs with other
 * grants other VMs: Envoy tells them apart by it, and not by the grants.
 */
export function vmConfiguration(capabilities: readonly string[]): string {
  return `${JSON.stringify({ capabilities })}\n`;
}
