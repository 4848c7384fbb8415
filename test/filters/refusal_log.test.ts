// The lines about refusals: who was refused by what, as text and as JSON, so many in a second.

import { describe, expect, test } from "vitest";

import type { HeaderList, HostCall } from "../../host-sim/src/index.ts";
import { Status } from "../../host-sim/src/index.ts";
import { loadConfigurationError } from "../support/configuration_error.ts";
import type { SimulatedOptions } from "../support/simulated_filter.ts";
import { loadShippedModule, requestOn, Simulated } from "../support/simulated_filter.ts";
import { ecKey, mint } from "../support/tokens.ts";
import type { Claims } from "../support/tokens.ts";

const module = await loadShippedModule();
const KEY = ecKey("k");
const NOW_SECONDS = 1000;
const PROVIDER = { audiences: ["orders"], keys: { inline: { keys: [KEY.jwk] } } };
const TRACE_ID = "0af7651916cd43dd8448eb211c80319c";
const TRACED: HeaderList = [["traceparent", `00-${TRACE_ID}-b7ad6b7169203331-01`]];

function jwtOf(name: string, require: object | string = name): object {
  const providers = { [name]: PROVIDER, other: PROVIDER };
  return { providers, rules: [{ match: { prefix: "/" }, require }] };
}

const bearer = async (changed: Claims = {}): Promise<HeaderList> => [
  ["authorization", `Bearer ${await mint(KEY, { aud: "orders", exp: 10_000, ...changed })}`],
];

const limitOf = (changed: object): object => ({
  rateLimit: {
    limits: [{ name: "per-client", key: [{ text: "" }], capacity: 0, refill: "0/s", ...changed }],
  },
});

function filterOf(configuration: object, options: Partial<SimulatedOptions> = {}): Simulated {
  const filter = new Simulated(module, { configuration, ...options });
  filter.advance(NOW_SECONDS);
  return filter;
}

/** Lines with their level, but those of the host itself. */
const linesOf = (filter: Simulated): string[] =>
  filter.host.log.map(({ level, message }) => `${level} ${message}`);

const failing =
  (name: string) =>
  (call: HostCall): Status | undefined =>
    call.name === name && call.phase === "request_headers" ? Status.INTERNAL_FAILURE : undefined;

describe("the line about a refusal", () => {
  test("has reason, status, trace-id and provider", async () => {
    const filter = filterOf({ trace: {}, jwt: jwtOf("idp") });
    filter.send([...TRACED, ...(await bearer({ nbf: 5000 }))]);
    filter.send(TRACED);
    expect(linesOf(filter)).toEqual([
      `info refused reason=jwt:not_yet_valid status=401 trace_id=${TRACE_ID} provider="idp"`,
      `info refused reason=jwt:missing status=401 trace_id=${TRACE_ID} provider="idp"`,
    ]);
  });

  test("as JSON has the same, with the provider as it is in metrics", async () => {
    const filter = filterOf({ log: { format: "json" }, trace: {}, jwt: jwtOf("our idp") });
    filter.send([...TRACED, ...(await bearer({ aud: "others" }))]);
    const [line = ""] = filter.host.log.map(({ message }) => message);
    expect(JSON.parse(line)).toEqual({
      msg: "refused",
      reason: "jwt:audience_refused",
      status: 401,
      trace_id: TRACE_ID,
      provider: "our_idp",
    });
  });

  test.each([
    ["an exhausted bucket", {}, [], "ratelimit:limited status=429"],
    ["an own status", { status: 503 }, [], "ratelimit:limited status=503"],
    [
      "a key that is missing",
      { key: [{ header: "x-client", onMissing: "deny" }] },
      [],
      "ratelimit:key_missing status=400",
    ],
  ] as const)("names the limit: %s", (_name, changed, headers, told) => {
    const filter = filterOf(limitOf(changed));
    filter.send([...headers]);
    expect(linesOf(filter)).toEqual([`info refused reason=${told} limit="per-client"`]);
  });

  test("names the limit whose store failed, at level warn", () => {
    const faults = failing("proxy_get_shared_data");
    const filter = filterOf(limitOf({ capacity: 5 }), { faults });
    filter.send();
    expect(linesOf(filter)).toEqual([
      'warn refused reason=ratelimit:unavailable status=503 limit="per-client"',
    ]);
  });

  test.each([
    ["the one whose token was bad", { aud: "others" }, "jwt:audience_refused", ' provider="idp"'],
    ["none when nothing was presented", null, "jwt:missing", ""],
  ])("of several providers names %s", async (_name, changed, reason, provider) => {
    const any = { any: ["idp", "other"] };
    const filter = filterOf({ jwt: jwtOf("idp", any) });
    filter.send(changed === null ? [] : await bearer(changed));
    expect(linesOf(filter)).toEqual([`info refused reason=${reason} status=401${provider}`]);
  });

  test("names no provider for what another filter refused", async () => {
    const optional = { optionalOrFailed: "idp" };
    const filter = filterOf({ jwt: jwtOf("idp", optional), ...limitOf({ key: [{ claim: "a" }] }) });
    filter.send(await bearer({ aud: "others" }));
    filter.send(await bearer());
    for (const line of linesOf(filter)) expect(line).not.toContain("provider");
  });

  test("of a dry run says so, without a status", async () => {
    const filter = filterOf({ jwt: { ...jwtOf("idp"), dryRun: true } });
    filter.send(await bearer({ exp: 1 }));
    expect(linesOf(filter)).toEqual([
      'info dry run, not refused reason=jwt:expired provider="idp"',
    ]);
  });

  test("says nothing of the request but its trace-id", async () => {
    const filter = filterOf({ trace: {}, jwt: jwtOf("idp") }, { logLevel: "trace" });
    const headers = await bearer({ exp: 1, sub: "secret" });
    const stream = filter.open();
    requestOn(stream, [...TRACED, ...headers, ["x-secret", "secret"]], "/x?secret");
    stream.close();
    const [, token = ""] = headers[0] ?? [];
    const lines = linesOf(filter).join("\n");
    expect(lines).toContain("jwt:expired");
    expect(lines).not.toContain("secret");
    for (const part of token.split(/[ .]/)) expect(lines).not.toContain(part);
  });

  test("is left out where the host does not log, and nothing else changes", () => {
    const filter = filterOf({ trace: {}, jwt: jwtOf("idp") }, { faults: failing("proxy_log") });
    expect(filter.send(TRACED)).toMatchObject({ reason: "jwt:missing", status: 401 });
    expect(linesOf(filter)).toEqual([]);
  });

  test("is left out above its level", () => {
    const quiet = filterOf({ jwt: jwtOf("idp") }, { logLevel: "warn" });
    quiet.send();
    expect(linesOf(quiet)).toEqual([]);
  });
});

