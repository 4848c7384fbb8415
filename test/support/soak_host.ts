// What soak tests share: a host with a clock that they move, the same random bytes in every run,
// and the bytes that a worker's allocator has given out.

import { createPublicKey, verify } from "node:crypto";

import type { Host, HostOptions, Plugin } from "../../host-sim/src/index.ts";
import { createHost } from "../../host-sim/src/index.ts";
import type { CountedModule } from "./live_bytes.ts";

export const START_SECONDS = 1_800_000_000n;
const NANOSECONDS_PER_SECOND = 1_000_000_000n;

const verdicts = new Map<string, boolean>();

/** Asks node:crypto once for each signature: 30,000 self-tests would ask for the same four. */
function verifyOnce(
  hash: string,
  key: Uint8Array,
  signature: Uint8Array,
  text: Uint8Array,
): boolean {
  const id = Buffer.concat([key, signature, text]).toString("latin1");
  const known = verdicts.get(id);
  if (known !== undefined) return known;
  const publicKey = createPublicKey({ key: Buffer.from(key), format: "der", type: "spki" });
  const verdict = verify(hash, text, publicKey, signature);
  verdicts.set(id, verdict);
  return verdict;
}

export interface SoakHost {
  host: Host;
  advance: (nanoseconds: bigint) => void;
}

export function soakHost(
  given: Pick<HostOptions, "clusters" | "dispatch" | "dispatchGrpc">,
): SoakHost {
  let elapsed = NANOSECONDS_PER_SECOND;
  let seed = 1;
  const host = createHost({
    ...given,
    clock: {
      systemNanoseconds: () => START_SECONDS * NANOSECONDS_PER_SECOND + elapsed,
      monotonicNanoseconds: () => elapsed,
    },
    random: (target) => {
      for (let i = 0; i < target.length; i++) {
        seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0;
        target[i] = seed >>> 24;
      }
    },
    crypto: { verify: verifyOnce },
    logLevel: "error",
  });
  return {
    host,
    advance: (nanoseconds) => {
      elapsed += nanoseconds;
    },
  };
}

export function startPlugin(host: Host, counted: CountedModule, configuration: string): Plugin {
  return host.addPlugin({
    module: counted.module,
    configuration,
    workers: 1,
    failurePolicy: "FAIL_CLOSED",
  });
}

export function liveBytes(counted: CountedModule, plugin: Plugin): number {
  const worker = plugin.workers[0];
  if (worker === undefined) throw new Error("no worker");
  return counted.liveBytes(worker.memory);
}
