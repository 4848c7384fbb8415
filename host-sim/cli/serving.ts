// Starting a gateway from a command: its log on stderr, its failures as one clear line.

import { startGateway } from "../gateway/gateway.ts";
import type { GatewayOptions } from "../gateway/gateway.ts";
import type { Proxy } from "../gateway/proxy.ts";
import type { LogLevel } from "../src/index.ts";
import { CommandError, systemCode } from "./command_error.ts";
import { formatHost } from "./addresses.ts";
import { colorsFor } from "./terminal.ts";

/** Throws CommandError when the upstream is no origin or the address cannot be had. */
export async function serveModule(options: Omit<GatewayOptions, "onLog">): Promise<Proxy> {
  try {
    return await startGateway({ ...options, onLog: logLine });
  } catch (error) {
    const reason = listenFailure(error, `${formatHost(options.host)}:${options.port}`);
    if (reason !== null) throw new CommandError(reason);
    throw error;
  }
}

/** What to say when listening failed, null for any other error. */
export function listenFailure(error: unknown, address: string): string | null {
  switch (systemCode(error)) {
    case "EADDRINUSE":
      return `${address} is in use: end what listens there, or choose another with --listen`;
    case "EACCES":
      return `${address}: not permitted, choose a port above 1023 with --listen`;
    case "EADDRNOTAVAIL":
    case "ENOTFOUND":
    case "EAI_AGAIN":
      return `${address} is not an address of this machine`;
    default:
      return error instanceof TypeError ? error.message : null;
  }
}

function logLine(level: LogLevel, message: string): void {
  const colors = colorsFor(process.stderr);
  const alarming = { warn: colors.yellow, error: colors.red, critical: colors.red };
  const quiet = { trace: colors.dim, debug: colors.dim, info: colors.dim };
  const paint = { ...alarming, ...quiet }[level];
  process.stderr.write(`${paint(level.padEnd(5))} ${message}\n`);
}
