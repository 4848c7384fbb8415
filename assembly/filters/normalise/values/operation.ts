export const enum Applied {
  OK,
  ABSENT,
  INVALID,
  TOO_LARGE,
}
export let appliedPtr: usize = 0;
export let appliedLen: u32 = 0;
export function applyOperations(o: usize, isPresent: bool, ptr: usize, len: u32): Applied {
  appliedPtr = ptr;
  appliedLen = len;
  return isPresent ? Applied.OK : Applied.ABSENT;
}
