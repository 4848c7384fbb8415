// Streams that go while they wait for keys: what comes later finds nobody, and does no harm.

import { describe, expect, test } from "vitest";

import type { Stream } from "../../host-sim/src/index.ts";
import { answerCall, KeyServer, settle } from "../support/key_server.ts";
import { SEED, seededRandom } from "../support/random.ts";
import type { Sent, Simulated } from "../support/simulated_filter.ts";
import { requestOn, waitingFor } from "../support/simulated_filter.ts";
import { ecKey } from "../support/tokens.ts";
import type { Answering } from "../support/key_server.ts";
import { bearer, jwks, metric, pass, reasonFor, remote, simulate, token } from "./remote_keys.ts";

const KEY = ecKey("k");
const GOOD = bearer(await token(KEY));
const WAITERS = "sallyport_jwks_waiters";
const ROOTS = 2;
const ROUNDS = 60;

interface Waiting {
  stream: Stream;
  outcome: () => Sent | null;
}

function wait(filter: Simulated): Waiting {
  const stream = filter.open();
  const outcome = waitingFor(stream);
  expect(requestOn(stream, GOOD).reason).toBe("waits");
  return { stream, outcome };
}

async function answer(server: KeyServer, answering: Answering): Promise<void> {
  for (const call of server.calls) if (!call.finished) answerCall(call, answering);
  await settle();
}

const continued = (filter: Simulated): number =>
  filter.host.hostCallsByName().get("proxy_continue_stream") ?? 0;

describe("a stream that is reset", () => {
  test.each<[string, Answering]>([
    ["keys", jwks(KEY)],
    ["no keys", { status: 500 }],
    ["a reset", "reset"],
  ])("while it waits, its keys come and nobody speaks of it again: %s", async (_name, given) => {
    const server = new KeyServer("hang");
    const filter = simulate(server);
    const { stream, outcome } = wait(filter);
    stream.close();
    expect(metric(filter, WAITERS)).toBe(0);
    await answer(server, given);
    server.answer = jwks(KEY);
    await pass(filter, 6);
    expect(outcome()).toBeNull();
    expect(continued(filter)).toBe(0);
    expect(filter.host.liveContexts()).toBe(ROOTS);
    expect(await reasonFor(filter, KEY)).toBeNull();
  });

  test("whose configuration is replaced while it waits", async () => {
    const server = new KeyServer("hang");
    const filter = simulate(server);
    const gone = wait(filter);
    const patient = wait(filter);
    const before = [...server.calls];
    filter.plugin.update(JSON.stringify(remote({ uri: "https://idp.test/others" })));
    gone.stream.close();
    // The answer to what was asked before the push.
    for (const call of before) answerCall(call, jwks(KEY));
    await pass(filter, 6);
    expect(gone.outcome()).toBeNull();
    expect(patient.outcome()?.reason).not.toBe("waits");
    patient.stream.close();
    await pass(filter, 1);
    expect(filter.host.liveContexts()).toBe(ROOTS);
    expect(metric(filter, WAITERS)).toBe(0);
    await answer(server, jwks(KEY));
    server.answer = jwks(KEY);
    await pass(filter, 31, 1);
    expect(await reasonFor(filter, KEY)).toBeNull();
  });

  test("with its plugin while it waits", async () => {
    const server = new KeyServer("hang");
    const filter = simulate(server);
    const { stream } = wait(filter);
    filter.plugin.remove();
    await answer(server, jwks(KEY));
    stream.close();
    await pass(filter, 6);
    expect(filter.host.liveContexts()).toBe(0);
  });

  test(`among others that wait, whoever goes and whenever (SEED=${String(SEED)})`, async () => {
    const random = seededRandom(SEED);
    for (let round = 0; round < ROUNDS; round++) {
      const server = new KeyServer("hang");
      const filter = simulate(server);
      const waiting = Array.from({ length: 1 + random.below(12) }, () => wait(filter));
      const gone = new Set<Waiting>();
      const leave = async (): Promise<void> => {
        for (let i = random.below(4); i > 0; i--) {
          const left = waiting.filter((each) => !gone.has(each));
          if (left.length === 0) break;
          const one = random.pick(left);
          gone.add(one);
          one.stream.close();
        }
        await pass(filter, random.below(3) / 10);
      };
      await leave();
      await leave();
      expect(metric(filter, WAITERS)).toBe(waiting.length - gone.size);
      await answer(server, jwks(KEY));
      await leave();
      for (const { stream, outcome } of waiting.filter((each) => !gone.has(each))) {
        expect(outcome()?.reason).toBeNull();
        stream.close();
      }
      expect(metric(filter, WAITERS)).toBe(0);
      expect(filter.host.liveContexts()).toBe(ROOTS);
    }
  });
});
