// Where spans go.

import { Text } from "../../core/bytes/text";
import { TraceConfig } from "./formats";

// @ts-ignore: decorator
@unmanaged
export class SpanExport {
  /** Tells one of these from others by what it says; never 0. */
  collector: u64;
  cluster: Text;
  authority: Text;
  path: Text;
  /** `service.name` of the spans. */
  service: Text;
}

/** Address of the SpanExport of a section, which may be 0; 0 when spans go nowhere. */
// @ts-ignore: decorator
@inline
export function spanExportOf(config: usize): usize {
  return config == 0 ? 0 : changetype<TraceConfig>(config).spanExport;
}

/** The collector of a section; 0 for none. */
// @ts-ignore: decorator
@inline
export function collectorOf(config: usize): u64 {
  const found = spanExportOf(config);
  return found == 0 ? 0 : changetype<SpanExport>(found).collector;
}
