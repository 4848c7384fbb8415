/** "Absent" among numbers that count or index. */
// @ts-ignore: decorator
@inline
export const NONE: u32 = u32.MAX_VALUE;
