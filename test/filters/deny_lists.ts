// The jwt filter with a deny-list from a server, on the simulator.

import type { Answering, KeyServer } from "../support/key_server.ts";
import type { Simulated } from "../support/simulated_filter.ts";
import type { Claims } from "../support/tokens.ts";
import { ecKey } from "../support/tokens.ts";
import type { RemoteOptions } from "./remote_keys.ts";
import { CLUSTER, configuration, sendToken, started, token } from "./remote_keys.ts";

export const KEY = ecKey("k");
export const INLINE = { inline: { keys: [KEY.jwk] } };
export const LISTS = "deny-lists";
export const URI = "https://lists.test/denied";
export const REVOKED = "jwt:revoked";
export const ALICE = { sub: "alice", jti: "t-1" };

export const list = (members: object): Answering => ({ body: members });

/** The member of a provider, with a list beside it in the configuration. */
export const deny = (changed: object = {}, beside: object = {}): object => ({
  deny: { ...beside, remote: { uri: URI, cluster: LISTS, ...changed } },
});

/** A configuration whose provider, `idp`, has a list from elsewhere. */
export const denying = (changed: object = {}, beside: object = {}): object =>
  configuration(INLINE, deny(changed, beside));

export const OPTIONS = { configuration: denying(), clusters: [LISTS, CLUSTER] };

/** A filter that has its first list. */
export const begun = (server: KeyServer, options: RemoteOptions = {}): Promise<Simulated> =>
  started(server, { ...OPTIONS, ...options });

const tokens = new Map<string, Promise<string>>();

/** A token by KEY: of the same claims the same one, byte for byte, so that caches can know it. */
export function tokenOf(claims: Claims): Promise<string> {
  const name = JSON.stringify(claims, (_name, value: unknown) => value ?? null);
  const made = tokens.get(name) ?? token(KEY, claims);
  tokens.set(name, made);
  return made;
}

/** Sends the token of some claims; null when it passes, else the reason. */
export async function reasonOf(
  filter: Simulated,
  claims: Claims,
  worker = 0,
): Promise<string | null> {
  return (await sendToken(filter, await tokenOf(claims), worker)).reason;
}
