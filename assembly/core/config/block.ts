// The memory of one root, filled from the bottom while its configuration is read.

import { Text, textLen } from "../bytes/text";
import { ROOT_BYTES } from "../limits";

export class Block {
  private used: u32 = 0;
  private spilled: Array<usize> = [];

  constructor(private base: usize) {}

  /** Whether something did not fit: the configuration is refused. */
  get overflowed(): bool {
    return this.spilled.length > 0;
  }

  /** Address of zeroed bytes, aligned to 8. What does not fit lies on the heap until `release`. */
  allocate(size: u32): usize {
    const end = (<u64>this.used + <u64>size + 7) & ~7;
    let ptr = this.base + this.used;
    if (end <= <u64>ROOT_BYTES) {
      this.used = <u32>end;
    } else {
      ptr = heap.alloc(size);
      this.spilled.push(ptr);
    }
    memory.fill(ptr, 0, size);
    return ptr;
  }

  /** The same at a multiple of `alignment`, a power of two. */
  allocateAligned(size: u32, alignment: u32): usize {
    const ptr = this.allocate(size + alignment);
    return (ptr + alignment - 1) & ~(<usize>alignment - 1);
  }

  /** Keeps bytes as a text. */
  text(ptr: usize, len: u32): Text {
    const target = this.allocate(4 + len);
    store<u32>(target, len);
    memory.copy(target + 4, ptr, len);
    return target;
  }

  /** Keeps two texts as one. */
  join(first: Text, second: Text): Text {
    const len = textLen(first) + textLen(second);
    const target = this.allocate(4 + len);
    store<u32>(target, len);
    memory.copy(target + 4, first + 4, textLen(first));
    memory.copy(target + 4 + textLen(first), second + 4, textLen(second));
    return target;
  }

  /** Gives back what did not fit. Nothing of a configuration that overflowed is used after this. */
  release(): void {
    for (let i = 0; i < this.spilled.length; i++) heap.free(this.spilled[i]);
    this.spilled = [];
  }
}
