// What a rule requires that is more than one provider, as a tree in one array: a node stands before
// those below it.
//
//   any: [user, { all: [device, { optional: user }] }]
//
//   0 ANY ─┬─ 1 PROVIDER user
//          └─ 2 ALL ─┬─ 3 PROVIDER device
//                    └─ 4 OPTIONAL ── 5 PROVIDER user          end of 0 and 2: 6

import { JwtConfig } from "./model";

export const enum NodeKind {
  // Leaves.
  PROVIDER,
  /** Claims of a token that nobody verifies. */
  EXTRACT,
  // Nodes with others below them.
  ANY,
  ALL,
  OPTIONAL,
  OPTIONAL_OR_FAILED,
}

// @ts-ignore: decorator
@unmanaged
export class RequirementNode {
  kind: NodeKind;
  /** Number of the first node that is not below this one. */
  end: u32;
  /** Address of a Provider; leaves only. */
  provider: usize;
  /** EXTRACT only: the header for what became of it, plus one; 0 when there is none. */
  status: u32;
}

export const REQUIREMENT_NODE_BYTES: u32 = <u32>offsetof<RequirementNode>();

// @ts-ignore: decorator
@inline
export function nodeAt(config: JwtConfig, index: u32): RequirementNode {
  return changetype<RequirementNode>(config.requirementNodes + index * REQUIREMENT_NODE_BYTES);
}

// @ts-ignore: decorator
@inline
export function statusHeaderAt(config: JwtConfig, index: u32): u32 {
  return load<u32>(config.statusHeaders + (index << 2));
}
