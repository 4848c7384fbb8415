// One header field as seen in memory: borrowed views of its name and value.
//
//   0         4         8          12         16        20        24
//   ├─ namePtr┼─ nameLen┼─ valuePtr┼─ valueLen┼─ hash ──┼─ nameId ┤

// @ts-ignore: decorator
@unmanaged
export class Field {
  namePtr: usize;
  nameLen: u32;
  valuePtr: usize;
  valueLen: u32;
  /** Hash of the name; written by whoever indexes the fields. */
  hash: u32;
  /** Number of the name in a table of names; written by whoever indexes the fields. */
  nameId: u32;
}

export const FIELD_BYTES: u32 = 24;
if (offsetof<Field>() != <usize>FIELD_BYTES) ERROR("Field is not 24 bytes");

// @ts-ignore: decorator
@inline
export function fieldAt(fields: usize, index: u32): Field {
  return changetype<Field>(fields + index * FIELD_BYTES);
}
