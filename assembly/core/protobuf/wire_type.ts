// How a field's value is written. https://protobuf.dev/programming-guides/encoding/#structure

export const enum WireType {
  VARINT = 0,
  FIXED64 = 1,
  BYTES = 2,
  FIXED32 = 5,
}
