// Copies of a few bytes: memory.copy calls out of the module, which costs more than some stores.

/** Copies bytes to where they do not overlap with. */
export function copyShort(target: usize, ptr: usize, len: u32): void {
  if (len >= 16) {
    const last = len - 16;
    for (let offset: u32 = 0; offset < last; offset += 16) {
      v128.store(target + offset, v128.load(ptr + offset));
    }
    v128.store(target + last, v128.load(ptr + last));
  } else if (len >= 8) {
    const last = len - 8;
    store<u64>(target, load<u64>(ptr));
    store<u64>(target + last, load<u64>(ptr + last));
  } else if (len >= 4) {
    const last = len - 4;
    store<u32>(target, load<u32>(ptr));
    store<u32>(target + last, load<u32>(ptr + last));
  } else {
    for (let i: u32 = 0; i < len; i++) store<u8>(target + i, load<u8>(ptr + i));
  }
}
