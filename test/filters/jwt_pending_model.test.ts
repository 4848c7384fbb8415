// Any requirement against any request some of whose keys are on their way: what a plain recursive
// reading says is what the filter does: it waits, passes or refuses, and again when keys come.

import fc from "fast-check";
import { expect, test } from "vitest";

import type { HeaderList, HttpCall } from "../../host-sim/src/index.ts";
import { answerCall, KeyServer, settle } from "../support/key_server.ts";
import { SEED } from "../support/random.ts";
import type { Sent, Simulated } from "../support/simulated_filter.ts";
import { requestOn, WAITING, waitingFor } from "../support/simulated_filter.ts";
import { ecKey, mint } from "../support/tokens.ts";
import { CLUSTER, jwks, pass, simulate } from "./remote_keys.ts";
import type { Name, Requirement } from "./requirement_trees.ts";
import { headersOf, NAMES, providersWith, requirement } from "./requirement_trees.ts";

const KEY = ecKey("k");
const COMING = ecKey("coming");
const WAIT_SECONDS = 5.2;
const RUNS = 50;

/** `coming` and `lost`: by a key that is not there, and when keys come, is or is not among them. */
const STATES = ["missing", "good", "expired", "malformed", "coming", "lost"] as const;
type State = (typeof STATES)[number];
type Request = Record<Name, State>;
/** Which keys have come. */
type Come = ReadonlySet<Name>;

const WAITS = "waits";

/** Null when it passes, WAITS and the provider that it waits for, or the reason. */
interface Verdict {
  reason: string | null;
  for: Name | null;
  verified: readonly Name[];
}

const passing = (...verified: Name[]): Verdict => ({ reason: null, for: null, verified });
const failing = (reason: string): Verdict => ({ reason, for: null, verified: [] });

function judgeProvider(name: Name, state: State, come: Come): Verdict {
  if (state === "good") return passing(name);
  if (state !== "coming" && state !== "lost") return failing(`jwt:${state}`);
  if (!come.has(name)) return { reason: WAITS, for: name, verified: [] };
  return state === "coming" ? passing(name) : failing("jwt:key_unknown");
}

function judge(requirement: Requirement, request: Request, come: Come): Verdict {
  if (typeof requirement === "string") {
    return judgeProvider(requirement, request[requirement], come);
  }
  if ("extractOnly" in requirement) return passing();
  if ("any" in requirement) {
    const verdicts = requirement.any.map((each) => judge(each, request, come));
    const good = verdicts.find(({ reason }) => reason === null);
    const waiting = verdicts.find(({ reason }) => reason === WAITS);
    const told = verdicts.find(({ reason }) => reason !== "jwt:missing");
    return good ?? waiting ?? told ?? failing("jwt:missing");
  }
  if ("all" in requirement) {
    const verdicts = requirement.all.map((each) => judge(each, request, come));
    const bad = verdicts.find(({ reason }) => reason !== null);
    return bad ?? passing(...verdicts.flatMap(({ verified }) => verified));
  }
  if ("optional" in requirement) {
    const verdict = judge(requirement.optional, request, come);
    return verdict.reason === "jwt:missing" ? passing() : verdict;
  }
  const verdict = judge(requirement.optionalOrFailed, request, come);
  return verdict.reason === null || verdict.reason === WAITS ? verdict : passing();
}

const state = fc.constantFrom(...STATES);
const request = fc.record({ a: state, b: state, c: state });

const claims = (sub: string, exp = 1e9): object => ({ sub, aud: "orders", exp });
const tokens: Record<State, string | null> = {
  missing: null,
  good: await mint(KEY, { ...claims("good") }),
  // The clock of the simulator begins at 1.
  expired: await mint(KEY, { ...claims("expired", 1) }),
  malformed: "x.y",
  coming: await mint(COMING, { ...claims("coming") }),
  lost: await mint(ecKey("lost"), { ...claims("lost") }),
};

const headers = ({ a, b, c }: Request): HeaderList =>
  headersOf({ a: tokens[a], b: tokens[b], c: tokens[c] });

