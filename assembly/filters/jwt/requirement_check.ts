// Whether a request meets a requirement that is more than one provider: a walk over its nodes, with
// a frame for each node whose members are being checked.

import { Text } from "../../core/bytes/text";
import { decidedProvider, setDecidedProvider } from "../../core/headers/decision";
import { clearClaims } from "../../core/headers/identity";
import { REQUIREMENT_DEPTH_MAX } from "../../core/limits";
import { Reason } from "../../core/reason";
import { extractClaims } from "./extract";
import { pendingSet, setPendingSet } from "./fetched_set";
import { JwtConfig, Provider } from "./model";
import {
  applyOutcomes,
  beginOutcomes,
  dropOutcomes,
  keepOutcome,
  OutcomeKind,
  outcomeCount,
} from "./outcomes";
import { checkProvider } from "./provider_check";
import { nodeAt, NodeKind, RequirementNode } from "./requirement";

// @ts-ignore: decorator
@unmanaged
class Frame {
  node: u32;
  /** Outcomes there were before it. */
  outcomes: u32;
  /** ANY: why members failed so far, and the key set that one waits for. */
  reason: Reason;
  pending: usize;
  /** ANY: label of the provider that `reason` is of, 0 when nothing was presented to any. */
  provider: Text;
}

const FRAME_BYTES: u32 = 20;
const FRAMES: usize = memory.data(<i32>(FRAME_BYTES * REQUIREMENT_DEPTH_MAX), 4);
if (offsetof<Frame>() != <usize>FRAME_BYTES) ERROR("Frame is not 20 bytes");
let depth: u32 = 0;

/** What came of the node that was checked last, and the key set that it waits for, 0 for none. */
let result: Reason = Reason.OK;
let pending: usize = 0;

/**
 * OK, and then the claims of all tokens that count are those of the request and have been handed
 * on; or why not. `pendingSet` is not 0 when that may change with keys that are on their way.
 */
export function checkRequirement(config: JwtConfig, start: u32): Reason {
  beginOutcomes();
  depth = 0;
  const end = nodeAt(config, start).end;
  let at = start;
  while (at < end) {
    const node = nodeAt(config, at);
    if (node.kind >= NodeKind.ANY) {
      enter(at);
      at++;
    } else {
      checkLeaf(config, node);
      at = settle(config, at, end);
    }
  }
  setPendingSet(result == Reason.OK ? 0 : pending);
  return result == Reason.OK ? applyOutcomes(config) : result;
}

// @ts-ignore: decorator
@inline
function frameAt(index: u32): Frame {
  return changetype<Frame>(FRAMES + index * FRAME_BYTES);
}

/** A configuration is not nested deeper than there are frames. */
function enter(node: u32): void {
  const frame = frameAt(depth++);
  frame.node = node;
  frame.outcomes = outcomeCount;
  frame.reason = Reason.JWT_MISSING;
  frame.pending = 0;
  frame.provider = 0;
}

function checkLeaf(config: JwtConfig, node: RequirementNode): void {
  const provider = changetype<Provider>(node.provider);
  clearClaims();
  setPendingSet(0);
  let kind = OutcomeKind.VERIFIED;
  result = Reason.OK;
  if (node.kind == NodeKind.EXTRACT) kind = extractClaims(config, provider);
  else result = checkProvider(config, provider);
  pending = result == Reason.OK ? 0 : pendingSet;
  if (result != Reason.OK) return;
  if (!keepOutcome(config, provider, kind, node.status)) result = Reason.HEADERS_TOO_LARGE;
}

/** Node `from` is done: with it all that is settled now. Returns where to go on, or `end`. */
function settle(config: JwtConfig, from: u32, end: u32): u32 {
  let done = from;
  while (depth > 0) {
    const frame = frameAt(depth - 1);
    const node = nodeAt(config, frame.node);
    const next = nodeAt(config, done).end;
    if (!isSettled(node.kind, frame, next == node.end)) return next;
    if (result != Reason.OK) dropOutcomes(frame.outcomes);
    done = frame.node;
    depth--;
  }
  return end;
}

/** Whether `result`, that of a member, is or has been made that of the node. */
function isSettled(kind: NodeKind, frame: Frame, isLast: bool): bool {
  switch (kind) {
    case NodeKind.ANY:
      if (result == Reason.OK) return true;
      // What waits for keys may still be good; what was presented says more than what was not.
      if (frame.pending == 0 && (pending != 0 || frame.reason == Reason.JWT_MISSING)) {
        frame.reason = result;
        frame.pending = pending;
        frame.provider = result == Reason.JWT_MISSING ? 0 : decidedProvider;
      }
      if (!isLast) return false;
      result = frame.reason;
      pending = frame.pending;
      setDecidedProvider(frame.provider);
      return true;
    case NodeKind.ALL:
      return result != Reason.OK || isLast;
    case NodeKind.OPTIONAL:
      if (result == Reason.JWT_MISSING) pass(frame);
      return true;
    default:
      if (result != Reason.OK && pending == 0) pass(frame);
      return true;
  }
}

function pass(frame: Frame): void {
  dropOutcomes(frame.outcomes);
  result = Reason.OK;
}
