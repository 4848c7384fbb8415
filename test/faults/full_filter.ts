// All four filters on the simulator with a host whose calls can be made to fail, and what may come
// of a request.

import { readFile } from "node:fs/promises";

import { createSignatureCrypto } from "../../host-sim/gateway/platform.ts";
import type {
  HeaderList,
  Host,
  HostCall,
  HttpCall,
  Plugin,
  Status,
  Stream,
  StreamResult,
  Worker,
} from "../../host-sim/src/index.ts";
import { createHost } from "../../host-sim/src/index.ts";
import { MODULE_PATH } from "../support/envoy.ts";
import { reasonOf } from "../support/run_cases.ts";
import { answerCall } from "../support/key_server.ts";
import {
  answerFor,
  CLUSTER,
  COLLECTOR,
  fullConfiguration,
  PROPERTIES,
  START_SECONDS,
  SUBJECT,
} from "./full_configuration.ts";
import { FullStores, SERVICE, WEBDIS } from "./full_limits.ts";
import { finish, SECRET, wrongFields } from "./full_rules.ts";

const NANOSECONDS_PER_SECOND = 1_000_000_000n;
const STEP_MILLISECONDS = 100;
/** Whoever waits for longer waits for ever. */
const WAIT_MILLISECONDS_MAX = 6000;

/** Which host calls fail, by their number among those that are counted, and how. */
export type Plan = ReadonlyMap<number, Status>;
/** Every status of the ABI but OK, and one that it does not have. */
export const FAULTS: readonly Status[] = JSON.parse("[1,2,3,4,5,6,7,8,9,10,11,12,99]");

/** Lets the calls of one plan fail and notes which did. */
export class Saboteur {
  readonly hit: string[] = [];
  /** Names of the calls that were counted. */
  readonly seen: string[] = [];
  readonly #plan: Plan;

  constructor(plan: Plan = new Map()) {
    this.#plan = plan;
  }

  answer(call: HostCall): Status | undefined {
    const fault = this.#plan.get(this.seen.length);
    this.seen.push(call.name);
    if (fault !== undefined) this.hit.push(call.name);
    return fault;
  }
}

export interface FullFilterOptions {
  configuration?: object | string | Uint8Array;
  workers?: number;
  /** Whether the host has `verify_signature`; default true. */
  verifies?: boolean;
  faults?: (call: HostCall) => Status | undefined;
}

const module = await WebAssembly.compile(await readFile(MODULE_PATH));

/** The shipped module with a configuration that its canary accepted. */
export class FullFilter {
  readonly host: Host;
  readonly plugin: Plugin;
  /** Requests for keys, in order. */
  readonly calls: HttpCall[] = [];
  /** Batches of spans, in order. */
  readonly exports: HttpCall[] = [];
  readonly stores = new FullStores();
  /** Names of the key that the servers of keys have. */
  kids: readonly string[] = ["one"];
  /** Trailers and response of the last request: three where all went on. */
  mapsThatWentOn = 0;
  #elapsed = NANOSECONDS_PER_SECOND;
  #seed = 1;

  constructor(options: FullFilterOptions = {}) {
    this.host = createHost({
      clock: {
        systemNanoseconds: () => BigInt(START_SECONDS) * NANOSECONDS_PER_SECOND + this.#elapsed,
        monotonicNanoseconds: () => this.#elapsed,
      },
      random: (target) => {
        for (let i = 0; i < target.length; i++) target[i] = this.#nextByte();
      },
      clusters: [CLUSTER, COLLECTOR, WEBDIS, SERVICE],
      dispatch: (call) => {
        if (call.cluster === CLUSTER) this.calls.push(call);
        else if (call.cluster === COLLECTOR) this.exports.push(call);
        else this.stores.dispatchHttp(call);
      },
      dispatchGrpc: this.stores.dispatchGrpc,
      ...(options.verifies === false ? {} : { crypto: createSignatureCrypto() }),
      ...(options.faults === undefined ? {} : { faults: options.faults }),
    });
    this.plugin = this.addPlugin("full", options);
  }

  #nextByte(): number {
    this.#seed = (Math.imul(this.#seed, 1_664_525) + 1_013_904_223) >>> 0;
    return this.#seed >>> 24;
  }

  /** Another plugin in the same VMs; throws PluginRejected. */
  addPlugin(rootId: string, { configuration, workers = 1 }: FullFilterOptions): Plugin {
    const given = configuration ?? fullConfiguration(false);
    const isText = typeof given === "string" || given instanceof Uint8Array;
    return this.host.addPlugin({
      module,
      configuration: isText ? given : JSON.stringify(given),
      rootId,
      vmId: "full",
      workers,
      failurePolicy: "FAIL_CLOSED",
    });
  }

  worker(index = 0, plugin = this.plugin): Worker {
    const found = plugin.workers[index];
    if (found === undefined) throw new Error(`no worker ${String(index)}`);
    return found;
  }

  /** One second later: what was to be tried again has been. */
  afterRetry(): void {
    this.pass(1000);
  }

  /** So many milliseconds later; servers of keys and stores have answered what they were asked. */
  pass(milliseconds: number): void {
    this.#elapsed += BigInt(milliseconds) * 1_000_000n;
    this.host.runTimers();
    // An answer may lead to another question.
    for (const call of this.calls) if (!call.finished) answerCall(call, answerFor(call, this.kids));
    this.calls.length = 0;
    for (const call of this.exports) if (!call.finished) answerCall(call, {});
    this.exports.length = 0;
    this.stores.turn();
  }

  open(worker = this.worker()): Stream {
    return worker.openStream({ sourceAddress: "192.0.2.1:4711", properties: PROPERTIES });
  }

  /** A request that may wait, and its response when it went on. */
  send(headers: HeaderList, worker = this.worker()): StreamResult {
    const stream = this.open(worker);
    try {
      let result = stream.requestHeaders(headers, false);
      stream.onResume = (resumption) => {
        if (result.kind !== "paused") throw new Error(`${result.kind} goes on`);
        result = resumption.result;
      };
      for (let waited = 0; result.kind === "paused"; waited += STEP_MILLISECONDS) {
        if (waited > WAIT_MILLISECONDS_MAX) break;
        this.pass(STEP_MILLISECONDS);
      }
      // Some tests are about other configurations; what is in this one, `wrongWith` asks.
      const isRuled =
        result.kind === "continue" && !result.headers.some(([name]) => name === SECRET);
      this.mapsThatWentOn = isRuled ? finish(stream) : 0;
      return result;
    } finally {
      stream.close();
    }
  }
}

