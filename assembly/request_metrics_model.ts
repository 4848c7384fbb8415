// What metrics of requests are told by: the hosts that are services, the methods that are told
// apart. All that is not listed is `other`.

import { Text } from "./core/bytes/text";

// @ts-ignore: decorator
@unmanaged
export class RequestMetrics {
  authorityId: u32;
  methodId: u32;
  hosts: usize;
  hostCount: u32;
  methods: usize;
  methodCount: u32;
  /** Of `sallyport_requests_total`. */
  seriesMax: u32;
}

/** A host or a method, and the label that requests with it get. */
// @ts-ignore: decorator
@unmanaged
export class LabelRow {
  pattern: Text;
  label: Text;
  /** The label's number in this VM (request_labels.ts). */
  number: u32;
}

export const LABEL_ROW_BYTES: u32 = 12;
if (offsetof<LabelRow>() != <usize>LABEL_ROW_BYTES) ERROR("LabelRow is not 12 bytes");

// @ts-ignore: decorator
@inline
export function labelRowAt(rows: usize, index: u32): LabelRow {
  return changetype<LabelRow>(rows + index * LABEL_ROW_BYTES);
}
