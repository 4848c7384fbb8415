// `npm run bench:jwt`: what a token costs in a real Envoy, Sallyport's jwt section beside Envoy's
// own jwt_authn. Prints tables, keeps JSON.
// Options: harness/command.ts.

import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { moduleVerdict } from "../host-sim/cli/checked_file.ts";
import { envoyBinary } from "../scripts/envoy_bin.ts";
import { runBench } from "./harness/command.ts";
import type { BenchEnvoy } from "./harness/listeners.ts";
import { requireAnswer, withEnvoy } from "./harness/listeners.ts";
import { describeMachine } from "./harness/machine.ts";
import type { Samples } from "./harness/measure.ts";
import { measure } from "./harness/measure.ts";
import type { JwtSamples, RequestCounts } from "./jwt/cases.ts";
import { caseFilters, checkCase, jwtCases, makeSamples, measuredCase } from "./jwt/cases.ts";
import { PROVIDER_COUNTS, providersCase } from "./jwt/cases.ts";
import { oursConfiguration } from "./jwt/filters.ts";
import type { JwtReport } from "./jwt/report.ts";
import { evaluate } from "./jwt/report.ts";
import { ROTATION_TOKENS } from "./jwt/samples.ts";
import { renderReport } from "./jwt/terminal.ts";

interface Pace {
  /** Envoys, one after the other: two starts differ by more than their rounds do. */
  starts: number;
  /** Of each. */
  rounds: number;
  requests: RequestCounts;
}

const PACE: Pace = {
  starts: 9,
  rounds: 5,
  requests: { cached: 12_000, verified: ROTATION_TOKENS },
};
const QUICK: Pace = { starts: 1, rounds: 3, requests: { cached: 1000, verified: 384 } };
const WARM_UP: RequestCounts = { cached: 6000, verified: ROTATION_TOKENS };
const MODULE = fileURLToPath(new URL("../build/sallyport.wasm", import.meta.url));

async function benchJwt(pace: Pace): Promise<JwtReport> {
  const binary = await envoyBinary();
  if (binary.path === null) throw new Error(binary.reason);
  console.error("making keys and tokens");
  const samples = await makeSamples();
  const { counts, refused } = await acceptedCounts(samples);
  const figures: Samples = new Map();
  let pinned = true;
  for (let start = 0; start < pace.starts; start++) {
    console.error(`Envoy ${start + 1} of ${pace.starts}`);
    const measured = await withEnvoy(
      binary.path,
      (none) => caseFilters(samples, MODULE, counts, none),
      (envoy) => measureJwt(envoy, samples, counts, pace),
    );
    for (const [name, more] of measured.figures) {
      figures.set(name, [...(figures.get(name) ?? []), ...more]);
    }
    pinned &&= measured.pinned;
  }
  return {
    machine: describeMachine(binary.path, MODULE),
    starts: pace.starts,
    rounds: pace.starts * pace.rounds,
    requests_per_round: pace.requests,
    pinned,
    providers_refused: refused,
    ...evaluate(figures),
  };
}

/** The numbers of providers that the module takes. */
async function acceptedCounts(
  samples: JwtSamples,
): Promise<{ counts: number[]; refused: string | null }> {
  const module = await WebAssembly.compile(await readFile(MODULE));
  const keys = [samples.signers.ES256.publicKey];
  const counts: number[] = [];
  let refused: string | null = null;
  for (const count of PROVIDER_COUNTS) {
    const otherProviders = samples.otherKeys.slice(0, count - 1);
    const configuration = JSON.stringify(oursConfiguration({ keys, otherProviders }));
    const verdict = moduleVerdict(module, configuration);
    if (verdict === null) counts.push(count);
    else refused = `${providersCase(count)}: ${verdict}`;
  }
  return { counts, refused };
}

async function measureJwt(
  envoy: BenchEnvoy,
  samples: JwtSamples,
  providerCounts: readonly number[],
  { rounds, requests }: Pace,
): Promise<{ figures: Samples; pinned: boolean }> {
  const cases = jwtCases(providerCounts).map((one) => ({
    one,
    measured: measuredCase(one, envoy, samples, requests, WARM_UP),
  }));
  for (const { one, measured } of cases) await checkCase(one, measured);
  console.error("warming up");
  const figures = await measure({
    pid: envoy.process.pid,
    cases: cases.map(({ measured }) => measured),
    rounds,
    prefix: envoy.loadPrefix,
    onRound: (round) => console.error(`round ${round} of ${rounds}`),
  });
  // Every load on `native` and nothing else: its first token came with the check.
  const stats = await envoy.process.stats("jwt_authn.jwt_cache_hit");
  const hits = [...stats.values()].reduce((sum, figure) => sum + figure, 0);
  requireAnswer("native", "jwt_cache_hit", hits, WARM_UP.cached + requests.cached * rounds);
  return { figures, pinned: envoy.loadPrefix.length > 0 };
}

await runBench({ name: "jwt", pace: PACE, quick: QUICK, bench: benchJwt, render: renderReport });
