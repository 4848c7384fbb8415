// The signature arithmetic as a plugin that measures itself: a request carries one sample and says
// how often it is to be verified; the answer says how long that took by the host's clock. Built
// only for `npm run bench:crypto -- --envoy`.

import { arenaAllocate } from "../abi/arena";
import { Handler, install } from "../abi/handler";
import {
  answerLen,
  answerPtr,
  getProperty,
  monotonicNanoseconds,
  sendLocalResponse,
} from "../abi/host";
import { Action, Status } from "../abi/types";
import { decode, decodedLen } from "../core/bytes/base64url";
import { parseUnsigned, UNSIGNED_DIGITS_MAX, writeUnsigned } from "../core/bytes/decimal";
import { text, textLen, textPtr } from "../core/bytes/text";
import {
  buildTables,
  dropTables,
  forgetKeys,
  prepareEcKey,
  prepareOkpKey,
  prepareRsaKey,
  prepareSecret,
  verifyMany,
} from "./crypto/verify";

export * from "../abi/exports";

const SAMPLE = text("request\0headers\0x-sample");
const TIMES = text("request\0headers\0x-times");
const OK: u32 = 200;
const UNUSABLE: u32 = 400;

/** How bench/crypto/envoy.ts numbers the kinds of keys. */
const enum Kind {
  RSA,
  EC,
  OKP,
  SECRET,
}

/**
 * Eight little-endian words, then the bytes that four of them count, one after the other.
 *
 *   algorithm │ table width or 0 │ kind │ curve or hash │ aLen │ bLen │ messageLen │ signatureLen
 */
const HEAD_BYTES: u32 = 32;

/** Address of the decoded sample in the arena, 0 when the request has none that is whole. */
function readSample(): usize {
  if (getProperty(textPtr(SAMPLE), textLen(SAMPLE)) != Status.OK) return 0;
  const len = decodedLen(answerLen);
  const sample = arenaAllocate(len);
  if (sample == 0 || len < HEAD_BYTES) return 0;
  if (decode(sample, answerPtr, answerLen) < 0) return 0;
  let end: u64 = HEAD_BYTES;
  for (let at = sample + 16; at < sample + HEAD_BYTES; at += 4) end += load<u32>(at);
  return end == <u64>len ? sample : 0;
}

function readTimes(): u32 {
  if (getProperty(textPtr(TIMES), textLen(TIMES)) != Status.OK) return 0;
  const times = parseUnsigned(answerPtr, answerLen);
  return times < 0 || times > <i64>u32.MAX_VALUE ? 0 : <u32>times;
}

/** Number of the key, with its tables built; 0 when either is refused. */
function prepareKey(sample: usize): u32 {
  dropTables();
  forgetKeys();
  const width = load<u32>(sample, 4);
  const parameter = load<u32>(sample, 12);
  const a = sample + HEAD_BYTES;
  const aLen = load<u32>(sample, 16);
  const b = a + aLen;
  const bLen = load<u32>(sample, 20);
  let key: u32 = 0;
  switch (load<u32>(sample, 8)) {
    case Kind.RSA:
      key = <u32>prepareRsaKey(a, aLen, b, bLen);
      break;
    case Kind.EC:
      key = <u32>prepareEcKey(parameter, a, aLen, b, bLen);
      break;
    case Kind.OKP:
      key = <u32>prepareOkpKey(a, aLen);
      break;
    case Kind.SECRET:
      key = <u32>prepareSecret(parameter, a, aLen);
      break;
  }
  if (key == 0 || width == 0) return key;
  return buildTables(key, width) != 0 ? key : 0;
}

/** Nanoseconds for `times` verifications; 0 when one of them fails. */
function measure(sample: usize, times: u32): u64 {
  const key = prepareKey(sample);
  if (key == 0) return 0;
  const message = sample + HEAD_BYTES + load<u32>(sample, 16) + load<u32>(sample, 20);
  const messageLen = load<u32>(sample, 24);
  const signature = message + messageLen;
  const signatureLen = load<u32>(sample, 28);
  const begin = monotonicNanoseconds();
  const right = verifyMany(
    load<u32>(sample),
    key,
    message,
    messageLen,
    signature,
    signatureLen,
    times,
  );
  const end = monotonicNanoseconds();
  return right == times ? end - begin : 0;
}

class Bench extends Handler {
  onConfigure(root: u32, configurationLen: u32): bool {
    return true;
  }

  onRequestHeaders(root: u32, stream: u32, headerCount: u32, endOfStream: bool): Action {
    const sample = readSample();
    const times = readTimes();
    const nanoseconds = sample == 0 || times == 0 ? 0 : measure(sample, times);
    const body = arenaAllocate(UNSIGNED_DIGITS_MAX);
    const bodyLen = body == 0 ? 0 : writeUnsigned(body, nanoseconds);
    const status = nanoseconds == 0 ? UNUSABLE : OK;
    sendLocalResponse(status, 0, 0, body, bodyLen, 0, 0, -1);
    return Action.PAUSE;
  }
}

install(new Bench());
