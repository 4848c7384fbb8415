// What the start commands share: their options, and how they fail.

import { Command, CommanderError } from "commander";
import { CommandError } from "../../host-sim/cli/command_error.ts";

export interface StartOptions {
  /** Origin that requests go to, instead of the built-in echo. */
  upstream?: string;
  listen: string;
}

export interface StartCommand {
  /** In front of an error's line. */
  name: string;
  /** As it is typed, for the help. */
  usage: string;
  description: string;
  /** There is nothing to put behind it. */
  ownUpstream?: true;
  start: (options: StartOptions) => Promise<void>;
}

/** Resolves to the exit code; what the user can mend is one line on stderr. */
export async function runStart(command: StartCommand): Promise<number> {
  try {
    await command.start(parseOptions(command));
    return 0;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode;
    if (!(error instanceof CommandError)) throw error;
    process.stderr.write(`${command.name}: ${error.message}\n`);
    return 1;
  }
}

function parseOptions({ usage, description, ownUpstream }: StartCommand): StartOptions {
  const command = new Command(usage).description(description);
  if (ownUpstream !== true) {
    command.option("--upstream <url>", "origin that requests go to, instead of the built-in echo");
  }
  return command
    .option("--listen <host:port>", "address to serve on", "127.0.0.1:8080")
    .exitOverride()
    .parse()
    .opts<StartOptions>();
}
