// Header map calls with good and bad arguments.

import {
  proxy_add_header_map_value,
  proxy_get_header_map_pairs,
  proxy_get_header_map_size,
  proxy_get_header_map_value,
  proxy_remove_header_map_value,
  proxy_replace_header_map_value,
  proxy_set_header_map_pairs,
} from "./imports";
import { OUT, address, clearOut, given, out, row, utf8 } from "./report";

const MAP_TYPES: u32 = 9;
const FAR: usize = 0xfffffff0;

export function probeHeaders(): void {
  for (let type: u32 = 0; type < MAP_TYPES; type++) {
    readMap(type);
    if (type < 4) changeMap(type);
    else refuseChanges(type);
  }
  badMemory();
}

function readMap(type: u32): void {
  getValue(type, ":path");
  getValue(type, ":status");
  getValue(type, "host");
  getValue(type, "x-probe-repeated");
  getValue(type, "X-Probe-Repeated");
  getValue(type, "x-probe-empty");
  getValue(type, "x-probe-absent");
  getValue(type, "");
  getPairs(type, "as found");
  getSize(type, "as found");
}

function changeMap(type: u32): void {
  add(type, "x-probe-a", "1");
  add(type, "X-Probe-A", "2");
  getValue(type, "x-probe-a");
  getPairs(type, "after two adds");
  replace(type, "x-probe-a", "3");
  getSize(type, "after replace");
  add(type, "x-probe-e", "");
  getValue(type, "x-probe-e");
  mergeInline(type, "via");
  mergeInline(type, "authorization");
  mergeInline(type, "cookie");
  mergeInline(type, "grpc-status");
  mergeInline(type, "vary");
  mergeInline(type, "host");
  add(type, ":probe", "pseudo");
  getPairs(type, "after a pseudo header");
  remove(type, ":probe");
  remove(type, "x-probe-a");
  remove(type, "x-probe-e");
  remove(type, "x-probe-absent");
  getPairs(type, "after removes");
}

/** Two values, then an empty one, then a replacement; and gone again. */
function mergeInline(type: u32, name: string): void {
  if (name == "host") {
    getValue(type, ":authority");
    replace(type, "host", "probe.test");
    getValue(type, ":authority");
    return;
  }
  add(type, name, "one");
  add(type, name, "two");
  add(type, name, "");
  getValue(type, name);
  getPairs(type, `after ${name}`);
  replace(type, name, "three");
  getValue(type, name);
  remove(type, name);
  getSize(type, `without ${name}`);
}

function refuseChanges(type: u32): void {
  add(type, "x-probe-a", "1");
  replace(type, "x-probe-a", "1");
  remove(type, "x-probe-a");
  setPairs(type, "no pairs", memory.data<u32>([0]), 4);
}

function badMemory(): void {
  const name = utf8("x-probe-repeated");
  const ptr = address(name);
  const len = <u32>name.byteLength;
  row("get_header_map_value", "name far", proxy_get_header_map_value(0, FAR, 64, OUT, OUT + 4), "");
  row("get_header_map_value", "out far", proxy_get_header_map_value(0, ptr, len, FAR, OUT), "");
  row("get_header_map_pairs", "out far", proxy_get_header_map_pairs(0, FAR, OUT), "");
  row("get_header_map_size", "out far", proxy_get_header_map_size(0, FAR), "");
  row("add_header_map_value", "value far", proxy_add_header_map_value(0, ptr, len, FAR, 64), "");
  row("remove_header_map_value", "name far", proxy_remove_header_map_value(0, FAR, 64), "");
  row("set_header_map_pairs", "far", proxy_set_header_map_pairs(8, FAR, 64), "");
}

function getValue(type: u32, name: string): void {
  const text = utf8(name);
  clearOut();
  const status = proxy_get_header_map_value(type, address(text), text.byteLength, OUT, OUT + 4);
  row("get_header_map_value", `${type} ${name}`, status, given(status));
}

function getPairs(type: u32, when: string): void {
  clearOut();
  const status = proxy_get_header_map_pairs(type, OUT, OUT + 4);
  let detail = "";
  if (status == 0) detail = out(4) == 0 ? "none" : `${load<u32>(out(0))} in ${out(4)} bytes`;
  row("get_header_map_pairs", `${type} ${when}`, status, detail);
}

function getSize(type: u32, when: string): void {
  clearOut();
  const status = proxy_get_header_map_size(type, OUT);
  row("get_header_map_size", `${type} ${when}`, status, status == 0 ? out(0).toString() : "");
}

export function add(type: u32, name: string, value: string): void {
  const a = utf8(name);
  const b = utf8(value);
  const status = proxy_add_header_map_value(
    type,
    address(a),
    a.byteLength,
    address(b),
    b.byteLength,
  );
  row("add_header_map_value", `${type} ${name}=${value}`, status, "");
}

export function replace(type: u32, name: string, value: string): void {
  const a = utf8(name);
  const b = utf8(value);
  const status = proxy_replace_header_map_value(
    type,
    address(a),
    a.byteLength,
    address(b),
    b.byteLength,
  );
  row("replace_header_map_value", `${type} ${name}=${value}`, status, "");
}

export function remove(type: u32, name: string): void {
  const text = utf8(name);
  const status = proxy_remove_header_map_value(type, address(text), text.byteLength);
  row("remove_header_map_value", `${type} ${name}`, status, "");
}

export function setPairs(type: u32, variant: string, ptr: usize, len: u32): void {
  row("set_header_map_pairs", `${type} ${variant}`, proxy_set_header_map_pairs(type, ptr, len), "");
  getPairs(type, `after set: ${variant}`);
}

/** `name=value` lines as the pairs that the ABI wants. */
export function encodePairs(lines: string): ArrayBuffer {
  const entries = lines.split("\n");
  let size = 4;
  for (let i = 0; i < entries.length; i++) size += 8 + entries[i].length + 1;
  const blob = new ArrayBuffer(size);
  const base = address(blob);
  store<u32>(base, entries.length);
  let position = base + 4 + 8 * entries.length;
  for (let i = 0; i < entries.length; i++) {
    const at = entries[i].indexOf("=");
    const name = utf8(entries[i].slice(0, at));
    const value = utf8(entries[i].slice(at + 1));
    store<u32>(base + 4 + 8 * i, name.byteLength);
    store<u32>(base + 8 + 8 * i, value.byteLength);
    memory.copy(position, address(name), name.byteLength);
    position += name.byteLength;
    store<u8>(position++, 0);
    memory.copy(position, address(value), value.byteLength);
    position += value.byteLength;
    store<u8>(position++, 0);
  }
  return blob;
}
