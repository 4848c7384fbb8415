// Goal: nothing grows. 10,000 pushes with the old and the new root overlapping, and 1,000,000
// requests, leave the allocator's live bytes where they were and no context alive. Keys come from
// servers as well, whose addresses change, and rules are trees of requirements.

import { SignJWT } from "jose";
import { beforeAll, describe, expect, it } from "vitest";

import type { HeaderList, HttpCall, Plugin } from "../../host-sim/src/index.ts";
import { answerCall } from "../support/key_server.ts";
import type { CountedModule } from "../support/live_bytes.ts";
import { loadCountedModule } from "../support/live_bytes.ts";
import type { SoakHost } from "../support/soak_host.ts";
import { liveBytes, soakHost, START_SECONDS, startPlugin } from "../support/soak_host.ts";
import { newEcKeys } from "../support/key_pairs.ts";

const PUSHES = 10_000;
const REQUESTS = 1_000_000;
/** Addresses of keys that pushes go through; each has a head and a document in shared data. */
const SOURCES = 7;
const CLUSTER = "keys";
/** Pushes between ticks, which fetch what is due. */
const TICK_PUSHES = 10;
const TICK_NANOSECONDS = 1_100_000_000n;

const { publicKey, privateKey } = newEcKeys("P-256");
const jwk = { ...publicKey.export({ format: "jwk" }), kid: "one", alg: "ES256", use: "sig" };

let counted: CountedModule;
let token: string;

beforeAll(async () => {
  counted = await loadCountedModule();
  token = await new SignJWT({})
    .setProtectedHeader({ alg: "ES256", kid: "one" })
    .setSubject("spiffe://example.org/ns/soak")
    .setAudience("soak")
    .setExpirationTime(Number(START_SECONDS) + 86_400)
    .sign(privateKey);
});

const EITHER = { any: ["both", { optional: "soak" }] };

/** A provider whose keys are fetched, and a rule that wants its tokens too. */
function remoteParts(variant: number): { providers: object; rules: object[] } {
  const uri = `https://idp.test/${variant % SOURCES}`;
  const path = `/${variant % 61}/${"y".repeat(variant % 53)}`;
  return {
    providers: {
      remote: {
        audiences: ["soak"],
        algorithms: ["ES256"],
        from: [{ header: "x-remote-token" }],
        keys: { remote: { uri, cluster: CLUSTER } },
        forward: { claims: [{ claim: "sub", header: `x-remote-${variant % 31}` }] },
      },
    },
    rules: [{ match: { prefix: path }, require: "both" }],
  };
}

/** Every other one has keys from a server. */
function configuration(variant: number): string {
  const isRemote = variant % 2 === 1;
  const remote = isRemote ? remoteParts(variant) : { providers: {}, rules: [] };
  return JSON.stringify({
    markChecked: true,
    normalise: {
      strip: ["x-spiffe-id", "x-jwt-*", `x-variant-${variant % 97}`],
      map: [
        { from: "trace-id", to: "x-trace-id" },
        { from: "auth-token", to: "authorization", prefix: "Bearer " },
      ],
    },
    trace: {},
    jwt: {
      providers: {
        soak: {
          profile: "jwt-svid",
          trustDomain: "example.org",
          audiences: ["soak", "x".repeat(variant % 53)].filter((one) => one !== ""),
          keys: { inline: { keys: [jwk] } },
          forward: { claims: [{ claim: "sub", header: "x-spiffe-id" }] },
        },
        ...remote.providers,
      },
      ...(isRemote ? { requirements: { both: { all: ["soak", "remote"] } } } : {}),
      rules: [...remote.rules, { match: { prefix: "/" }, require: isRemote ? EITHER : "soak" }],
    },
    rateLimit: {
      headers: variant % 2 === 0 ? "always" : "refused",
      limits: [{ name: "soak", key: [{ claim: "sub" }], capacity: 1_000_000, refill: "1000000/s" }],
    },
  });
}

const calls: HttpCall[] = [];

function start(): SoakHost & { plugin: Plugin } {
  const soak = soakHost({ clusters: [CLUSTER], dispatch: (call) => void calls.push(call) });
  return { ...soak, plugin: startPlugin(soak.host, counted, configuration(0)) };
}

/** Answers what was asked for keys. */
function answerCalls(): void {
  const body = { keys: [{ ...jwk, kid: "remote" }] };
  for (const call of calls.splice(0)) if (!call.finished) answerCall(call, { body });
}

function requestHeaders(index: number): HeaderList {
  return [
    [":method", "GET"],
    [":path", `/orders/${index % 1000}`],
    [":authority", "example.test"],
    ["user-agent", "soak"],
    ["trace-id", "0af7651916cd43dd8448eb211c80319c"],
    ["auth-token", token],
    ["x-spiffe-id", "spiffe://evil.example/admin"],
  ];
}

function request(plugin: Plugin, index: number): string {
  const stream = plugin.workers[0]?.openStream();
  if (stream === undefined) throw new Error("no worker");
  const result = stream.requestHeaders(requestHeaders(index), true);
  if (result.kind === "continue") stream.responseHeaders([[":status", "200"]], true);
  stream.close();
  return result.kind;
}

describe("pushes", () => {
  it(`live bytes after push ${PUSHES} are those after push 100`, () => {
    const { host, plugin, advance } = start();
    let after100 = 0;
    let keysAfter100: string[] = [];
    let fetched = 0;
    for (let push = 1; push <= PUSHES; push++) {
      const old = plugin.workers[0]?.openStream();
      const held = old?.requestHeaders(requestHeaders(push), true);
      plugin.update(configuration(push));
      expect(held?.kind).toBe("continue");
      old?.responseHeaders([[":status", "200"]], true);
      old?.close();
      if (push % TICK_PUSHES === 1) {
        advance(TICK_NANOSECONDS);
        host.runTimers();
        fetched += calls.length;
        answerCalls();
      }
      if (push !== 100) continue;
      after100 = liveBytes(counted, plugin);
      keysAfter100 = host.sharedData.keys("");
    }
    expect(fetched).toBeGreaterThanOrEqual(SOURCES);
    expect(host.sharedData.keys("").length).toBe(keysAfter100.length);
    expect(after100).toBeGreaterThan(0);
    expect(liveBytes(counted, plugin)).toBe(after100);
    plugin.remove();
    expect(host.liveContexts()).toBe(0);
    advance(TICK_NANOSECONDS);
    expect(host.runTimers()).toBe(0);
  }, 600_000);
});

describe("requests", () => {
  it(`${REQUESTS} requests leave live bytes, memory and contexts as they were`, () => {
    const { host, plugin, advance } = start();
    expect(request(plugin, 0)).toBe("continue");
    const before = liveBytes(counted, plugin);
    const memory = plugin.workers[0]?.memory.buffer.byteLength;
    let refused = 0;
    for (let index = 1; index <= REQUESTS; index++) {
      if (request(plugin, index) !== "continue") refused++;
      advance(10_000n);
    }
    expect(refused).toBe(0);
    expect(liveBytes(counted, plugin)).toBe(before);
    expect(plugin.workers[0]?.memory.buffer.byteLength).toBe(memory);
    plugin.remove();
    expect(host.liveContexts()).toBe(0);
  }, 600_000);
});
