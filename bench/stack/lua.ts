// What Envoy's Lua filter can do of the chain: bench/peers/lua.

import { fileURLToPath } from "node:url";
import type { Peer } from "./peers.ts";
import { WITHOUT_TOKEN } from "./work.ts";

const SOURCE = fileURLToPath(new URL("../peers/lua/chain.lua", import.meta.url));

export function luaPeer(): Promise<Peer> {
  const filter = {
    name: "envoy.filters.http.lua",
    typed_config: {
      "@type": "type.googleapis.com/envoy.extensions.filters.http.lua.v3.Lua",
      default_source_code: { filename: SOURCE },
    },
  };
  return Promise.resolve({
    parts: WITHOUT_TOKEN,
    verifies: false,
    filters: () => [filter],
    module: null,
  });
}
