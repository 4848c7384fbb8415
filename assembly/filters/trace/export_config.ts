// The member `export`.

import { siphash } from "../../core/bytes/hash";
import { copyText, Text, text, textLen, textPtr } from "../../core/bytes/text";
import { Value } from "../../core/config/value";
import { EXPORT_SERVICE_BYTES_MAX } from "../../core/export_limits";
import { readUri, Uri } from "../../core/headers/uri";
import { CLUSTER_BYTES_MAX, HOST_BYTES_MAX, URI_BYTES_MAX } from "../../core/limits";
import { SpanExport } from "./export_model";

const PATH = text("/v1/traces");
const AUTHORITY = text("collector");
const SERVICE = text("sallyport");

/** Address of a SpanExport; 0 when there is none. */
export function readSpanExport(value: Value | null): usize {
  if (value === null) return 0;
  const ptr = value.block.allocate(<u32>offsetof<SpanExport>());
  const out = changetype<SpanExport>(ptr);
  out.cluster = value.required("cluster").text(1, CLUSTER_BYTES_MAX);
  const path = value.optional("path");
  const authority = value.optional("authority");
  const service = value.optional("service");
  value.done();
  out.path = path === null ? PATH : path.text(1, URI_BYTES_MAX);
  if (path !== null && !isWhole("http://h", out.path, "")) {
    path.refuse("a path from / on, without a fragment");
  }
  out.authority = authority === null ? AUTHORITY : authority.text(1, HOST_BYTES_MAX);
  if (authority !== null && !isWhole("http://", out.authority, "/")) {
    authority.refuse("a host, with a port where it has one");
  }
  out.service = service === null ? SERVICE : service.text(1, EXPORT_SERVICE_BYTES_MAX);
  out.collector = hashOf([out.cluster, out.authority, out.path, out.service]);
  return ptr;
}

/** Whether a text between two others makes a URI, whose path it is or is in front of. */
function isWhole(before: string, part: Text, behind: string): bool {
  const own = String.UTF8.decodeUnsafe(textPtr(part), textLen(part));
  const whole = String.UTF8.encode(before + own + behind);
  const room = heap.alloc(offsetof<Uri>());
  const uri = changetype<Uri>(room);
  const ptr = changetype<usize>(whole);
  const isUri = readUri(ptr, <u32>whole.byteLength, uri);
  const pathAt = before.length + (behind.length == 0 ? 0 : own.length);
  const isThere = isUri && uri.pathLen != 0 && uri.pathPtr == ptr + <usize>pathAt;
  heap.free(room);
  return isThere;
}

/** Each text with its length in front, so that none runs over. */
function hashOf(parts: Text[]): u64 {
  let len: u32 = 0;
  for (let i = 0; i < parts.length; i++) len += 4 + textLen(parts[i]);
  const bytes = heap.alloc(len);
  let at = bytes;
  for (let i = 0; i < parts.length; i++) {
    store<u32>(at, textLen(parts[i]));
    at = copyText(at + 4, parts[i]);
  }
  const hash = siphash(bytes, len, 0, 0);
  heap.free(bytes);
  return hash == 0 ? 1 : hash;
}
