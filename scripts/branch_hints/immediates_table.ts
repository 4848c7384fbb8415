// Which immediates follow an opcode (WebAssembly Core Specification 2.0 §5.4). Not here, and so
// unknown: instructions for references and tables, and whatever asc does not write.

interface Immediates {
  first: number;
  last: number;
  /** Numbers in LEB128 of any width, then so many bytes. */
  numbers: number;
  bytes: number;
}

const row = (first: number, last: number, numbers: number, bytes = 0): Immediates => ({
  first,
  last,
  numbers,
  bytes,
});

export const Opcode = { if: 0x04, end: 0x0b, brIf: 0x0d, brTable: 0x0e, memorySize: 0x3f } as const;
export const OPENS_BLOCK: readonly number[] = [0x02, 0x03, Opcode.if];

export const PLAIN: readonly Immediates[] = [
  row(0x00, 0x01, 0), // unreachable, nop
  row(0x02, 0x04, 1), // block, loop, if
  row(0x05, 0x05, 0), // else
  row(0x0b, 0x0b, 0), // end
  row(0x0c, 0x0d, 1), // br, br_if
  row(0x0f, 0x0f, 0), // return
  row(0x10, 0x10, 1), // call
  row(0x11, 0x11, 2), // call_indirect
  row(0x1a, 0x1b, 0), // drop, select
  row(0x20, 0x24, 1), // locals and globals
  row(0x28, 0x3e, 2), // loads and stores
  row(0x3f, 0x40, 1), // memory.size, memory.grow
  row(0x41, 0x42, 1), // i32.const, i64.const
  row(0x43, 0x43, 0, 4), // f32.const
  row(0x44, 0x44, 0, 8), // f64.const
  row(0x45, 0xc4, 0), // arithmetic, sign extension
];

/** After the prefix, by the number that follows it. */
export const PREFIXED: Readonly<Record<number, readonly Immediates[]>> = {
  0xfc: [
    row(0, 7, 0), // saturating conversions
    row(8, 8, 2), // memory.init
    row(9, 9, 1), // data.drop
    row(10, 10, 2), // memory.copy
    row(11, 11, 1), // memory.fill
  ],
  0xfd: [
    row(0, 11, 2), // loads and v128.store
    row(12, 13, 0, 16), // v128.const, i8x16.shuffle
    row(14, 20, 0), // swizzle, splats
    row(21, 34, 0, 1), // lanes
    row(35, 83, 0), // comparisons, bits
    row(84, 91, 2, 1), // loads and stores of lanes
    row(92, 93, 2), // loads with zeros
    row(94, 153, 0),
    row(155, 161, 0),
    row(163, 164, 0),
    row(167, 174, 0),
    row(177, 177, 0),
    row(181, 186, 0),
    row(188, 193, 0),
    row(195, 196, 0),
    row(199, 206, 0),
    row(209, 209, 0),
    row(213, 225, 0),
    row(227, 237, 0),
    row(239, 255, 0),
  ],
};
