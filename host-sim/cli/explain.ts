// `sallyport explain [FILE]`: one request through the real module, step by step.

import { systemClock } from "../gateway/platform.ts";
import { parseClusters } from "./addresses.ts";
import { checkFile } from "./checked_file.ts";
import { CommandError, WRONG_USAGE } from "./command_error.ts";
import { prepareDemo } from "./demo.ts";
import type { RequestOptions } from "./explain/asked_request.ts";
import { readRequest } from "./explain/asked_request.ts";
import { createAsk } from "./explain/ask_module.ts";
import { parseInstant } from "./explain/dates.ts";
import { isRecord } from "./explain/document.ts";
import { explain } from "./explain/explanation.ts";
import { NO_KEYS, recordKeys } from "./explain/recorded_keys.ts";
import { explanationText } from "./explain/explanation_text.ts";
import { findingsText } from "./findings_text.ts";
import { loadModule } from "./module_file.ts";
import { colorsFor } from "./terminal.ts";

export interface ExplainOptions extends RequestOptions {
  at?: string;
  json?: boolean;
  cluster?: string[];
}

const NANOSECONDS_PER_SECOND = 1e9;

/** The exit code: 0 the request passes, 1 it is refused, 2 there is no verdict. */
export async function explainCommand(
  file: string | undefined,
  options: ExplainOptions,
): Promise<number> {
  try {
    const module = await loadModule();
    const configurationText = await configurationOf(file, module);
    if (configurationText === null) return WRONG_USAGE;
    const configuration: unknown = JSON.parse(configurationText);
    if (!isRecord(configuration)) throw new CommandError("the configuration is no object");
    const { headers, token } = await readRequest(options);
    const now = options.at === undefined ? systemSeconds() : parseInstant(options.at);
    const origins = parseClusters(options.cluster ?? []);
    const fetches = Object.keys(origins).length > 0;
    const keys = fetches ? await recordKeys(module, configurationText, origins) : NO_KEYS;
    for (const failure of keys.failures) process.stderr.write(`warning: cluster ${failure}\n`);
    const ask = createAsk(module, headers, now, keys);
    const explanation = explain({ ask, configuration, headers, token, nowSeconds: now });
    process.stdout.write(
      options.json === true
        ? `${JSON.stringify(explanation, null, 2)}\n`
        : explanationText(explanation, colorsFor(process.stdout)),
    );
    return explanation.verdict === "passes" ? 0 : 1;
  } catch (error) {
    // 1 says that the request is refused.
    if (error instanceof CommandError) throw new CommandError(error.message, WRONG_USAGE);
    throw error;
  }
}

/** Of the demo when there is no file; null when the file was refused, which is then printed. */
async function configurationOf(
  file: string | undefined,
  module: WebAssembly.Module,
): Promise<string | null> {
  if (file === undefined) return (await prepareDemo()).configurationText;
  const checked = await checkFile(file, module);
  if (checked.kind === "accepted") return checked.configurationText;
  process.stderr.write(findingsText(file, checked.findings, colorsFor(process.stderr)));
  return null;
}

function systemSeconds(): number {
  return Number(systemClock.systemNanoseconds()) / NANOSECONDS_PER_SECOND;
}
