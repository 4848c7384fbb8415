// Errors of the simulator. A SimError is a finding about the test or the module, never a verdict
// of the guest: it goes straight through guest frames to whoever drives the simulator.

/** Stable codes of SimError. */
export type SimErrorCode =
  | "not_modelled" // a call, argument or property that this simulator does not model
  | "host_crash" // what Envoy would do here is undefined behaviour or a segfault
  | "misuse" // the driver called the simulator out of order
  | "bad_module"; // the module cannot be linked at all

export class SimError extends Error {
  readonly code: SimErrorCode;
  /** The host call or method at fault, for instance `proxy_grpc_call`. */
  readonly call: string;

  constructor(code: SimErrorCode, call: string, message: string) {
    super(`${code}: ${call}: ${message}`);
    this.name = "SimError";
    this.code = code;
    this.call = call;
  }
}

/** Why Envoy refuses a plugin: the fail state of the VM that could not be brought up. */
export type RejectionCode =
  | "unable_to_initialize_code"
  | "missing_function"
  | "start_failed"
  | "configure_failed"
  | "runtime_error"
  | "base_vm_failed";

/** The configuration was refused before any worker saw it; the previous one stays in force. */
export class PluginRejected extends Error {
  readonly code: RejectionCode;
  /** What the module logged while it was tried, oldest line first. */
  readonly log: readonly string[];

  constructor(code: RejectionCode, message: string, log: readonly string[]) {
    super(log.length === 0 ? `${code}: ${message}` : `${code}: ${message}\n${log.join("\n")}`);
    this.name = "PluginRejected";
    this.code = code;
    this.log = log;
  }
}

/** What a SignatureCrypto throws for a key that does not parse. */
export class UnusableKey extends Error {}

/** Thrown by the host into the guest where Envoy returns a wasm trap. */
export class HostTrap extends Error {
  constructor(message: string) {
    super(message);
    this.name = "HostTrap";
  }
}

/** True for what unwinds a guest in Envoy's V8 as well: a trap, a stack overflow, a host trap. */
export function isTrap(error: unknown): error is Error {
  return (
    error instanceof WebAssembly.RuntimeError ||
    error instanceof HostTrap ||
    (error instanceof RangeError && error.message.includes("call stack"))
  );
}
