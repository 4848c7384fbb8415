// Where a provider's keys, or its deny-list, are fetched from, as the configuration says; in the
// root's block. What is fetched is in the store (fetched_store.ts), which outlives the root.

import { Text } from "../../core/bytes/text";
import { Profile } from "../../core/jwt/profile";

export const enum SourceKind {
  /** A JSON Web Key Set (RFC 7517 §5). */
  REMOTE,
  /** The key set that a provider's metadata names (OpenID Connect Discovery 1.0 §4). */
  DISCOVERY,
  /** A SPIFFE bundle document (SPIFFE_Trust_Domain_and_Bundle §4). */
  BUNDLE,
  /** A list of what is refused (deny_document.ts). */
  DENY_LIST,
}

// @ts-ignore: decorator
@unmanaged
export class Source {
  /** SHA-256 of what decides the content: kind, profile, address and cluster. */
  id0: u64;
  id1: u64;
  id2: u64;
  id3: u64;
  refreshMilliseconds: u64;
  staleForMilliseconds: u64;
  /** Of a deny-list staleFor: no token asks for another one before. */
  cooldownMilliseconds: u64;
  timeoutMilliseconds: u32;
  kind: SourceKind;
  /** That of its keys; a deny-list has none (RFC7519). */
  profile: Profile;
  /** :scheme, :authority and :path of the request; of the metadata's where there is one. */
  scheme: Text;
  authority: Text;
  path: Text;
  cluster: Text;
  /** What the metadata must say of itself; 0 where there is none. */
  issuer: Text;
  /** Name of its provider as it stands in metrics. */
  name: Text;
  /** Address of its FetchedSet; 0 while it has no place in the store. */
  set: usize;
  /** Address of the next source of the configuration, or 0. */
  next: usize;
  /** Requests of this root that wait for it. */
  waiters: u32;
  /** Ids of its metrics (source_metrics.ts); 0 while they are not defined. */
  metrics: usize;
}

export const SOURCE_BYTES: u32 = <u32>offsetof<Source>();
/** Bytes of a source's id. */
export const SOURCE_ID_BYTES: u32 = 32;

// @ts-ignore: decorator
@inline
export function sourceId(source: Source): usize {
  return changetype<usize>(source) + offsetof<Source>("id0");
}
