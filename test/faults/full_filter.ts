// All four filters on the simulator with a host whose calls can be made to fail, and the requests
// that a hostile client sends.

import { readFile } from "node:fs/promises";

import { createSignatureCrypto } from "../../host-sim/gateway/platform.ts";
import type {
  HeaderList,
  Host,
  HostCall,
  Plugin,
  Status,
  StreamResult,
  Worker,
} from "../../host-sim/src/index.ts";
import { createHost } from "../../host-sim/src/index.ts";
import { MODULE_PATH } from "../support/envoy.ts";
import { reasonOf } from "../support/run_cases.ts";
import { ecKey, flipBit, forge } from "../support/tokens.ts";

const START_SECONDS = 1_800_000_000;
const NANOSECONDS_PER_SECOND = 1_000_000_000n;

export const SUBJECT = "spiffe://example.org/ns/shop";
const FORGED = "spiffe://evil.example/admin";
const LEVEL = "7";
const KEY = ecKey("one");

/** Everything switched on. `showsLimits` keeps a place for each stream until its response. */
export function fullConfiguration(showsLimits: boolean): object {
  return {
    markChecked: true,
    normalise: {
      strip: ["x-spiffe-id", "x-jwt-*"],
      map: [
        { from: "trace-id", to: "x-trace-id" },
        { from: "auth-token", to: "authorization", prefix: "Bearer " },
      ],
      grpcUserAgent: "sallyport",
    },
    trace: {},
    jwt: {
      // The host verifies, so that this can fail, too.
      crypto: "host",
      clearRouteCache: true,
      providers: {
        spire: {
          profile: "jwt-svid",
          trustDomain: "example.org",
          audiences: ["orders"],
          subjects: ["spiffe://example.org/ns/*"],
          keys: { inline: { keys: [KEY.jwk] } },
          forward: {
            payload: "x-payload",
            claims: [
              { claim: "sub", header: "x-spiffe-id" },
              { claim: "level", header: "x-jwt-level" },
            ],
            filterState: [{ claim: "sub", key: "sallyport.sub" }],
          },
        },
      },
      rules: [{ match: { prefix: "/" }, require: "spire" }],
    },
    rateLimit: {
      headers: showsLimits ? "always" : "refused",
      limits: [
        { name: "workload", key: [{ claim: "sub" }], capacity: 1_000_000, refill: "1000000/s" },
        {
          name: "address",
          key: [{ clientAddress: {} }, { path: true }, { header: "x-trace-id" }],
          capacity: 1_000_000,
          refill: "1000000/s",
        },
      ],
    },
  };
}

let minted = 0;

/** A good token that was never seen before. */
export function goodToken(): string {
  const claims = {
    sub: SUBJECT,
    aud: "orders",
    exp: START_SECONDS + 86_400,
    level: LEVEL,
    jti: String(minted++),
  };
  return forge(KEY, { alg: "ES256", kid: "one", typ: "JWT" }, claims);
}

export const forgedToken = (): string => flipBit(goodToken(), 2, 40);

/** What a client sends that wants to be someone else, with a token or without one. */
export function hostileHeaders(token: string | null): HeaderList {
  const headers: HeaderList = [
    [":authority", "example.test"],
    [":path", "/orders"],
    [":method", "GET"],
    [":scheme", "http"],
    ["x-spiffe-id", FORGED],
    ["x_spiffe_id", FORGED],
    ["x-spiffe_id", FORGED],
    ["x-jwt-level", "forged"],
    ["x_jwt-level", "forged"],
    ["x-jwt-a", "forged"],
    ["x_jwt_a", "forged"],
    ["x-sallyport-checked", "forged"],
    ["x_sallyport_checked", "forged"],
    ["trace-id", "0af7651916cd43dd8448eb211c80319c"],
  ];
  if (token !== null) headers.push(["auth-token", token]);
  return headers;
}

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
    this.#elapsed += NANOSECONDS_PER_SECOND;
    this.host.runTimers();
  }

  /** A request, and its response when it went on. */
  send(headers: HeaderList, worker = this.worker()): StreamResult {
    const stream = worker.openStream({ sourceAddress: "192.0.2.1:4711" });
    try {
      const result = stream.requestHeaders(headers, true);
      if (result.kind === "continue") stream.responseHeaders([[":status", "200"]], true);
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

/** What is wrong with an outcome, null when nothing is. `own` is the reason without faults. */
export function wrongWith(
  result: StreamResult,
  own: string | null,
  hit: readonly string[],
): string | null {
  if (result.kind === "continue") {
    return own === null ? wrongIdentity(result.headers) : `passed, but is ${own}`;
  }
  const silenced = hit.filter((name) => name === "proxy_send_local_response").length;
  if (result.kind === "paused") return silenced >= 2 ? null : "hangs";
  if (result.kind !== "reply") return `is ${result.kind}`;
  const reason = reasonOf(result.reply.details);
  // Of two attempts to answer the second has no text.
  if (reason === "" && silenced >= 1) return null;
  return reason === own || HOST_REASONS.has(reason) ? null : `refused for ${reason}`;
}

const IDENTITY: Readonly<Record<string, string>> = {
  "x-spiffe-id": SUBJECT,
  "x-jwt-level": LEVEL,
  "x-sallyport-checked": "1",
};
const UNTRUSTED = /^x[-_](spiffe|jwt|sallyport)|^auth/;

/** The verified identity and the mark once each, nothing like them, and no token. */
function wrongIdentity(headers: HeaderList): string | null {
  const found = headers.filter(([name]) => UNTRUSTED.test(name));
  const expected = Object.entries(IDENTITY);
  const isRight =
    found.length === expected.length &&
    expected.every(([name, value]) =>
      found.some((field) => field[0] === name && field[1] === value),
    );
  return isRight ? null : `passed with ${JSON.stringify(found)}`;
}
