// The member `stores`, and what a limit says of where it is kept.

import { Text, textLen, textPtr } from "../../../core/bytes/text";
import { durationMilliseconds } from "../../../core/config/scalars";
import { Value } from "../../../core/config/value";
import {
  CLUSTER_BYTES_MAX,
  IDENTIFIER_BYTES_MAX,
  RATE_LIMIT_NAME_BYTES_MAX,
  SERVICE_LIMITS_MAX,
  STORE_TIMEOUT_MILLISECONDS_MAX,
  STORES_MAX,
} from "../../../core/limits";
import { RateLimitConfig, Rule, Store, StoreKind } from "../model";

const STORE_BYTES: u32 = <u32>offsetof<Store>();
const REDIS_TIMEOUT_MILLISECONDS: u32 = 50;
const RLS_TIMEOUT_MILLISECONDS: u32 = 20;

/** Names of the stores that need no configuration, in the order of StoreKind. */
const BUILT_IN: string[] = ["shared", "worker"];

/** Reads `stores` into the configuration. */
export function readStores(value: Value, config: RateLimitConfig): void {
  const names = value.memberNames(1, STORES_MAX);
  for (let i = 0; i < names.length; i++) {
    const member = value.required(names[i]);
    const room = value.block.allocate(STORE_BYTES);
    const store = changetype<Store>(room);
    store.name = textOf(member, names[i]);
    readStore(member, store);
    if (value.error.failed) return;
    store.next = config.stores;
    config.stores = room;
  }
}

function textOf(value: Value, name: string): Text {
  if (BUILT_IN.includes(name)) value.refuseFound("a name of its own meaning", "another name");
  const encoded = String.UTF8.encode(name);
  const len = <u32>encoded.byteLength;
  if (len == 0 || len > RATE_LIMIT_NAME_BYTES_MAX) {
    value.refuseFound(
      "its name",
      "a name of 1 to " + RATE_LIMIT_NAME_BYTES_MAX.toString() + " bytes",
    );
  }
  return value.block.text(changetype<usize>(encoded), min(len, RATE_LIMIT_NAME_BYTES_MAX));
}

function readStore(value: Value, store: Store): void {
  const redis = value.optional("redis");
  const rls = value.optional("rls");
  value.done();
  if (value.error.failed) return;
  if ((redis === null) == (rls === null)) {
    const found = value.json.items.length.toString() + " members";
    value.refuseFound(found, "one of redis, rls");
  } else if (redis !== null) {
    store.kind = StoreKind.REDIS;
    store.cluster = redis.required("cluster").text(1, CLUSTER_BYTES_MAX);
    store.timeoutMilliseconds = timeoutOf(redis, REDIS_TIMEOUT_MILLISECONDS);
    const onColdKey = redis.optional("onColdKey");
    if (onColdKey !== null) store.passesColdKeys = onColdKey.choice(["wait", "pass"]);
    redis.done();
  } else if (rls !== null) {
    store.kind = StoreKind.RLS;
    store.cluster = rls.required("cluster").text(1, CLUSTER_BYTES_MAX);
    store.domain = rls.required("domain").text(1, IDENTIFIER_BYTES_MAX);
    store.timeoutMilliseconds = timeoutOf(rls, RLS_TIMEOUT_MILLISECONDS);
    rls.done();
  }
}

function timeoutOf(value: Value, otherwise: u32): u32 {
  const timeout = value.optional("timeout");
  if (timeout === null) return otherwise;
  return <u32>durationMilliseconds(timeout, 1, STORE_TIMEOUT_MILLISECONDS_MAX);
}

/** Reads where a limit is kept; `value` may be absent. */
export function readStoreOf(value: Value | null, config: RateLimitConfig, rule: Rule): void {
  if (value === null) return;
  const name = value.string();
  const builtIn = BUILT_IN.indexOf(name);
  if (builtIn >= 0) {
    rule.storeKind = <StoreKind>builtIn;
    return;
  }
  const known = BUILT_IN.slice(0);
  for (let at = config.stores; at != 0; at = changetype<Store>(at).next) {
    const store = changetype<Store>(at);
    const own = String.UTF8.decodeUnsafe(textPtr(store.name), textLen(store.name));
    known.push(own);
    if (own != name) continue;
    rule.store = at;
    rule.storeKind = store.kind;
    store.limitCount++;
    if (store.kind == StoreKind.RLS && store.limitCount > SERVICE_LIMITS_MAX) {
      const most = SERVICE_LIMITS_MAX.toString();
      value.refuseFound("one limit more", "at most " + most + " limits in one store of this kind");
    }
    return;
  }
  value.refuse(known.join(", "));
}
