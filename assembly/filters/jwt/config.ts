// The section `jwt`: realm, providers and rules. Its verdict depends on the bytes alone.

import { BLOCK_SECRET_BYTES } from "../../core/bytes/hash";
import { NONE } from "../../core/bytes/none";
import { text } from "../../core/bytes/text";
import { fixedNameId } from "../../core/config/scalars";
import { Value } from "../../core/config/value";
import { addNameFlags, NAME_OWNED } from "../../core/headers/names";
import { PROVIDERS_MAX, REFUSED_CACHE_BYTES, TOKEN_CACHE_BYTES } from "../../core/limits";
import { readChallenges } from "./challenge_config";
import { findContestedHeaders } from "./contested_config";
import { checkLocations } from "./location_config";
import { JwtConfig, PROVIDER_BYTES, providerAt, VERIFIERS_BYTES } from "./model";
import { metricLabel } from "./metric_label_config";
import { readProvider } from "./provider_config";
import { NO_PROVIDER, RequirementReader } from "./requirement_config";
import { readRules } from "./rule_config";

const DRY_RUN = text("x-sallyport-dry-run");

/** The cache wants to stand at a multiple of this. */
const CACHE_ALIGNMENT: u32 = 16;

/** Reads the section into the block; returns the address of a JwtConfig. */
export function readJwt(value: Value, names: usize, claims: usize): usize {
  const block = value.block;
  const ptr = block.allocate(<u32>offsetof<JwtConfig>());
  const config = changetype<JwtConfig>(ptr);
  config.hashSecret = block.allocate(BLOCK_SECRET_BYTES);
  config.claims = claims;
  config.root = NONE;
  config.challenges = readChallenges(value);
  readDryRun(value.optional("dryRun"), names, config);
  const clears = value.optional("clearRouteCache");
  if (clears !== null && clears.bool()) config.clearsRouteCache = 1;
  const crypto = value.optional("crypto");
  if (crypto !== null) config.crypto = crypto.choice(["auto", "host", "wasm"]);
  const onMultiple = value.optional("onMultiple");
  if (onMultiple !== null) config.onMultiple = onMultiple.choice(["reject", "first", "all"]);
  config.verifiers = block.allocate(VERIFIERS_BYTES);
  const providerValues = value.required("providers");
  const providers = readProviders(providerValues, names, config);
  const requirements = new RequirementReader(config, names, providers);
  requirements.readNamed(value.optional("requirements"));
  readRules(value.required("rules"), requirements, names, config);
  value.done();
  checkLocations(providerValues, names, config);
  if (!value.error.failed) findContestedHeaders(names, config, block);
  config.cache = block.allocateAligned(TOKEN_CACHE_BYTES, CACHE_ALIGNMENT);
  config.refusedCache = block.allocateAligned(REFUSED_CACHE_BYTES, CACHE_ALIGNMENT);
  return ptr;
}

/** The header is the section's own only where it is written. */
function readDryRun(value: Value | null, names: usize, config: JwtConfig): void {
  config.dryRunId = NONE;
  if (value === null || !value.bool()) return;
  config.dryRunId = fixedNameId(names, value, DRY_RUN);
  addNameFlags(names, config.dryRunId, NAME_OWNED);
}

/** Reads the providers; returns their names, in the order in which they stand in the block. */
function readProviders(value: Value, names: usize, config: JwtConfig): string[] {
  const providers = value.memberNames(1, PROVIDERS_MAX);
  config.providerCount = <u32>providers.length;
  config.providerNumbers = config.providerCount;
  config.providers = value.block.allocate(config.providerCount * PROVIDER_BYTES);
  for (let i = 0; i < providers.length; i++) {
    if (value.error.failed) break;
    const each = value.required(providers[i]);
    if (providers[i] == NO_PROVIDER) {
      each.refuseFound("the name none", "another name: rules say none for no provider");
    }
    const provider = providerAt(config, <u32>i);
    provider.number = <u32>i;
    provider.label = metricLabel(value.block, providers[i]);
    readProvider(each, names, config, provider);
  }
  return providers;
}
