// `sallyport token`: mints a token with the demo's keys.

import { CommandError } from "./command_error.ts";
import { ALGORITHMS, mintDemoToken } from "./demo_keys.ts";

export interface TokenCommandOptions {
  sub: string;
  aud: string[];
  ttl: string;
  alg: string;
}

const UNIT_SECONDS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600 };

export async function tokenCommand(options: TokenCommandOptions): Promise<number> {
  const algorithm = ALGORITHMS.find((name) => name === options.alg);
  if (algorithm === undefined) {
    throw new CommandError(`--alg: found ${options.alg}, allowed ${ALGORITHMS.join(", ")}`);
  }
  const token = await mintDemoToken({
    subject: options.sub,
    audiences: options.aud,
    lifetimeSeconds: seconds(options.ttl),
    algorithm,
  });
  process.stdout.write(`${token}\n`);
  return 0;
}

/** A negative lifetime makes a token that has expired already. */
function seconds(text: string): number {
  const match = /^(-?\d{1,9})([smh])$/.exec(text);
  const unit = UNIT_SECONDS[match?.[2] ?? ""];
  if (match === null || unit === undefined) {
    throw new CommandError(`--ttl: found ${text}, allowed a duration such as 30s, 5m, 1h`);
  }
  return Number(match[1]) * unit;
}
