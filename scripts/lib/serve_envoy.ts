// What commands that serve with a real Envoy share: the check of the address, and the wait.

import { createServer } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import type { Address } from "../../envoy/bootstrap.ts";
import { formatHost } from "../../host-sim/cli/addresses.ts";
import { CommandError } from "../../host-sim/cli/command_error.ts";
import { listenFailure } from "../../host-sim/cli/serving.ts";
import { untilSignal } from "../../host-sim/cli/until_signal.ts";
import type { EnvoyProcess } from "./envoy_process.ts";

const SIGNAL_MILLISECONDS = 1000;

/** Envoy shares a port with other Envoys rather than refuse it. */
export async function requireFreePort(address: Address): Promise<void> {
  const server = createServer();
  try {
    await new Promise<void>((done, fail) => {
      server.once("error", fail);
      server.listen(address.port, address.host, done);
    });
  } catch (error) {
    const reason = listenFailure(error, `${formatHost(address.host)}:${address.port}`);
    if (reason !== null) throw new CommandError(reason);
    throw error;
  }
  await new Promise((done) => server.close(done));
}

/** Resolves after Ctrl-C; throws CommandError when Envoy ends by itself. */
export async function serveUntilSignal(envoy: EnvoyProcess): Promise<void> {
  const stopped = untilSignal(() => envoy.stop()).then(() => true);
  // Ctrl-C reaches Envoy too, and Envoy may be the first to end.
  const ended = envoy.ended.then(() => sleep(SIGNAL_MILLISECONDS, false));
  if (!(await Promise.race([stopped, ended]))) {
    await envoy.stop();
    throw new CommandError("Envoy ended by itself");
  }
}