/** Reasons that blame the host or the size of the request, never the client's token. */
const HOST_REASONS = new Set([
  "host_failure",
  "headers_too_large",
  "unknown_context",
  "ratelimit:unavailable",
  "ratelimit:cas_exhausted",
]);

/** Headers that a request leaves with, by name; of `x-jwt-payload` the subject in it. */
export type Identity = Readonly<Record<string, string>>;
export const CHECKED: Identity = { "x-sallyport-checked": "1" };
export const SPIRE_IDENTITY: Identity = {
  ...CHECKED,
  "x-spiffe-id": SUBJECT,
  "x-jwt-level": "7",
  "x-jwt-roles": "reader,writer",
  "x-jwt-payload": SUBJECT,
};

/** Whether a verdict of the jwt filter became a mark; `null` when the request has none. */
export function dryRunOf(result: StreamResult): string | null {
  if (result.kind !== "continue") return null;
  return result.headers.find(([name]) => name === "x-sallyport-dry-run")?.[1] ?? null;
}

/**
 * What is wrong with an outcome, null when nothing is. `own` is the reason without faults; with
 * them, it may be one of the host's, or of `alsoFor`, or none where `failsOpen`.
 */
export function wrongWith(
  result: StreamResult,
  own: string | null,
  hit: readonly string[],
  identity: Identity = SPIRE_IDENTITY,
  alsoFor: readonly string[] = [],
  failsOpen = false,
): string | null {
  const isFaulty = hit.length > 0;
  if (result.kind === "continue") {
    const mark = dryRunOf(result);
    if (mark !== null) return wrongMark(result.headers, mark, own, hit);
    const mayPass = own === null || (failsOpen && isFaulty);
    return mayPass ? wrongIdentity(result.headers, identity) : `passed, but is ${own}`;
  }
  const silenced = hit.filter((name) => name === "proxy_send_local_response").length;
  if (result.kind === "paused") return silenced >= 2 ? null : "hangs";
  if (result.kind !== "reply") return `is ${result.kind}`;
  const reason = reasonOf(result.reply.details);
  // Of two attempts to answer the second has no text.
  if (reason === "" && silenced >= 1) return null;
  const isExplained =
    reason === own || (isFaulty && (HOST_REASONS.has(reason) || alsoFor.includes(reason)));
  return isExplained ? null : `refused for ${reason}`;
}

/** In a dry run what is refused passes, and nobody is known. */
function wrongMark(
  headers: HeaderList,
  mark: string,
  own: string | null,
  hit: readonly string[],
): string | null {
  if (mark !== own && hit.length === 0) return `is marked ${mark}`;
  return wrongIdentity(headers, { ...CHECKED, "x-sallyport-dry-run": mark });
}

/** Limits in shadow that refuse (full_limits.ts). */
const SHADOWS = ["readers", "tried"];
const UNTRUSTED = /^x[-_](spiffe|jwt|sallyport)|^auth|[-_]token$/;
const TOKEN = /eyJ[\w-]*\.eyJ/;

function readPayload([name, value]: [string, string]): [string, string] {
  if (name !== "x-jwt-payload") return [name, value];
  const payload: { sub?: string } = JSON.parse(Buffer.from(value, "base64url").toString());
  return [name, payload.sub ?? ""];
}

/** The verified identity and the mark once each, nothing like them, and no token. */
function wrongIdentity(headers: HeaderList, identity: Identity): string | null {
  const isTag = ([name, value]: [string, string]): boolean =>
    name === "x-sallyport-shadow" && SHADOWS.includes(value);
  if (headers.filter(isTag).length > 1) return `tagged twice: ${JSON.stringify(headers)}`;
  const found = headers
    .filter((field) => UNTRUSTED.test(field[0]) && !isTag(field))
    .map(readPayload);
  const expected = Object.entries(identity);
  const isRight =
    found.length === expected.length &&
    expected.every(([name, value]) =>
      found.some((field) => field[0] === name && field[1] === value),
    );
  const isSafe = headers.every(([, value]) => !TOKEN.test(value));
  if (!isRight || !isSafe) return `passed with ${JSON.stringify(headers)}`;
  return wrongFields(headers, true);
}
