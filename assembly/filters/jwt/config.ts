// The section `jwt`: realm, providers and rules. Its verdict depends on the bytes alone.

import { NONE } from "../../core/bytes/none";
import { Text } from "../../core/bytes/text";
import { Value } from "../../core/config/value";
import { PROVIDERS_MAX, TOKEN_CACHE_BYTES } from "../../core/limits";
import { readChallenges } from "./challenge_config";
import { checkLocations } from "./location_config";
import { JwtConfig, PROVIDER_BYTES, providerAt, VERIFIERS_BYTES } from "./model";
import { readProvider } from "./provider_config";
import { NO_PROVIDER, RequirementReader } from "./requirement_config";
import { readRules } from "./rule_config";

/** The cache wants to stand at a multiple of this. */
const CACHE_ALIGNMENT: u32 = 16;

/** Reads the section into the block; returns the address of a JwtConfig. */
export function readJwt(value: Value, names: usize, claims: usize): usize {
  const block = value.block;
  const ptr = block.allocate(<u32>offsetof<JwtConfig>());
  const config = changetype<JwtConfig>(ptr);
  config.claims = claims;
  config.root = NONE;
  config.challenges = readChallenges(value);
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
  config.cache = block.allocateAligned(TOKEN_CACHE_BYTES, CACHE_ALIGNMENT);
  return ptr;
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
    provider.name = nameText(value, providers[i]);
    readProvider(each, names, config, provider);
  }
  return providers;
}

function nameText(value: Value, name: string): Text {
  const bytes = String.UTF8.encode(name);
  return value.block.text(changetype<usize>(bytes), <u32>bytes.byteLength);
}
