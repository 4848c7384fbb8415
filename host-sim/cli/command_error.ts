// What ends a command with one clear line instead of a stack trace.

/** Exit codes: 1 refused or failed, 2 wrong usage. */
export const FAILED = 1;
export const WRONG_USAGE = 2;

export class CommandError extends Error {
  readonly exitCode: number;

  constructor(message: string, exitCode = FAILED) {
    super(message);
    this.exitCode = exitCode;
  }
}

/** Node's code of a system error: ENOENT, EADDRINUSE, … */
export function systemCode(error: unknown): string | undefined {
  if (!(error instanceof Error) || !("code" in error)) return undefined;
  return typeof error.code === "string" ? error.code : undefined;
}
