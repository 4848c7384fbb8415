// The whole chain as Sallyport's filter, as Envoy's, or as a peer's.

import type { JsonObject } from "../../envoy/http_filters.ts";
import { ourFilters } from "../harness/ours.ts";
import { nativeFilters } from "./native.ts";
import type { Peers } from "./peers.ts";
import type { StackSamples } from "./samples.ts";
import type { Bucket } from "./work.ts";
import { CHAIN, configurationOf } from "./work.ts";

/** What a benchmark of chains is given. */
export interface StackInput {
  /** Path of Envoy. */
  binary: string;
  /** Of Sallyport. */
  modulePath: string;
  samples: StackSamples;
  peers: Peers;
}

/** `kind` is "chain", "native" or a peer; `name` is the listener's. */
export function chainFilters(
  { modulePath, samples, peers }: StackInput,
  kind: string,
  name: string,
  bucket: Bucket,
): JsonObject[] {
  const key = samples.signers.ES256.publicKey;
  if (kind === "native") return nativeFilters(key, bucket);
  const peer = peers.found.get(kind);
  if (peer !== undefined) return peer.filters({ vmId: name, key, bucket, samples });
  return ourFilters(modulePath, name, configurationOf(CHAIN, key, bucket));
}
