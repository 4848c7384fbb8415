// The chain with the proxy-wasm crate: bench/peers/rust.

import { wasmFilter } from "../../envoy/http_filters.ts";
import { cargoBuild } from "../harness/cargo.ts";
import { describeModule } from "../harness/machine.ts";
import { EDITS } from "../headers/cases.ts";
import { SUBJECT_HEADER } from "../jwt/filters.ts";
import type { PublicKey } from "../jwt/samples.ts";
import { AUDIENCE, ISSUER } from "../jwt/samples.ts";
import type { Peer } from "./peers.ts";
import type { Bucket } from "./work.ts";
import { CHAIN, FILL_SECONDS, LIMIT_NAME } from "./work.ts";

export async function rustPeer(): Promise<Peer> {
  const folder = await cargoBuild({
    peer: "rust",
    folder: "plain",
    target: "wasm32-wasip1",
    flags: "",
  });
  const modulePath = `${folder}/chain_peer.wasm`;
  return {
    parts: CHAIN,
    verifies: true,
    filters: ({ vmId, key, bucket }) => {
      const configuration = configurationOf(key, bucket);
      return [wasmFilter({ name: "rust", vmId, modulePath, configuration })];
    },
    module: describeModule(modulePath),
  };
}

function configurationOf(key: PublicKey, { capacity, per }: Bucket): object {
  return {
    headers: EDITS,
    token: { issuer: ISSUER, audience: AUDIENCE, subject_header: SUBJECT_HEADER, keys: [key] },
    limit: { name: LIMIT_NAME, capacity, fill_seconds: FILL_SECONDS[per] },
  };
}
