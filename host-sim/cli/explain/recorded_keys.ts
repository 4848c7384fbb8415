// Keys that a configuration fetches, fetched once from the clusters that the command is given, so
// that each question to the module gets the same ones.

import { setTimeout as sleep } from "node:timers/promises";
import { createClusters } from "../../gateway/clusters.ts";
import type { ClusterAnswer } from "../../gateway/clusters.ts";
import { createSignatureCrypto, systemClock, systemRandom } from "../../gateway/platform.ts";
import { createHost } from "../../src/index.ts";
import type { HttpCall } from "../../src/index.ts";

export interface RecordedKeys {
  clusters: readonly string[];
  /** What the cluster answered; undefined when it gave no answer. */
  answerTo(call: HttpCall): ClusterAnswer | undefined;
  /** Why calls failed, one line each. */
  failures: readonly string[];
}

/** Of a configuration that may fetch from nowhere. */
export const NO_KEYS: RecordedKeys = { clusters: [], answerTo: () => undefined, failures: [] };

const STEP_MILLISECONDS = 20;
/** Milliseconds without a call after which nothing more is wanted: some ticks. */
const QUIET_MILLISECONDS = 300;
const DEADLINE_MILLISECONDS = 6_000;

/** Lets the module fetch what it wants; `origins` is an origin by name of cluster. */
export async function recordKeys(
  module: WebAssembly.Module,
  configurationText: string,
  origins: Readonly<Record<string, string>>,
): Promise<RecordedKeys> {
  const failures: string[] = [];
  const answers = new Map<string, ClusterAnswer>();
  const clusters = createClusters(origins, () => undefined);
  let quietSince = Date.now();
  let pending = 0;
  const dispatch = (call: HttpCall): void => {
    pending++;
    clusters
      .ask(call)
      .then(
        (answer) => {
          answers.set(nameOf(call), answer);
          call.respond(answer);
        },
        (error: unknown) => {
          failures.push(`${call.cluster}: ${error instanceof Error ? error.message : "failed"}`);
          call.reset();
        },
      )
      .finally(() => {
        pending--;
        quietSince = Date.now();
      });
  };
  const host = createHost({
    clock: systemClock,
    random: systemRandom,
    crypto: createSignatureCrypto(),
    clusters: clusters.names,
    dispatch,
  });
  const plugin = host.addPlugin({ module, configuration: configurationText });
  const deadline = Date.now() + DEADLINE_MILLISECONDS;
  while (Date.now() < deadline && failures.length === 0) {
    if (pending === 0 && Date.now() - quietSince > QUIET_MILLISECONDS) break;
    host.runTimers();
    await sleep(STEP_MILLISECONDS);
  }
  plugin.remove();
  await clusters.close();
  return {
    clusters: clusters.names,
    answerTo: (call) => answers.get(nameOf(call)),
    failures,
  };
}

function nameOf(call: HttpCall): string {
  const field = (name: string): string => call.headers.find(([each]) => each === name)?.[1] ?? "";
  return `${call.cluster} ${field(":authority")} ${field(":path")}`;
}
