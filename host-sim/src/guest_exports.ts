// The exports that a proxy-wasm 0.2.1 host looks for, found once when a VM is brought up.
// Source: proxy-wasm-cpp-host src/wasm.cc (getFunctions), include/proxy-wasm/wasm.h.

import { SimError } from "./errors.ts";

/** An export called with more arguments than it has ignores the rest. */
export type GuestFunction = (a?: number, b?: number, c?: number, d?: number, e?: number) => unknown;

/** Parameter counts: an export of another shape stops the load. */
const ARITY = {
  proxy_on_context_create: 2,
  proxy_on_vm_start: 2,
  proxy_on_configure: 2,
  proxy_on_tick: 1,
  proxy_on_queue_ready: 2,
  proxy_on_http_call_response: 5,
  proxy_on_grpc_receive: 3,
  proxy_on_grpc_close: 3,
  proxy_on_request_headers: 3,
  proxy_on_request_body: 3,
  proxy_on_request_trailers: 2,
  proxy_on_response_headers: 3,
  proxy_on_response_body: 3,
  proxy_on_response_trailers: 2,
  proxy_on_log: 1,
  proxy_on_done: 1,
  proxy_on_delete: 1,
} as const;

type CallbackName = keyof typeof ARITY;

export type GuestExports = { readonly [name in CallbackName]: GuestFunction | null } & {
  readonly memory: WebAssembly.Memory;
  readonly allocate: GuestFunction | null;
  /** `_initialize` then `main`, else `_start`. */
  readonly start: readonly GuestFunction[];
};

/** Why the module cannot be used, in Envoy's words. */
export class LinkFailure extends Error {
  readonly missingFunction: boolean;

  constructor(message: string, missingFunction: boolean) {
    super(message);
    this.missingFunction = missingFunction;
  }
}

const ABI_EXPORT = "proxy_abi_version_0_2_1";
const OTHER_ABI_EXPORTS = ["proxy_abi_version_0_1_0", "proxy_abi_version_0_2_0"];

/** Throws LinkFailure for what Envoy refuses, SimError for an ABI that is not modelled. */
export function checkAbiVersion(module: WebAssembly.Module): void {
  const names = WebAssembly.Module.exports(module).map(({ name }) => name);
  if (names.includes(ABI_EXPORT)) return;
  const other = OTHER_ABI_EXPORTS.find((name) => names.includes(name));
  if (other !== undefined) {
    throw new SimError("not_modelled", other, "only ABI 0.2.1 is modelled");
  }
  throw new LinkFailure("Missing or unknown Proxy-Wasm ABI version", false);
}

/** Callbacks whose capability is denied count as not exported. */
export function findExports(
  exports: WebAssembly.Exports,
  allowed: (capability: string) => boolean,
): GuestExports {
  const memory = Object.values(exports).find((value) => value instanceof WebAssembly.Memory);
  if (memory === undefined) {
    throw new SimError("bad_module", "memory", "the module exports no memory");
  }
  const callbacks: Partial<Record<CallbackName, GuestFunction | null>> = {};
  for (const [name, arity] of Object.entries(ARITY)) {
    const found = allowed(name) ? findFunction(exports, name, arity) : null;
    callbacks[name as CallbackName] = found;
  }
  const allocate =
    findFunction(exports, "malloc", 1) ?? findFunction(exports, "proxy_on_memory_allocate", 1);
  return {
    ...(callbacks as Record<CallbackName, GuestFunction | null>),
    memory,
    allocate,
    start: findStart(exports),
  };
}

function findStart(exports: WebAssembly.Exports): GuestFunction[] {
  const initialize = findFunction(exports, "_initialize", 0);
  if (initialize === null) {
    const start = findFunction(exports, "_start", 0);
    return start === null ? [] : [start];
  }
  const main = findFunction(exports, "main", 2) ?? findFunction(exports, "__main_void", 0);
  return main === null ? [initialize] : [initialize, main];
}

function findFunction(
  exports: WebAssembly.Exports,
  name: string,
  arity: number,
): GuestFunction | null {
  const found = exports[name];
  if (typeof found !== "function") return null;
  if (found.length !== arity) {
    throw new LinkFailure(`Bad function signature for: ${name}`, false);
  }
  return found as GuestFunction;
}
