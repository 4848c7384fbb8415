// What the module says of a configuration, asked through the simulator.

import { readFile } from "node:fs/promises";

import { createHost, PluginRejected } from "../../host-sim/src/index.ts";
import { MODULE_PATH } from "./envoy.ts";

const MESSAGE = "config: ";

/** The module's error for a configuration, null when it is accepted. */
export type ConfigurationError = (configuration: object) => string | null;

export async function loadConfigurationError(): Promise<ConfigurationError> {
  const module = await WebAssembly.compile(await readFile(MODULE_PATH));
  return (configuration) => {
    const host = createHost({
      clock: { systemNanoseconds: () => 1n, monotonicNanoseconds: () => 1n },
      random: (target) => target.fill(1),
    });
    try {
      host.addPlugin({ module, configuration: JSON.stringify(configuration) }).remove();
      return null;
    } catch (error) {
      if (!(error instanceof PluginRejected)) throw error;
      const lines = host.log.map(({ message }) => message);
      const line = lines.find((each) => each.includes(MESSAGE));
      if (line === undefined) throw new Error(`refused without a word: ${lines.join("; ")}`);
      const message = line.slice(line.indexOf(MESSAGE) + MESSAGE.length);
      return Buffer.from(message, "latin1").toString("utf8");
    }
  };
}