const providers = providersWith(
  (each) => ({ remote: { uri: `https://idp.test/${each}`, cluster: CLUSTER, cooldown: "1s" } }),
  { clockSkew: "0s" },
);

const providerOf = (call: HttpCall): string => new Map(call.headers).get(":path") ?? "";

/** A filter whose providers have their first keys, and whose server does not answer from now on. */
async function filterWith(rule: Requirement, server: KeyServer): Promise<Simulated> {
  const rules = [{ match: { prefix: "/" }, require: rule }];
  const filter = simulate(server, { configuration: { jwt: { providers, rules } } });
  await pass(filter, 0.3);
  expect(server.calls.length).toBeGreaterThanOrEqual(NAMES.length);
  await pass(filter, 2, 1);
  server.answer = "hang";
  return filter;
}

function expectVerdict(
  sent: Sent,
  rule: string,
  { reason, verified }: Verdict,
  states: Request,
): void {
  expect(sent.reason).toBe(reason);
  if (sent.reason !== null) return;
  for (const each of NAMES) {
    if (verified.includes(each)) expect(sent.headers.get(`x-sub-${each}`)).toBe(states[each]);
    if (!verified.includes(each)) expect(sent.headers.get(`x-sub-${each}`)).not.toBe("root");
    if (rule.includes(`x-status-${each}`)) {
      expect(sent.headers.get(`x-status-${each}`)).not.toBe("root");
    }
  }
}

interface Count {
  passed: number;
  waited: number;
  refused: number;
  timedOut: number;
}

async function send(rule: Requirement, states: Request, isAnswered: boolean): Promise<keyof Count> {
  const text = JSON.stringify(rule);
  const server = new KeyServer(jwks(KEY));
  const filter = await filterWith(rule, server);
  const stream = filter.open();
  const outcome = waitingFor(stream);
  try {
    const come = new Set<Name>();
    let verdict = judge(rule, states, come);
    const first = requestOn(stream, headers(states));
    if (verdict.reason !== WAITS) {
      expectVerdict(first, text, verdict, states);
      return verdict.reason === null ? "passed" : "refused";
    }
    expect(first).toBe(WAITING);
    if (!isAnswered) {
      await pass(filter, WAIT_SECONDS);
      const everything = new Set(NAMES);
      const lost = (each: State): State => (each === "coming" ? "lost" : each);
      const late = { a: lost(states.a), b: lost(states.b), c: lost(states.c) };
      expectVerdict(outcome() ?? WAITING, text, judge(rule, late, everything), late);
      return "timedOut";
    }
    // It waits for one at a time, and for none twice.
    for (let turn = 0; turn < NAMES.length && verdict.reason === WAITS; turn++) {
      expect(outcome()).toBeNull();
      const awaited = verdict.for;
      const call = server.calls.find(
        (each) => !each.finished && providerOf(each) === `/${String(awaited)}`,
      );
      if (call === undefined || awaited === null)
        throw new Error(`nobody asked ${String(awaited)}`);
      answerCall(call, jwks(KEY, COMING));
      await settle();
      come.add(awaited);
      verdict = judge(rule, states, come);
    }
    expectVerdict(outcome() ?? WAITING, text, verdict, states);
    return "waited";
  } finally {
    stream.close();
  }
}

test(`a requirement means what it says while keys are fetched (SEED=${String(SEED)})`, async () => {
  const count: Count = { passed: 0, waited: 0, refused: 0, timedOut: 0 };
  await fc.assert(
    fc.asyncProperty(
      requirement,
      fc.array(fc.tuple(request, fc.boolean()), { minLength: 3, maxLength: 3 }),
      async (rule, requests) => {
        for (const [states, isAnswered] of requests) count[await send(rule, states, isAnswered)]++;
      },
    ),
    { numRuns: RUNS, seed: SEED },
  );
  for (const [, times] of Object.entries(count)) expect(times).toBeGreaterThan(RUNS / 10);
});
