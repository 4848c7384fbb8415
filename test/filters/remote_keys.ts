// The jwt filter with keys from a server, on the simulator.

import type { HeaderList, Status } from "../../host-sim/src/index.ts";
import type { HostCall, MetricValue } from "../../host-sim/src/index.ts";
import type { Answering, KeyServer } from "../support/key_server.ts";
import { settle } from "../support/key_server.ts";
import type { Sent } from "../support/simulated_filter.ts";
import {
  loadShippedModule,
  requestOn,
  Simulated,
  WAITING,
  waitingFor,
} from "../support/simulated_filter.ts";
import type { Claims, TestKey } from "../support/tokens.ts";
import { mint } from "../support/tokens.ts";

const module = await loadShippedModule();

export const CLUSTER = "idp-keys";
export const URI = "https://idp.test/keys";

/** A configuration whose provider, `idp`, has its keys from elsewhere. */
export function configuration(keys: object, provider: object = {}, section: object = {}): object {
  return {
    jwt: {
      ...section,
      providers: { idp: { audiences: ["orders"], keys, ...provider } },
      rules: [{ match: { prefix: "/" }, require: "idp" }],
    },
  };
}

export const remote = (changed: object = {}, section: object = {}): object =>
  configuration({ remote: { uri: URI, cluster: CLUSTER, ...changed } }, {}, section);

export interface RemoteOptions {
  workers?: number;
  configuration?: object;
  clusters?: readonly string[];
  faults?: (call: HostCall) => Status | undefined;
  shared?: Readonly<Record<string, Uint8Array>>;
}

export function simulate(server: KeyServer, options: RemoteOptions = {}): Simulated {
  return new Simulated(module, {
    configuration: remote(),
    clusters: [CLUSTER],
    dispatch: server.dispatch,
    ...options,
  });
}

/** Lets time pass, with ticks and answers as they come. */
export async function pass(filter: Simulated, seconds: number, stepSeconds = 0.1): Promise<void> {
  for (let steps = Math.round(seconds / stepSeconds); steps > 0; steps--) {
    filter.advance(stepSeconds);
    filter.host.runTimers();
    await settle();
  }
}

/** A filter that has its first keys. */
export async function started(server: KeyServer, options: RemoteOptions = {}): Promise<Simulated> {
  const filter = simulate(server, options);
  await pass(filter, 0.3);
  return filter;
}

export const jwks = (...keys: TestKey[]): Answering => ({
  body: { keys: keys.map(({ jwk }) => jwk) },
});

export const token = (key: TestKey, claims: Claims = {}): Promise<string> =>
  mint(key, { sub: "alice", aud: "orders", exp: 1e9, ...claims });

export const bearer = (value: string): HeaderList => [["authorization", `Bearer ${value}`]];

/** Sends a token by a key; null when it passes, else the reason. */
export async function reasonFor(
  filter: Simulated,
  key: TestKey,
  worker = 0,
): Promise<string | null> {
  return (await sendBy(filter, key, worker)).reason;
}

/** Sends a token by a key; a request that waits is given the answers that are on their way. */
export async function sendBy(filter: Simulated, key: TestKey, worker = 0): Promise<Sent> {
  return sendToken(filter, await token(key), worker);
}

export async function sendToken(filter: Simulated, value: string, worker = 0): Promise<Sent> {
  const stream = filter.open(worker);
  const outcome = waitingFor(stream);
  try {
    const sent = requestOn(stream, bearer(value));
    if (sent !== WAITING) return sent;
    await settle();
    // Another worker's answer is seen on the next tick.
    if (outcome() === null) await pass(filter, 0.2);
    return outcome() ?? WAITING;
  } finally {
    stream.close();
  }
}

/** A gauge or counter of the provider, by the end of its name. */
export function metric(filter: Simulated, name: string): number {
  const full = `filter=.=jwt;.;provider=.=idp;.;${name}`;
  const found: MetricValue | undefined = filter.host.metrics().get(full);
  if (found === undefined || found.type === "histogram") throw new Error(`no metric ${full}`);
  return Number(found.value);
}

export const FETCHES_OK = "outcome=.=ok;.;sallyport_jwks_fetches_total";
export const FETCHES_FAILED = "outcome=.=failed;.;sallyport_jwks_fetches_total";
