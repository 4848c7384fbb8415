// Runs until Ctrl-C or SIGTERM, then ends cleanly; a second signal ends at once.

const INTERRUPTED = 130;

/** Resolves when `close` has ended after the first signal. */
export async function untilSignal(close: () => Promise<void>): Promise<void> {
  await new Promise<void>((resolve) => {
    let isFirst = true;
    const onSignal = (): void => {
      if (!isFirst) process.exit(INTERRUPTED);
      isFirst = false;
      resolve();
    };
    process.on("SIGINT", onSignal);
    process.on("SIGTERM", onSignal);
  });
  // The terminal has printed ^C on this line.
  if (process.stdout.isTTY) process.stdout.write("\n");
  await close();
}
