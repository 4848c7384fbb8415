// Bytes and latin1 strings: one char is one byte. `TextDecoder("latin1")` is windows-1252 and
// therefore no inverse of this.

const CHUNK_BYTES = 4096;

/** Each byte becomes the char of that number. */
export function latin1(bytes: Uint8Array): string {
  if (bytes.length <= CHUNK_BYTES) return fromCharCodes(bytes);
  let text = "";
  for (let start = 0; start < bytes.length; start += CHUNK_BYTES) {
    text += fromCharCodes(bytes.subarray(start, start + CHUNK_BYTES));
  }
  return text;
}

/** `apply` takes any array-like; a spread of the same bytes is 12 times slower at 400 bytes. */
function fromCharCodes(bytes: Uint8Array): string {
  const text: unknown = Reflect.apply(String.fromCharCode, String, bytes);
  return typeof text === "string" ? text : "";
}

/** Writes the low byte of each char at `offset`; the target must be large enough. */
export function writeLatin1(text: string, target: Uint8Array, offset: number): void {
  for (let index = 0; index < text.length; index++) target[offset + index] = text.charCodeAt(index);
}

/** The low byte of each char. */
export function latin1Bytes(text: string): Uint8Array {
  const bytes = new Uint8Array(text.length);
  writeLatin1(text, bytes, 0);
  return bytes;
}

/** ASCII letters to lower case, every other byte kept, as absl::ascii_tolower. */
export function asciiLowerCase(text: string): string {
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    if (code >= 0x41 && code <= 0x5a) {
      return text.replace(/[A-Z]/g, (letter) => letter.toLowerCase());
    }
  }
  return text;
}

export function concatBytes(chunks: readonly Uint8Array[]): Uint8Array {
  let length = 0;
  for (const chunk of chunks) length += chunk.length;
  const bytes = new Uint8Array(length);
  let offset = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, offset);
    offset += chunk.length;
  }
  return bytes;
}

export function textBytes(text: string | Uint8Array): Uint8Array {
  return typeof text === "string" ? new TextEncoder().encode(text) : text;
}
