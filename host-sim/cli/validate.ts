// `sallyport validate FILE`: the schema, then the real module's own check.

import { checkFile } from "./checked_file.ts";
import { findingsText } from "./findings_text.ts";
import { loadModule } from "./module_file.ts";
import { colorsFor } from "./terminal.ts";

/** The exit code: 0 accepted, 1 refused. */
export async function validateCommand(file: string): Promise<number> {
  const checked = await checkFile(file, await loadModule());
  if (checked.kind === "accepted") {
    const colors = colorsFor(process.stdout);
    process.stdout.write(`${colors.green("valid")} ${file}\n`);
    return 0;
  }
  process.stderr.write(findingsText(file, checked.findings, colorsFor(process.stderr)));
  return 1;
}
