// The memory of one root, filled from the bottom while its configuration is read.

import { Text, textLen } from "../bytes/text";
import { ROOT_BYTES } from "../limits";

export class Block {
  private used: u32 = 0;
  /**
   * Whether something did not fit. What was returned then must not be kept: the configuration is
   * refused.
   */
  overflowed: bool = false;

  constructor(public base: usize) {}

  /** Address of zeroed bytes, aligned to 8. */
  allocate(size: u32): usize {
    const end = (<u64>this.used + <u64>size + 7) & ~7;
    let ptr = this.base + this.used;
    if (end > <u64>ROOT_BYTES) {
      this.overflowed = true;
      ptr = this.base;
    } else {
      this.used = <u32>end;
    }
    memory.fill(ptr, 0, min(size, ROOT_BYTES));
    return ptr;
  }

  /** Keeps bytes as a text. */
  text(ptr: usize, len: u32): Text {
    const target = this.allocate(4 + len);
    if (this.overflowed) return target;
    store<u32>(target, len);
    memory.copy(target + 4, ptr, len);
    return target;
  }

  /** Keeps two texts as one. */
  join(first: Text, second: Text): Text {
    const len = textLen(first) + textLen(second);
    const target = this.allocate(4 + len);
    if (this.overflowed) return target;
    store<u32>(target, len);
    memory.copy(target + 4, first + 4, textLen(first));
    memory.copy(target + 4 + textLen(first), second + 4, textLen(second));
    return target;
  }

  /** Bytes in use. */
  get size(): u32 {
    return this.used;
  }
}
