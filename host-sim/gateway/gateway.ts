// The embedded gateway: a reverse proxy that runs each request through the real module in the
// simulator, with the machine's clocks, randomness and OpenSSL. It needs no Envoy.

import { createHost } from "../src/index.ts";
import type { Host, LogLevel, Plugin } from "../src/index.ts";
import { createClusters } from "./clusters.ts";
import type { Clusters } from "./clusters.ts";
import { createSignatureCrypto, systemClock, systemRandom } from "./platform.ts";
import { startProxy } from "./proxy.ts";
import type { Proxy, ProxyOptions } from "./proxy.ts";

/** Milliseconds between two looks at the module's timers. */
const TIMER_INTERVAL_MILLISECONDS = 100;

export interface GatewayOptions extends Omit<ProxyOptions, "openStream"> {
  module: WebAssembly.Module;
  /** The configuration document as JSON. */
  configuration: string;
  logLevel?: LogLevel;
  /** Clusters that the module may call: an origin by name. */
  clusters?: Readonly<Record<string, string>>;
}

/**
 * Throws PluginRejected for a bad configuration and Node's error (EADDRINUSE, …) when it cannot
 * listen.
 */
export async function startGateway(options: GatewayOptions): Promise<Proxy> {
  const clusters = createClusters(options.clusters ?? {}, (message) =>
    options.onLog?.("error", `gateway: ${message}`),
  );
  const { host, plugin } = loadModule(options, clusters);
  const worker = plugin.workers[0];
  const proxy = await startProxy({
    ...options,
    // Envoy would serve without the filter where configuring failed; a gateway that is ours
    // refuses.
    openStream: (sourceAddress) =>
      worker === undefined || worker.absent ? null : worker.openStream({ sourceAddress }),
  });
  const timers = setInterval(() => runTimers(host, options), TIMER_INTERVAL_MILLISECONDS);
  return {
    port: proxy.port,
    async close() {
      clearInterval(timers);
      await proxy.close();
      plugin.remove();
      await clusters.close();
    },
  };
}

function loadModule(options: GatewayOptions, clusters: Clusters): { host: Host; plugin: Plugin } {
  const host = createHost({
    clock: systemClock,
    random: systemRandom,
    crypto: createSignatureCrypto(),
    clusters: clusters.names,
    dispatch: clusters.dispatch,
    dispatchGrpc: clusters.dispatchGrpc,
    ...(options.logLevel === undefined ? {} : { logLevel: options.logLevel }),
    ...(options.onLog === undefined ? {} : { onLog: options.onLog }),
  });
  const plugin = host.addPlugin({
    module: options.module,
    configuration: options.configuration,
    name: "sallyport",
    vmId: "sallyport",
    failurePolicy: "FAIL_RELOAD",
  });
  return { host, plugin };
}

function runTimers(host: Host, options: GatewayOptions): void {
  try {
    host.runTimers();
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    options.onLog?.("error", `gateway: timer: ${message}`);
  }
}
