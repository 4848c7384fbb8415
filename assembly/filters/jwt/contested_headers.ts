// Headers of this section that a filter before it may have written. What clients send under a name
// of the section is gone before any filter looks; a mapping of the same configuration is not.

import { removeHeader } from "../../core/headers/request";
import { JwtConfig } from "./model";

/** Removes what another filter has written in the place of what this section vouches for. */
export function clearContestedHeaders(config: JwtConfig): void {
  for (let i: u32 = 0; i < config.contestedCount; i++) {
    removeHeader(load<u32>(config.contested + (i << 2)));
  }
}
