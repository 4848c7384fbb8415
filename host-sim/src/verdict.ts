// What becomes of a configuration, without a plugin that stays.

import type { Host, PluginOptions } from "./api.ts";
import { PluginRejected } from "./errors.ts";

/** The last thing that the module said when the plugin was refused; null when it is accepted. */
export function rejectionOf(host: Host, options: PluginOptions): string | null {
  try {
    host.addPlugin(options).remove();
    return null;
  } catch (error) {
    if (!(error instanceof PluginRejected)) throw error;
    return error.log.at(-1) ?? error.message;
  }
}
