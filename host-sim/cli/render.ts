// `sallyport render FILE`: the HTTP filters for Envoy, with the least the module must be granted.

import { stringify } from "yaml";

import { requiredCapabilities } from "../../envoy/capabilities.ts";
import { sallyportFilters } from "../../envoy/http_filters.ts";
import { checkFile } from "./checked_file.ts";
import { CommandError } from "./command_error.ts";
import { isRecord } from "./explain/document.ts";
import { findingsText } from "./findings_text.ts";
import { loadModule } from "./module_file.ts";
import { colorsFor } from "./terminal.ts";

export interface RenderOptions {
  module: string;
  name: string;
  vmId: string;
}

/** The exit code: 0 rendered, 1 the configuration is refused. */
export async function renderCommand(file: string, options: RenderOptions): Promise<number> {
  const module = await loadModule();
  const checked = await checkFile(file, module);
  if (checked.kind === "refused") {
    process.stderr.write(findingsText(file, checked.findings, colorsFor(process.stderr)));
    return 1;
  }
  const configuration: unknown = JSON.parse(checked.configurationText);
  if (!isRecord(configuration)) throw new CommandError("the configuration is no object");
  const filters = sallyportFilters({
    name: options.name,
    vmId: options.vmId,
    modulePath: options.module,
    configuration,
    capabilities: requiredCapabilities(module, configuration),
  });
  process.stdout.write(stringify(filters, { lineWidth: 0 }));
  return 0;
}
