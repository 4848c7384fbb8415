// `sallyport serve FILE --upstream URL`: the embedded gateway with a configuration of one's own.

import { checkFile } from "./checked_file.ts";
import { findingsText } from "./findings_text.ts";
import { formatHost, parseClusters, parseListenAddress, parseUpstream } from "./addresses.ts";
import { loadModule } from "./module_file.ts";
import { serveModule } from "./serving.ts";
import { colorsFor } from "./terminal.ts";
import { untilSignal } from "./until_signal.ts";

export interface ServeOptions {
  upstream: string;
  listen: string;
  cluster: string[];
}

/** Runs until a signal; the exit code is 1 when the configuration is refused. */
export async function serveCommand(file: string, options: ServeOptions): Promise<number> {
  const address = parseListenAddress(options.listen);
  const upstream = parseUpstream(options.upstream);
  const clusters = parseClusters(options.cluster);
  const module = await loadModule();
  const checked = await checkFile(file, module);
  if (checked.kind === "refused") {
    process.stderr.write(findingsText(file, checked.findings, colorsFor(process.stderr)));
    return 1;
  }
  const configuration = checked.configurationText;
  const gateway = await serveModule({ ...address, module, configuration, upstream, clusters });
  const colors = colorsFor(process.stdout);
  const url = `http://${formatHost(address.host)}:${gateway.port}`;
  process.stdout.write(`${colors.green("serving")} ${file} on ${url}, upstream ${upstream}\n`);
  await untilSignal(() => gateway.close());
  return 0;
}
