// Which headers of the section are contested (contested_headers.ts).

import { NONE } from "../../core/bytes/none";
import { Block } from "../../core/config/block";
import { NAME_WRITTEN, nameFlags } from "../../core/headers/names";
import { claimHeaderAt } from "./forwarding";
import { JwtConfig, providerAt } from "./model";
import { statusHeaderAt } from "./requirement";

/** Finds them, once the whole section has been read. */
export function findContestedHeaders(names: usize, config: JwtConfig, block: Block): void {
  const ids: u32[] = [];
  for (let i: u32 = 0; i < config.providerCount; i++) {
    const forwarding = providerAt(config, i).forwarding;
    addContested(ids, names, forwarding.payloadId);
    for (let j: u32 = 0; j < forwarding.claimHeaderCount; j++) {
      addContested(ids, names, claimHeaderAt(forwarding, j).headerId);
    }
  }
  for (let i: u32 = 0; i < config.statusHeaderCount; i++) {
    addContested(ids, names, statusHeaderAt(config, i));
  }
  addContested(ids, names, config.dryRunId);
  config.contestedCount = <u32>ids.length;
  config.contested = block.allocate(4 * config.contestedCount);
  for (let i = 0; i < ids.length; i++) store<u32>(config.contested + 4 * i, ids[i]);
}

function addContested(ids: u32[], names: usize, id: u32): void {
  if (id == NONE || (nameFlags(names, id) & NAME_WRITTEN) == 0) return;
  if (!ids.includes(id)) ids.push(id);
}
