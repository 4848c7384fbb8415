// Buffers, shared data, queues and metrics with good and bad arguments.

import {
  proxy_define_metric,
  proxy_dequeue_shared_queue,
  proxy_enqueue_shared_queue,
  proxy_get_buffer_bytes,
  proxy_get_buffer_status,
  proxy_get_metric,
  proxy_get_shared_data,
  proxy_increment_metric,
  proxy_record_metric,
  proxy_register_shared_queue,
  proxy_resolve_shared_queue,
  proxy_set_buffer_bytes,
  proxy_set_shared_data,
} from "./imports";
import { OUT, address, clearOut, currentPhase, given, out, row, tag, utf8 } from "./report";

const FAR: usize = 0xfffffff0;
/** Type 8 is call data, which only TCP and DNS fill. */
const BUFFER_TYPES = memory.data<u32>([0, 1, 2, 3, 4, 5, 6, 7, 9]);
const BUFFER_TYPE_COUNT: usize = 9;

export function probeBuffers(): void {
  for (let i: usize = 0; i < BUFFER_TYPE_COUNT; i++) probeBuffer(load<u32>(BUFFER_TYPES + 4 * i));
  row("get_buffer_bytes", "6 out far", proxy_get_buffer_bytes(6, 0, 4, FAR, OUT), "");
}

function probeBuffer(type: u32): void {
  getBytes(type, "all", 0, 0xffffffff);
  getBytes(type, "middle", 1, 2);
  getBytes(type, "from beyond", 0x10000, 4);
  getBytes(type, "none", 0, 0);
  clearOut();
  const status = proxy_get_buffer_status(type, OUT, OUT + 4);
  const detail = status == 0 ? `${out(0)} ${out(4)}` : "";
  row("get_buffer_status", type.toString(), status, detail);
  setBytes(type, "prepend", 0, 0, "<");
  setBytes(type, "append", 0xffffffff, 0, ">");
  setBytes(type, "middle", 1, 1, "!");
  setBytes(type, "first of many", 0, 1, "!");
  getBytes(type, "after changes", 0, 0xffffffff);
  row("set_buffer_bytes", `${type} far`, proxy_set_buffer_bytes(type, 0, 0, FAR, 64), "");
}

export function getBytes(type: u32, variant: string, start: u32, length: u32): void {
  clearOut();
  const status = proxy_get_buffer_bytes(type, start, length, OUT, OUT + 4);
  row("get_buffer_bytes", `${type} ${variant}`, status, given(status));
}

export function setBytes(type: u32, variant: string, start: u32, length: u32, text: string): void {
  const data = utf8(text);
  const status = proxy_set_buffer_bytes(type, start, length, address(data), data.byteLength);
  row("set_buffer_bytes", `${type} ${variant}`, status, "");
}

export function probeSharedData(): void {
  const key = `${tag} ${currentPhase()}`;
  getShared("absent", key);
  setShared("absent with cas 7", key, "first", 7);
  const first = getShared("stored", key);
  setShared("wrong cas", key, "second", first + 1000);
  setShared("right cas", key, "second", first);
  const second = getShared("stored again", key);
  setShared("old cas", key, "third", first);
  setShared("without cas", key, "second", 0);
  const third = getShared("same value", key);
  const changed = first != 0 && first != second && second != third;
  row("get_shared_data", "cas changes with each set", changed ? 1 : 0, "");
  setShared("empty value", key, "", 0);
  getShared("empty value", key);
  row("get_shared_data", "key far", proxy_get_shared_data(FAR, 64, OUT, OUT, OUT), "");
  row("set_shared_data", "value far", proxy_set_shared_data(OUT, 4, FAR, 64, 0), "");
  const text = utf8(key);
  const status = proxy_get_shared_data(address(text), text.byteLength, OUT, OUT + 4, FAR);
  row("get_shared_data", "cas far", status, "");
}

function getShared(variant: string, key: string): u32 {
  const text = utf8(key);
  clearOut();
  const status = proxy_get_shared_data(address(text), text.byteLength, OUT, OUT + 4, OUT + 8);
  row("get_shared_data", variant, status, given(status));
  return status == 0 ? out(8) : 0;
}

function setShared(variant: string, key: string, value: string, cas: u32): void {
  const text = utf8(key);
  const data = utf8(value);
  const status = proxy_set_shared_data(
    address(text),
    text.byteLength,
    address(data),
    data.byteLength,
    cas,
  );
  row("set_shared_data", variant, status, "");
}

