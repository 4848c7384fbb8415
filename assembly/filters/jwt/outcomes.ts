// What the leaves of a requirement found out, kept until it is known which of them count: one token
// may be checked although the branch that it belongs to fails.
//
//   claims of an outcome in the arena:  ptr, len, kind and mark u32 of each claim │ their bytes

import { arenaAllocate } from "../../abi/arena";
import { Text, text, textLen, textPtr } from "../../core/bytes/text";
import {
  claimCount,
  ClaimKind,
  claimKindAndMark,
  claimLen,
  claimPtr,
  clearClaims,
  setClaim,
  setVerified,
} from "../../core/headers/identity";
import { setHeader } from "../../core/headers/request";
import { REQUIREMENT_NODES_MAX } from "../../core/limits";
import { Reason } from "../../core/reason";
import { takeInHand, tokenLen, tokenPtr } from "./credentials";
import { clearForwarded, forward, forwardState } from "./forwarding";
import { JwtConfig, Provider } from "./model";

const STATUS_UNVERIFIED = text("unverified");
const STATUS_MISSING = text("missing");
const STATUS_MALFORMED = text("malformed");

export const enum OutcomeKind {
  VERIFIED,
  // Of a token that nobody verifies.
  UNVERIFIED,
  MISSING,
  MALFORMED,
}

// @ts-ignore: decorator
@unmanaged
class Outcome {
  kind: OutcomeKind;
  provider: Provider;
  /** The header that says what became of an unverified token, plus one; 0 when there is none. */
  status: u32;
  tokenPtr: usize;
  tokenLen: u32;
  /** Address of its claims, 0 when it has none. */
  claims: usize;
}

const OUTCOME_BYTES: u32 = 24;
if (offsetof<Outcome>() != <usize>OUTCOME_BYTES) ERROR("Outcome is not 24 bytes");
const CLAIM_BYTES: u32 = 12;
const OUTCOMES: usize = memory.data(<i32>(REQUIREMENT_NODES_MAX * OUTCOME_BYTES), 8);

export let outcomeCount: u32 = 0;

// @ts-ignore: decorator
@inline
function outcomeAt(index: u32): Outcome {
  return changetype<Outcome>(OUTCOMES + index * OUTCOME_BYTES);
}

export function beginOutcomes(): void {
  outcomeCount = 0;
}

/** Forgets all but the first `count`. */
export function dropOutcomes(count: u32): void {
  outcomeCount = count;
}

/**
 * Keeps what a leaf found out, with copies of the claims that are set: the next leaf may overwrite
 * what they are views of. false when there is no room. A requirement has no more leaves than nodes.
 */
export function keepOutcome(
  config: JwtConfig,
  provider: Provider,
  kind: OutcomeKind,
  status: u32,
): bool {
  const outcome = outcomeAt(outcomeCount);
  outcome.kind = kind;
  outcome.provider = provider;
  outcome.status = status;
  outcome.tokenPtr = tokenPtr;
  outcome.tokenLen = tokenLen;
  outcome.claims = 0;
  if (kind <= OutcomeKind.UNVERIFIED) {
    outcome.claims = copyClaims(claimCount(config.claims));
    if (outcome.claims == 0) return false;
  }
  outcomeCount++;
  return true;
}

function copyClaims(count: u32): usize {
  let bytes = count * CLAIM_BYTES;
  for (let id: u32 = 0; id < count; id++) bytes += claimLen(id);
  const copy = arenaAllocate(bytes);
  if (copy == 0) return 0;
  let at = copy + count * CLAIM_BYTES;
  for (let id: u32 = 0; id < count; id++) {
    const head = copy + id * CLAIM_BYTES;
    const len = claimLen(id);
    store<u32>(head, <u32>at);
    store<u32>(head, len, 4);
    store<u32>(head, claimKindAndMark(id), 8);
    memory.copy(at, claimPtr(id), len);
    at += len;
  }
  return copy;
}

/** Sets the claims of an outcome, over those that are set. */
function restoreClaims(config: JwtConfig, outcome: Outcome): void {
  const count = claimCount(config.claims);
  for (let id: u32 = 0; id < count; id++) {
    const head = outcome.claims + id * CLAIM_BYTES;
    const kindAndMark = load<u32>(head, 8);
    if (kindAndMark == ClaimKind.ABSENT) continue;
    setClaim(id, load<u32>(head), load<u32>(head, 4), kindAndMark);
  }
}

/**
 * Hands on what the outcomes say. Where several verified tokens have something for one header or
 * one claim, the first wins; nothing of an unverified one stands in a header that a verified one
 * has, nor among the claims of the request. OK, or why something could not be handed on.
 */
export function applyOutcomes(config: JwtConfig): Reason {
  let reason = Reason.OK;
  for (let i: u32 = 0; i < outcomeCount; i++) {
    const outcome = outcomeAt(i);
    if (outcome.kind == OutcomeKind.UNVERIFIED) reason = handOn(config, outcome);
    if (reason != Reason.OK) return reason;
    if (outcome.status != 0) {
      const status = statusOf(outcome.kind);
      setHeader(outcome.status - 1, textPtr(status), textLen(status));
    }
  }
  let isAny = false;
  for (let i: u32 = 0; i < outcomeCount; i++) {
    const outcome = outcomeAt(i);
    if (outcome.kind != OutcomeKind.VERIFIED) continue;
    clearForwarded(outcome.provider.forwarding);
    isAny = true;
  }
  for (let i = outcomeCount; i > 0; i--) {
    const outcome = outcomeAt(i - 1);
    if (outcome.kind == OutcomeKind.VERIFIED) reason = handOn(config, outcome);
    if (reason != Reason.OK) return reason;
  }
  clearClaims();
  for (let i = outcomeCount; i > 0; i--) {
    const outcome = outcomeAt(i - 1);
    if (outcome.kind == OutcomeKind.VERIFIED) restoreClaims(config, outcome);
  }
  if (isAny) setVerified();
  return Reason.OK;
}

function handOn(config: JwtConfig, outcome: Outcome): Reason {
  clearClaims();
  restoreClaims(config, outcome);
  takeInHand(outcome.tokenPtr, outcome.tokenLen);
  const forwarding = outcome.provider.forwarding;
  const reason = forward(forwarding, outcome.tokenPtr, outcome.tokenLen);
  if (reason != Reason.OK || outcome.kind != OutcomeKind.VERIFIED) return reason;
  return forwardState(forwarding);
}

function statusOf(kind: OutcomeKind): Text {
  if (kind == OutcomeKind.MISSING) return STATUS_MISSING;
  return kind == OutcomeKind.MALFORMED ? STATUS_MALFORMED : STATUS_UNVERIFIED;
}
