// Entry of the `sallyport` command. Exit codes: 0 done, 1 refused or failed, 2 wrong usage.

import { CommanderError } from "commander";
import { CommandError, WRONG_USAGE } from "./command_error.ts";
import { createProgram } from "./program.ts";
import { colorsFor } from "./terminal.ts";

async function main(): Promise<number> {
  let exitCode = 0;
  const program = createProgram((code) => {
    exitCode = code;
  });
  try {
    await program.parseAsync();
    return exitCode;
  } catch (error) {
    // Commander has printed its own line.
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : WRONG_USAGE;
    if (!(error instanceof CommandError)) throw error;
    process.stderr.write(`${colorsFor(process.stderr).red("error:")} ${error.message}\n`);
    return error.exitCode;
  }
}

process.exitCode = await main();
