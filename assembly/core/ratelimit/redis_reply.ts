// What Webdis answers to a command: an object of the command's name and Redis's reply. Errors come
// with HTTP 200 as well, so that only exactly the bytes of a reply of bucket.lua are one:
//
//   {"EVALSHA":[5,12,0]}                                    5 granted, 12 left, no wait
//   {"EVAL":[0,2,1500]}                                     none, 2 left, in 1.5 s
//   {"EVALSHA":[0,2,-1]}                                    none, and time does not help
//   {"EVALSHA":[false,"NOSCRIPT No matching script. …"]}    the script must be sent

import { Char, isDigit, startsWithText } from "../bytes/ascii";
import { SAFE_INTEGER_MAX } from "../bytes/decimal";
import { Text, text, textLen } from "../bytes/text";
import { RATE_LIMIT_TOKENS_MAX } from "../limits";

/** What an answer is. */
export const enum RedisReply {
  /** Anything that is none of the others. */
  FAILED,
  LEASE,
  NO_SCRIPT,
}

/** The wait that no time ends. */
export const NO_WAIT_HELPS: i64 = -1;

export let grantedTokens: u32 = 0;
/** Whole tokens that the bucket has left. */
export let tokensLeft: u32 = 0;
/** Milliseconds until the least that was asked for could be granted; NO_WAIT_HELPS. */
export let waitMilliseconds: i64 = 0;

const EVALSHA = text('{"EVALSHA":[');
const EVAL = text('{"EVAL":[');
const NO_SCRIPT = text('false,"NOSCRIPT ');
const NEVER = text("-1]}");

/** Reads the body of an answer with status 200; a LEASE is in the three variables above. */
export function readRedisReply(ptr: usize, len: u32): RedisReply {
  let begin: Text = 0;
  if (startsWithText(ptr, len, EVALSHA)) begin = EVALSHA;
  else if (startsWithText(ptr, len, EVAL)) begin = EVAL;
  else return RedisReply.FAILED;
  at = ptr + textLen(begin);
  end = ptr + len;
  if (startsWithText(at, <u32>(end - at), NO_SCRIPT)) return RedisReply.NO_SCRIPT;
  const granted = readNumber(Char.COMMA, RATE_LIMIT_TOKENS_MAX);
  if (granted < 0) return RedisReply.FAILED;
  const left = readNumber(Char.COMMA, RATE_LIMIT_TOKENS_MAX);
  if (left < 0) return RedisReply.FAILED;
  const isNever = <u32>(end - at) == textLen(NEVER) && startsWithText(at, textLen(NEVER), NEVER);
  const wait = isNever ? NO_WAIT_HELPS : readNumber(Char.BRACKET_CLOSE, SAFE_INTEGER_MAX);
  if (!isNever && (wait < 0 || at + 1 != end || load<u8>(at) != Char.BRACE_CLOSE)) {
    return RedisReply.FAILED;
  }
  grantedTokens = <u32>granted;
  tokensLeft = <u32>left;
  waitMilliseconds = wait;
  return RedisReply.LEASE;
}

let at: usize = 0;
let end: usize = 0;

/** The number at `at`, behind which `at` moves and its `stop`; -1 when there is none. */
function readNumber(stop: Char, most: u64): i64 {
  const first = at;
  let value: u64 = 0;
  for (; at < end && isDigit(load<u8>(at)); at++) {
    value = value * 10 + (<u64>load<u8>(at) - Char.ZERO);
    if (value > most) return -1;
  }
  if (at == first || at == end || load<u8>(at) != <u8>stop) return -1;
  // JSON has no leading zeros.
  if (load<u8>(first) == Char.ZERO && at > first + 1) return -1;
  at++;
  return value;
}
