// Log, time, randomness, contexts, properties, foreign functions and calls for streams, with good
// and bad arguments.

import {
  args_sizes_get,
  clock_res_get,
  clock_time_get,
  environ_sizes_get,
  fd_write,
  proxy_call_foreign_function,
  proxy_close_stream,
  proxy_continue_stream,
  proxy_done,
  proxy_get_current_time_nanoseconds,
  proxy_get_log_level,
  proxy_get_property,
  proxy_get_status,
  proxy_http_call,
  proxy_log,
  proxy_send_local_response,
  proxy_set_effective_context,
  proxy_set_property,
  random_get,
  sched_yield,
} from "./imports";
import { encodePairs } from "./header_calls";
import { OUT, address, clearOut, given, out, row, utf8 } from "./report";

const FAR: usize = 0xfffffff0;
const SCRATCH: usize = memory.data(65536);

export function probeGeneral(contextId: u32): void {
  row("log", "level 6", proxy_log(6, OUT, 0), "");
  row("log", "far", proxy_log(2, FAR, 64), "");
  row("get_log_level", "", proxy_get_log_level(OUT), out(0).toString());
  row("get_log_level", "far", proxy_get_log_level(FAR), "");
  row("get_current_time_nanoseconds", "", proxy_get_current_time_nanoseconds(OUT), "");
  row("get_current_time_nanoseconds", "far", proxy_get_current_time_nanoseconds(FAR), "");
  for (let id: u32 = 0; id < 5; id++) {
    row("clock_time_get", id.toString(), clock_time_get(id, 1, OUT), "");
    clearOut();
    const status = clock_res_get(id, OUT);
    row("clock_res_get", id.toString(), status, status == 0 ? load<u64>(OUT).toString() : "");
  }
  row("clock_time_get", "far", clock_time_get(0, 1, FAR), "");
  row("random_get", "none", random_get(0, 0), "");
  row("random_get", "65536", random_get(SCRATCH, 65536), "");
  row("random_get", "65537", random_get(SCRATCH, 65537), "");
  row("random_get", "far", random_get(FAR, 64), "");
  row("environ_sizes_get", "", environ_sizes_get(OUT, OUT + 4), `${out(0)} ${out(4)}`);
  row("args_sizes_get", "", args_sizes_get(OUT, OUT + 4), `${out(0)} ${out(4)}`);
  row("sched_yield", "", sched_yield(), "");
  writeOut();
  getStatus("");
  row("set_effective_context", "unknown", proxy_set_effective_context(0x7fffffff), "");
  row("set_effective_context", "itself", proxy_set_effective_context(contextId), "");
  row("set_effective_context", "VM", proxy_set_effective_context(0), "");
  row("done", "", proxy_done(), "");
  row("continue_stream", "downstream", proxy_continue_stream(2), "");
  row("continue_stream", "upstream", proxy_continue_stream(3), "");
  row("continue_stream", "unknown", proxy_continue_stream(4), "");
  row("close_stream", "downstream", proxy_close_stream(2), "");
  row("close_stream", "upstream", proxy_close_stream(3), "");
  row("close_stream", "unknown", proxy_close_stream(4), "");
  const reply = proxy_send_local_response(200, FAR, 64, 0, 0, 0, 0, -1);
  row("send_local_response", "details far", reply, "");
}

/** What only a root may ask without a stream to lose. */
export function probeRootOnly(): void {
  row("continue_stream", "request of a root", proxy_continue_stream(0), "");
  row("continue_stream", "response of a root", proxy_continue_stream(1), "");
  row("close_stream", "request of a root", proxy_close_stream(0), "");
  row("close_stream", "response of a root", proxy_close_stream(1), "");
  const reply = proxy_send_local_response(403, 0, 0, 0, 0, 0, 0, -1);
  row("send_local_response", "of a root", reply, "");
}

export function getStatus(variant: string): void {
  clearOut();
  const status = proxy_get_status(OUT + 8, OUT, OUT + 4);
  row("get_status", variant, status, `${out(8)} ${given(status)}`);
}

function writeOut(): void {
  const text = utf8("written\n");
  store<u32>(SCRATCH, <u32>address(text));
  store<u32>(SCRATCH + 4, text.byteLength);
  for (let fd: u32 = 0; fd < 4; fd++) {
    clearOut();
    const status = fd_write(fd, SCRATCH, 1, OUT);
    row("fd_write", fd.toString(), status, status == 0 ? out(0).toString() : "");
  }
  row("fd_write", "iovs far", fd_write(1, FAR, 2, OUT), "");
}

