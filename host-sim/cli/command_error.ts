// What ends a command with one clear line instead of a stack trace.

export class CommandError extends Error {}

/** Node's code of a system error: ENOENT, EADDRINUSE, … */
export function systemCode(error: unknown): string | undefined {
  if (!(error instanceof Error) || !("code" in error)) return undefined;
  return typeof error.code === "string" ? error.code : undefined;
}
