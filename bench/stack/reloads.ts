// Configurations without end: Envoy discovers the filter in a file that is replaced ever again.

import { mkdtemp, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { JsonObject } from "../../envoy/http_filters.ts";
import type { BenchEnvoy } from "../harness/listeners.ts";
import { askUpstream, requireAnswer, withEnvoy } from "../harness/listeners.ts";
import { ourFilters } from "../harness/ours.ts";
import { round } from "../harness/round.ts";
import { EDITS } from "../headers/cases.ts";
import type { StackInput } from "./chain_filters.ts";
import type { Flatness } from "./flatness.ts";
import { watchMemory } from "./flatness.ts";
import { CHAIN, configurationOf } from "./work.ts";

export interface Reloads extends Flatness {
  /** From the file to the counter of Envoy that tells of it. */
  milliseconds_each: number;
}

const NAME = "chain";
const POLL_MILLISECONDS = 5;
/** Envoy reloads within some 50 ms. */
const PATIENCE_MILLISECONDS = 10_000;
const GENERATION_HEADER = "x-generation";

export async function measureReloads(input: StackInput, reloads: number): Promise<Reloads> {
  const folder = await mkdtemp(join(tmpdir(), "sallyport-bench-"));
  try {
    await pushGeneration(input, folder, 0);
    const filters = { [NAME]: [discovered(folder)] };
    return await withEnvoy(
      input.binary,
      () => filters,
      (envoy) => reloadAll(input, envoy, folder, reloads),
    );
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function reloadAll(
  input: StackInput,
  envoy: BenchEnvoy,
  folder: string,
  reloads: number,
): Promise<Reloads> {
  await requireGeneration(input, envoy, 0);
  let milliseconds = 0;
  const flatness = await watchMemory(envoy.process.pid, reloads, async (count, done) => {
    for (let generation = done + 1; generation <= done + count; generation++) {
      await pushGeneration(input, folder, generation);
      const pushed = performance.now();
      await untilLoaded(envoy, generation);
      milliseconds += performance.now() - pushed;
    }
    await requireGeneration(input, envoy, done + count);
    console.error(`${done + count} of ${reloads} reloads`);
  });
  return { ...flatness, milliseconds_each: round(milliseconds / reloads) };
}

/** https://www.envoyproxy.io/docs/envoy/latest/configuration/overview/extension */
function discovered(folder: string): JsonObject {
  return {
    name: NAME,
    config_discovery: {
      config_source: {
        resource_api_version: "V3",
        path_config_source: {
          path: join(folder, "filter.json"),
          watched_directory: { path: folder },
        },
      },
      type_urls: ["type.googleapis.com/envoy.extensions.filters.http.wasm.v3.Wasm"],
    },
  };
}

/** The chain with one more header that tells configurations apart. */
async function pushGeneration(
  { modulePath, samples }: StackInput,
  folder: string,
  generation: number,
): Promise<void> {
  const chain = configurationOf(CHAIN, samples.signers.ES256.publicKey);
  const set = [...EDITS.set, { header: GENERATION_HEADER, value: String(generation) }];
  const configuration = { ...chain, normalise: { ...EDITS, set } };
  const [filter] = ourFilters(modulePath, NAME, configuration);
  const resource = {
    "@type": "type.googleapis.com/envoy.config.core.v3.TypedExtensionConfig",
    name: NAME,
    typed_config: filter?.["typed_config"],
  };
  const file = join(folder, "next.json");
  await writeFile(
    file,
    JSON.stringify({ version_info: String(generation), resources: [resource] }),
  );
  await rename(file, join(folder, "filter.json"));
}

async function untilLoaded(envoy: BenchEnvoy, generation: number): Promise<void> {
  for (let waited = 0; waited < PATIENCE_MILLISECONDS; waited += POLL_MILLISECONDS) {
    const [loads = 0] = (await envoy.process.stats(`http_filter.${NAME}.config_reload`)).values();
    // The first load was no reload of ours.
    if (loads > generation) return;
    await sleep(POLL_MILLISECONDS);
  }
  throw new Error(`Envoy did not take configuration ${generation}`);
}

async function requireGeneration(
  { samples }: StackInput,
  envoy: BenchEnvoy,
  generation: number,
): Promise<void> {
  const [headers = {}] = samples.headers["one token"];
  const { upstream } = await askUpstream(envoy.port(NAME), headers);
  const seen = upstream.get(GENERATION_HEADER);
  requireAnswer("reloads", GENERATION_HEADER, seen, String(generation));
}
