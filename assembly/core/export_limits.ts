// Bounds of the export of spans, each with its unit and its reason.

/** Spans of one VM that wait to be exported: 36 KiB, and what four exports take. */
export const SPANS_MAX: u32 = 256;
/** Spans of one export, which takes 65 KiB of the arena at most. */
export const SPANS_EXPORTED_MAX: u32 = 64;
/** Bytes of the name of the service that spans are of. */
export const EXPORT_SERVICE_BYTES_MAX: u32 = 64;
/** Milliseconds until an export is given up. */
export const EXPORT_TIMEOUT_MILLISECONDS: u32 = 5000;
/** Bytes that a call of the module keeps until its answer: what a span of it needs. */
export const CALLOUT_NOTE_BYTES: u32 = 48;