/** Token of the queue whose arrivals are told through on_queue_ready. */
export let readyToken: u32 = 0;

export function probeQueues(vmId: string): void {
  const name = `${tag} ${currentPhase()}`;
  resolve("unknown", "", name);
  const token = register("new", name);
  row("register_shared_queue", "same again", register("again", name) == token ? 1 : 0, "");
  row("resolve_shared_queue", "own", resolve("own", "", name) == token ? 1 : 0, "");
  row("resolve_shared_queue", "by id", resolve("by id", vmId, name) == token ? 1 : 0, "");
  resolve("other VM", "elsewhere", name);
  dequeue("empty", token);
  enqueue("own", token, "item");
  enqueue("nothing", token, "");
  dequeue("item", token);
  dequeue("nothing", token);
  dequeue("emptied", token);
  dequeue("unknown", 0x7fffffff);
  enqueue("unknown", 0x7fffffff, "item");
  row("register_shared_queue", "name far", proxy_register_shared_queue(FAR, 64, OUT), "");
  row("enqueue_shared_queue", "far", proxy_enqueue_shared_queue(token, FAR, 64), "");
}

/** An item that stays in its queue until on_queue_ready tells of it. */
export function announceQueue(): void {
  readyToken = register("announced", `${tag} announced`);
  enqueue("announced", readyToken, "news");
}

export function dequeue(variant: string, token: u32): void {
  clearOut();
  const status = proxy_dequeue_shared_queue(token, OUT, OUT + 4);
  row("dequeue_shared_queue", variant, status, given(status));
}

function register(variant: string, name: string): u32 {
  const text = utf8(name);
  const status = proxy_register_shared_queue(address(text), text.byteLength, OUT);
  row("register_shared_queue", variant, status, "");
  return status == 0 ? out(0) : 0;
}

function resolve(variant: string, vmId: string, name: string): u32 {
  const owner = utf8(vmId);
  const text = utf8(name);
  const status = proxy_resolve_shared_queue(
    address(owner),
    owner.byteLength,
    address(text),
    text.byteLength,
    OUT,
  );
  row("resolve_shared_queue", variant, status, "");
  return status == 0 ? out(0) : 0;
}

function enqueue(variant: string, token: u32, item: string): void {
  const data = utf8(item);
  const status = proxy_enqueue_shared_queue(token, address(data), data.byteLength);
  row("enqueue_shared_queue", variant, status, "");
}

export function probeMetrics(): void {
  const suffix = `${tag}.${currentPhase()}`;
  const counter = define(0, `counter.${suffix}`);
  const gauge = define(1, `gauge.${suffix}`);
  const histogram = define(2, `histogram.${suffix}`);
  define(0, `counter.${suffix}`);
  define(3, `other.${suffix}`);
  row("define_metric", "name far", proxy_define_metric(0, FAR, 64, OUT), "");
  for (let i = 0; i < 3; i++) {
    const id = i == 0 ? counter : i == 1 ? gauge : histogram;
    const kind = i == 0 ? "counter" : i == 1 ? "gauge" : "histogram";
    increment(kind, id, 5);
    increment(kind, id, 0);
    increment(kind, id, -2);
    getMetric(kind, id);
    row("record_metric", `${kind} 10`, proxy_record_metric(id, 10), "");
    getMetric(kind, id);
    increment(kind, id + 4000, 1);
    getMetric(`unknown ${kind}`, id + 4000);
    row("record_metric", `unknown ${kind}`, proxy_record_metric(id + 4000, 1), "");
  }
  increment("fourth kind", 7, 1);
  getMetric("fourth kind", 7);
  row("record_metric", "fourth kind", proxy_record_metric(7, 1), "");
  row("get_metric", "out far", proxy_get_metric(counter, FAR), "");
}

function define(type: u32, name: string): u32 {
  const text = utf8(name);
  clearOut();
  const status = proxy_define_metric(type, address(text), text.byteLength, OUT);
  row("define_metric", type.toString(), status, status == 0 ? `id ${out(0)}` : "");
  return out(0);
}

function increment(kind: string, id: u32, offset: i64): void {
  row("increment_metric", `${kind} ${offset}`, proxy_increment_metric(id, offset), "");
}

function getMetric(kind: string, id: u32): void {
  clearOut();
  const status = proxy_get_metric(id, OUT);
  row("get_metric", kind, status, status == 0 ? load<u64>(OUT).toString() : "");
}
