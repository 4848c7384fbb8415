// Claims as the token core reads them: what is kept and checked of a payload, and its judgement.

import { core, NONE, probe, putFields, putList, putText, reasonName, u32 } from "./exports.ts";

export type Path = string | readonly string[];

const AUDIENCE_MATCH = { exact: 0, envoy: 1, any: 2 } as const;
const KINDS = ["absent", "string", "number", "boolean", "array", "object"] as const;
const CLAIMS_MAX = 40;

export interface Expected {
  issuer?: string;
  audiences?: readonly string[];
  match?: keyof typeof AUDIENCE_MATCH;
  kept?: readonly Path[];
  checked?: readonly Path[];
}

/** A claim's value and kind; null when it is absent. */
export type Value = readonly [kind: string, text: string] | null;

export interface Read {
  reason: string;
  subject: string | null;
  kept: Value[];
  checked: Value[];
  /** 0 without `cnf`. */
  hasConfirmation: number;
  confirmationMembers: number;
  /** Address of the Claims. */
  claims: number;
}

function putTree(paths: readonly Path[]): number {
  const tree = core.jwtNewTree();
  for (const path of paths) {
    const names = [path].flat();
    core.jwtAddPath(tree, putList(names), names.length, CLAIMS_MAX);
  }
  return tree;
}

function putExpected(expected: Expected): number {
  const audiences = expected.audiences ?? ["orders"];
  return putFields(
    expected.issuer === undefined ? 0 : putText(expected.issuer),
    putList(audiences),
    audiences.length,
    AUDIENCE_MATCH[expected.match ?? "exact"],
    putTree(expected.kept ?? []),
    putTree(expected.checked ?? []),
  );
}

/** Reads a payload: a text as it is, anything else as JSON. */
export function read(payload: unknown, expected: Expected = {}): Read {
  const text = typeof payload === "string" ? payload : JSON.stringify(payload);
  return readBytes(Buffer.from(text), expected);
}

export function readBytes(payload: Buffer, expected: Expected = {}): Read {
  probe.reset();
  core.jwtForgetTrees();
  const out = probe.room(core.claimsBytes.value);
  const expectation = putExpected(expected);
  const scratch = probe.room(payload.length);
  const ptr = probe.put(payload);
  const reason = core.jwtReadClaims(ptr, payload.length, scratch, expectation, out);
  const utf8 = (at: number, len: number): string => Buffer.from(probe.bytes(at, len)).toString();
  const valueAt = (at: number): Value => {
    const kind = KINDS[u32(at, 2)];
    if (kind === undefined) throw new Error("no kind of claim");
    return kind === "absent" ? null : [kind, utf8(u32(at, 0), u32(at, 1))];
  };
  // Three dates of eight bytes stand in front of the subject.
  const subjectLen = u32(out, 7);
  return {
    reason: reasonName(reason),
    subject: subjectLen === NONE ? null : utf8(u32(out, 6), subjectLen),
    kept: (expected.kept ?? []).map((_, i) => valueAt(core.jwtKeptClaim(out, i))),
    checked: (expected.checked ?? []).map((_, i) => valueAt(core.jwtCheckedClaim(out, i))),
    hasConfirmation: u32(out, 10),
    confirmationMembers: u32(out, 11),
    claims: out,
  };
}

/** Why issuer or audience of what was read do not fit. */
export function partiesOf({ claims }: Read): string {
  const issuer = reasonName(u32(claims, 8));
  return issuer === "OK" ? reasonName(u32(claims, 9)) : issuer;
}

export interface Times {
  skew?: number;
  maxLifetime?: number;
  maxAge?: number;
  requireExp?: boolean;
}

function putTimes({ skew = 0, maxLifetime = 0, maxAge = 0, requireExp = true }: Times): number {
  const bytes = Buffer.alloc(32);
  [skew, maxLifetime, maxAge].forEach((seconds, i) =>
    bytes.writeBigInt64LE(BigInt(seconds), 8 * i),
  );
  bytes.writeUInt32LE(requireExp ? 0 : 1, 24);
  return probe.put(bytes);
}

export function judgeTimes({ claims }: Read, now: number, times: Times = {}): string {
  return reasonName(core.jwtJudgeDates(claims, putTimes(times), BigInt(now)));
}

/** Until when what was read is kept. */
export function endOf({ claims }: Read, now: number, times: Times = {}): number {
  return Number(core.jwtEndOf(claims, putTimes(times), BigInt(now)));
}

/** The verdict on a payload: its form, then its dates, then for whom it is. */
export function judge(
  payload: unknown,
  expected: Expected = {},
  now = 1_700_000_000,
  times: Times = {},
): string {
  const found = Buffer.isBuffer(payload) ? readBytes(payload, expected) : read(payload, expected);
  if (found.reason !== "OK") return found.reason;
  const reason = judgeTimes(found, now, times);
  return reason === "OK" ? partiesOf(found) : reason;
}
