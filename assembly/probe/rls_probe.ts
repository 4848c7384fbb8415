// Test-only: the messages of a rate limit service as they are.

import { fieldNumber, readField } from "../core/protobuf/reader";

export { putVarint } from "../core/protobuf/writer";
export {
  putDescriptor,
  putDomain,
  putEntry,
  putHits,
  putRequestHits,
  readResponse,
} from "../core/ratelimit/rls_message";

/** Fields of a message; -1 when it is malformed. */
export function countFields(ptr: usize, len: u32): i32 {
  const end = ptr + len;
  let count = 0;
  for (let at = ptr; at < end; count++) {
    at = readField(at, end);
    if (at == 0 || at > end || fieldNumber == 0) return -1;
  }
  return count;
}