describe("lines in a second", () => {
  const count = (filter: Simulated, times: number): number => {
    const before = filter.host.log.length;
    for (let i = 0; i < times; i++) filter.send();
    return filter.host.log.length - before;
  };

  test("are ten, and the next one says how many were held back", () => {
    const filter = filterOf({ jwt: jwtOf("idp") });
    expect(count(filter, 100)).toBe(10);
    filter.advance(0.999);
    expect(count(filter, 1)).toBe(0);
    filter.advance(0.001);
    expect(count(filter, 2)).toBe(2);
    expect(linesOf(filter).slice(-2)).toEqual([
      'info refused reason=jwt:missing status=401 provider="idp" held_back=91',
      'info refused reason=jwt:missing status=401 provider="idp"',
    ]);
  });

  test("are as many as the configuration says, of all reasons together", async () => {
    const filter = filterOf({ log: { perSecond: 3 }, jwt: jwtOf("idp") });
    expect(count(filter, 2)).toBe(2);
    for (let i = 0; i < 5; i++) filter.send(await bearer({ exp: 1 }));
    expect(linesOf(filter)).toHaveLength(3);
  });

  test("are those of one, without a clock", () => {
    const filter = filterOf({ jwt: jwtOf("idp") }, { faults: failing("clock_time_get") });
    expect(count(filter, 50)).toBeLessThanOrEqual(10);
    filter.advance(100);
    expect(count(filter, 50)).toBe(0);
  });

  test.each([
    [{ perSecond: 0 }, "$.log.perSecond: found 0, allowed: a whole number from 1 to 1000"],
    [{ perSecond: 1001 }, "$.log.perSecond: found 1001, allowed: a whole number from 1 to 1000"],
    [{ format: "xml" }, '$.log.format: found "xml", allowed: text, json'],
    [{ level: 1 }, "$.log.level: found an unknown member, allowed: format, perSecond"],
  ])("and the form of %j are refused by the configuration", async (log, message) => {
    const errorOf = await loadConfigurationError();
    expect(errorOf({ log })).toBe(message);
  });
});

describe("other lines", () => {
  test("are JSON too, once a configuration says so", () => {
    let fails = true;
    const filter = filterOf(
      { log: { format: "json" }, jwt: jwtOf("idp") },
      {
        faults: ({ name }) =>
          fails && name === "proxy_define_metric" ? Status.INTERNAL_FAILURE : undefined,
      },
    );
    expect(filter.send().reason).toBe("config_failed");
    fails = false;
    const [first] = filter.host.log;
    expect(first?.level).toBe("critical");
    expect(JSON.parse(first?.message ?? "")).toEqual({
      msg: "config_failed: every request is refused until the set-up succeeds",
    });
  });

  test("are those of each root, where two of one VM want them otherwise", () => {
    const text = filterOf({ jwt: jwtOf("idp") });
    const configuration = { log: { format: "json" }, jwt: jwtOf("idp") };
    const json = text.host.addPlugin({
      module,
      configuration: JSON.stringify(configuration),
      name: "json",
      rootId: "json",
      vmId: "vm",
      failurePolicy: "FAIL_RELOAD",
    });
    for (let i = 0; i < 2; i++) {
      text.send();
      const stream = json.workers[0]?.openStream();
      if (stream !== undefined) requestOn(stream);
      stream?.close();
    }
    const first = text.host.log.map(({ message }) => message[0]);
    expect(first).toEqual(["r", "{", "r", "{"]);
  });
});