export function probeProperties(): void {
  getProperty("plugin_name", 0);
  getProperty("plugin_root_id", 0);
  getProperty("plugin_vm_id", 0);
  getProperty("plugin_name.more", 0);
  getProperty("connection_id", 8);
  getProperty("nothing_known", 0);
  getProperty("", 0);
  getProperty("request.path", 0);
  getProperty("request.path.", 0);
  getProperty("request.path.more", 0);
  getProperty("request.url_path", 0);
  getProperty("request.query", 0);
  getProperty("request.host", 0);
  getProperty("request.method", 0);
  getProperty("request.scheme", 0);
  getProperty("request.useragent", 0);
  getProperty("request.referer", 0);
  getProperty("request.id", 0);
  getProperty("request.headers", 0);
  getProperty("request.headers.x-probe-repeated", 0);
  getProperty("request.headers.x-probe-absent", 0);
  getProperty("response.headers.x-probe-repeated", 0);
  getProperty("response.headers.x-probe-absent", 0);
  getProperty("source.address", 32);
  setProperty("probe_state", "set by the probe");
  getProperty("probe_state", 0);
  getProperty("probe_state.more", 0);
  getProperty("wasm.probe_state", 0);
  row("get_property", "path far", proxy_get_property(FAR, 64, OUT, OUT + 4), "");
  row("set_property", "value far", proxy_set_property(OUT, 4, FAR, 64), "");
}

/** Dots stand for the NUL between parts. `bytes` not 0: the value differs from run to run. */
function getProperty(path: string, bytes: u32): void {
  const text = utf8(path);
  const ptr = address(text);
  for (let i: i32 = 0; i < text.byteLength; i++) if (load<u8>(ptr + i) == 46) store<u8>(ptr + i, 0);
  clearOut();
  const status = proxy_get_property(ptr, text.byteLength, OUT, OUT + 4);
  row("get_property", path, status, bytes == 0 ? given(status) : "");
}

function setProperty(path: string, value: string): void {
  const a = utf8(path);
  const b = utf8(value);
  const status = proxy_set_property(address(a), a.byteLength, address(b), b.byteLength);
  row("set_property", path, status, "");
}

/** `fixtures` are lines of `variant=hex of VerifySignatureArguments`. */
export function probeForeign(fixtures: string): void {
  foreign("nothing_known", "", "", OUT, OUT + 4);
  foreign("clear_route_cache", "", "", OUT, OUT + 4);
  foreign("clear_route_cache", "no result wanted", "", 0, 0);
  foreign("verify_signature", "garbage", "ffffffff", OUT, OUT + 4);
  const lines = fixtures.split("\n");
  for (let i = 0; i < lines.length; i++) {
    const at = lines[i].indexOf("=");
    if (at <= 0) continue;
    foreign("verify_signature", lines[i].slice(0, at), lines[i].slice(at + 1), OUT, OUT + 4);
    foreign(
      "verify_signature",
      `${lines[i].slice(0, at)}, no result`,
      lines[i].slice(at + 1),
      0,
      0,
    );
  }
  row("call_foreign_function", "far", proxy_call_foreign_function(FAR, 64, 0, 0, OUT, OUT + 4), "");
}

function foreign(name: string, variant: string, hex: string, outPtr: usize, outLen: usize): void {
  const text = utf8(name);
  const bytes = new ArrayBuffer(hex.length >> 1);
  for (let i = 0; i < bytes.byteLength; i++) {
    store<u8>(address(bytes) + i, <u8>U32.parseInt(hex.substr(2 * i, 2), 16));
  }
  clearOut();
  const status = proxy_call_foreign_function(
    address(text),
    text.byteLength,
    address(bytes),
    bytes.byteLength,
    outPtr,
    outLen,
  );
  const detail = outPtr == 0 ? "" : given(status);
  row("call_foreign_function", `${name} ${variant}`, status, detail);
}

export function probeBadHttpCalls(): void {
  const good = ":method=GET\n:path=/\n:authority=probe.test";
  httpCall("unknown cluster", "nowhere", good, 1000);
  httpCall("no path", "upstream", ":method=GET\n:authority=probe.test", 1000);
  httpCall("no method", "upstream", ":path=/\n:authority=probe.test", 1000);
  httpCall("no authority", "upstream", ":method=GET\n:path=/", 1000);
  httpCall("host for authority, unknown cluster", "nowhere", ":method=GET\n:path=/\nhost=a", 1000);
  httpCall("timeout of 2^31", "upstream", good, 0x80000000);
  httpCall("no endpoints", "empty", good, 1000);
  const cluster = utf8("upstream");
  const ptr = address(cluster);
  const none = proxy_http_call(ptr, cluster.byteLength, OUT, 0, 0, 0, 0, 0, 1000, OUT);
  row("http_call", "no pairs", none, "");
  const far = proxy_http_call(ptr, cluster.byteLength, OUT, 0, 0, 0, 0, 0, 1000, FAR);
  row("http_call", "token far", far, "");
}

/** Answers the token, 0 when the call was refused. */
export function httpCall(variant: string, cluster: string, headers: string, timeout: u32): u32 {
  const name = utf8(cluster);
  const pairs = encodePairs(headers);
  clearOut();
  const status = proxy_http_call(
    address(name),
    name.byteLength,
    address(pairs),
    pairs.byteLength,
    0,
    0,
    0,
    0,
    timeout,
    OUT,
  );
  row("http_call", variant, status, `token ${out(0)}`);
  return status == 0 ? out(0) : 0;
}
