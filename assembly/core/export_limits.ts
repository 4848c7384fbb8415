// Bounds of the export of spans, each with its unit and its reason.

/** Spans of one VM that wait to be exported: 36 KiB, and what four exports take. */
export const SPANS_MAX: u32 = 256;
/** Bytes of the name of the service that spans are of. */
export const EXPORT_SERVICE_BYTES_MAX: u32 = 64;
