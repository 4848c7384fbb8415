// The same chain as others write it: what of it can be had on this machine.

import type { JsonObject } from "../../envoy/http_filters.ts";
import type { ModuleFile } from "../harness/machine.ts";
import type { PublicKey } from "../jwt/samples.ts";
import { luaPeer } from "./lua.ts";
import { rustPeer } from "./rust.ts";
import { soloPeer } from "./solo.ts";
import type { StackSamples } from "./samples.ts";
import type { Bucket, Part } from "./work.ts";

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
  /** Whether it verifies the signatures of tokens that it does not know. */
  verifies: boolean;
  filters: (work: PeerWork) => JsonObject[];
  /** null: no module. */
  module: ModuleFile | null;
}

export interface Peers {
  found: ReadonlyMap<string, Peer>;
  /** One line for each that is not there. */
  missing: ReadonlyMap<string, string>;
}

/** Each throws with one line that says why it cannot be built. */
const BUILDERS: readonly [name: string, build: () => Promise<Peer>][] = [
  ["rust", rustPeer],
  ["lua", luaPeer],
  ["solo", soloPeer],
];

/** Builds what can be built; never throws. */
export async function findPeers(): Promise<Peers> {
  const found = new Map<string, Peer>();
  const missing = new Map<string, string>();
  for (const [name, build] of BUILDERS) {
    try {
      found.set(name, await build());
    } catch (error) {
      missing.set(name, error instanceof Error ? error.message : String(error));
    }
  }
  return { found, missing };
}
