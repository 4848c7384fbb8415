// The same chain as others write it: what of it can be had on this machine.

import type { JsonObject } from "../../envoy/http_filters.ts";
import type { ModuleFile } from "../harness/machine.ts";
import type { PublicKey } from "../jwt/samples.ts";
import type { StackSamples } from "./samples.ts";
import type { Bucket, Part } from "./work.ts";

export type PeerName = "rust";

export interface PeerWork {
  /** Its VM is its own. */
  vmId: string;
  /** Verifies ES256. */
  key: PublicKey;
  bucket: Bucket;
  samples: StackSamples;
}

export interface Peer {
  /** What it does of the chain. */
  parts: readonly Part[];
  filters: (work: PeerWork) => JsonObject[];
  /** null: no module. */
  module: ModuleFile | null;
}

export interface Peers {
  found: ReadonlyMap<PeerName, Peer>;
  /** One line for each that is not there. */
  missing: ReadonlyMap<PeerName, string>;
}

/** Builds what can be built; never throws. */
export function findPeers(): Promise<Peers> {
  return Promise.resolve({ found: new Map(), missing: new Map() });
}
