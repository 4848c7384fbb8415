// One provider: whose tokens are taken, for whom, and what of them is handed on.

import { Value } from "../../core/config/value";
import { readAlgorithms } from "./algorithm_config";
import { readClaimRules } from "./claim_config";
import { readForwarding } from "./forward_config";
import { readKeys } from "./key_config";
import { readLocations } from "./location_config";
import { JwtConfig, Provider } from "./model";

/** Reads a provider; `names` and `config.claims` are the tables of names that it adds to. */
export function readProvider(
  value: Value,
  names: usize,
  config: JwtConfig,
  provider: Provider,
): void {
  const profile = value.optional("profile");
  if (profile !== null) provider.profile = profile.choice(["rfc7519", "jwt-svid", "at+jwt"]);
  readLocations(value.optional("from"), value, names, provider);
  provider.claimRules = readClaimRules(value, names, config, provider);
  const algorithms = value.optional("algorithms");
  const keys = value.required("keys");
  readKeys(keys, config, provider);
  readAlgorithms(algorithms, keys, config.crypto, provider);
  provider.forwarding = readForwarding(value.optional("forward"), value, names, config.claims);
  value.done();
}
