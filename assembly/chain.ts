// The fixed order of the filters, over one snapshot of the request headers, one list of edits and one verdict:
// normalise → trace → limits that name no claim → jwt → limits on verified claims. The first refusal ends the walk.

import { arenaAllocate } from "./abi/arena";
import { Handler } from "./abi/handler";
import { answerLen, answerPtr, getBuffer, getHeaderPairs, log, setTickPeriod } from "./abi/host";
import { decodePairs, PAIRS_TOO_MANY } from "./abi/pairs";
import { adoptStaging, rootBlock, rootState, setRootState, staging } from "./abi/roots";
import { keepStream } from "./abi/streams";
import { Action, BufferType, LogLevel, MapType, Status } from "./abi/types";
import { FIELD_BYTES } from "./core/bytes/field";
import { text, textPtr } from "./core/bytes/text";
import { ConfigError } from "./core/config/value";
import { isGrpcContentType } from "./core/grpc/grpc";
import { FixedName, internFixedNames } from "./core/headers/fixed_names";
import { beginIdentity } from "./core/headers/identity";
import { indexFields } from "./core/headers/index_fields";
import { NAME_TABLE_BYTES } from "./core/headers/names";
import { HeaderPolicy } from "./core/headers/policy";
import { beginReply } from "./core/headers/reply";
import { beginRequest, headerLen, headerPtr, setHeader } from "./core/headers/request";
import { CONFIG_BYTES_MAX, CONFIG_RETRY_MILLISECONDS, HEADERS_MAX } from "./core/limits";
import { Reason } from "./core/reason";
import { defineDecisions, noteDecision } from "./decisions";
import { ChainConfig, readDocument } from "./document";
import { issueEdits } from "./edits";
import { activateJwt, authenticate } from "./filters/jwt/filter";
import { normalise } from "./filters/normalise/filter";
import {
  activateRateLimit,
  addRateLimitHeaders,
  limitAnonymous,
  limitIdentified,
  showsRateLimit,
  writeRateLimitStream,
} from "./filters/ratelimit/filter";
import { trace } from "./filters/trace/filter";
import { refuse } from "./refusal";

/** What a root can be. Only READY lets requests pass. */
const enum RootState {
  UNCONFIGURED = 0,
  READY = 1,
  /** Its configuration is good and read, something around it is not: set up again on tick. */
  NOT_SET_UP = 2,
  /** The host did not hand out its configuration. */
  NOT_READ = 3,
}

const CHECKED_VALUE = text("1");
const FIELDS: usize = heap.alloc(HEADERS_MAX * FIELD_BYTES);
/** Names to look for while there is no configuration, and nothing to strip. */
const FIXED_NAMES: usize = heap.alloc(NAME_TABLE_BYTES);
const NO_POLICY: usize = memory.data(64, 8);

memory.fill(FIXED_NAMES, 0, NAME_TABLE_BYTES);
internFixedNames(FIXED_NAMES);

/** Whether the request in hand is gRPC: known once its headers have been indexed. */
let isGrpc = false;

function configOf(root: u32): ChainConfig {
  return changetype<ChainConfig>(rootBlock(root));
}

/** Reads the configuration into the staging block; false when it is refused, which is logged. */
function accepts(ptr: usize, len: u32): bool {
  const error = new ConfigError();
  readDocument(ptr, len, staging(), error);
  if (!error.failed) return true;
  logLine(LogLevel.ERROR, "config: " + error.message);
  return false;
}

function logLine(level: LogLevel, line: string): void {
  const bytes = String.UTF8.encode(line);
  log(level, changetype<usize>(bytes), bytes.byteLength);
}

/** Asks the host for the configuration; false when it did not hand out all of it. */
function fetchConfiguration(len: u32): bool {
  if (getBuffer(BufferType.PLUGIN_CONFIGURATION, 0, len) != Status.OK) return false;
  return answerLen == len;
}

/** Tries to read a configuration that the host did not hand out when it should have. */
function readAgain(root: u32): void {
  const status = getBuffer(BufferType.PLUGIN_CONFIGURATION, 0, CONFIG_BYTES_MAX);
  if (status != Status.OK || answerLen == 0 || !accepts(answerPtr, answerLen)) return;
  adoptStaging(root);
  setRootState(root, RootState.NOT_SET_UP);
  setUpOrRetry(root);
}

/** What a configuration needs of its surroundings. Nothing here may change the verdict on its bytes. */
function setUp(config: ChainConfig): bool {
  if (defineDecisions() != Status.OK) return false;
  if (config.jwt != 0 && activateJwt(config.jwt) != Status.OK) return false;
  if (config.rateLimit != 0 && activateRateLimit(config.rateLimit) != Status.OK) return false;
  return true;
}

function setUpOrRetry(root: u32): void {
  const ready = setUp(configOf(root));
  if (ready && rootState(root) == RootState.NOT_SET_UP) setTickPeriod(0);
  setRootState(root, ready ? RootState.READY : RootState.NOT_SET_UP);
  if (!ready) denyAll();
}

function denyAll(): void {
  logLine(LogLevel.CRITICAL, "config_failed: every request is refused until the set-up succeeds");
  setTickPeriod(CONFIG_RETRY_MILLISECONDS);
}

/** Fetches and indexes the request's headers. */
function takeSnapshot(names: usize, policy: HeaderPolicy): Reason {
  const status = getHeaderPairs(MapType.REQUEST_HEADERS);
  if (status == Status.INVALID_MEMORY_ACCESS) return Reason.HEADERS_TOO_LARGE;
  if (status != Status.OK) return Reason.HOST_FAILURE;
  const count = decodePairs(answerPtr, answerLen, FIELDS, HEADERS_MAX);
  if (count == PAIRS_TOO_MANY) return Reason.HEADERS_TOO_LARGE;
  // A request always has pseudo headers: an empty map is a host that could not serialize it.
  if (count <= 0) return Reason.HOST_FAILURE;
  beginRequest(names, FIELDS, <u32>count);
  const reason = indexFields(policy);
  isGrpc = isGrpcContentType(
    headerPtr(FixedName.CONTENT_TYPE),
    headerLen(FixedName.CONTENT_TYPE),
  );
  return reason;
}

function walk(config: ChainConfig): Reason {
  let reason = takeSnapshot(config.names, config.policy);
  if (reason != Reason.OK) return reason;
  if (config.normalise != 0) {
    reason = normalise(config.normalise, isGrpc);
    if (reason != Reason.OK) return reason;
  }
  if (config.trace != 0) {
    reason = trace(config.trace);
    if (reason != Reason.OK) return reason;
  }
  if (config.rateLimit != 0) {
    reason = limitAnonymous(config.rateLimit);
    if (reason != Reason.OK) return reason;
  }
  if (config.jwt != 0) {
    reason = authenticate(config.jwt);
    if (reason != Reason.OK) return reason;
  }
  if (config.rateLimit != 0) {
    reason = limitIdentified(config.rateLimit);
    if (reason != Reason.OK) return reason;
  }
  if (config.marksChecked != 0) setHeader(config.checkedId, textPtr(CHECKED_VALUE), 1);
  return issueEdits() ? Reason.OK : Reason.HOST_FAILURE;
}

function refuseAndNote(reason: Reason): Action {
  noteDecision(reason);
  return refuse(reason, isGrpc);
}

/** Refuses without a configuration; the headers are looked at only to tell gRPC from HTTP. */
function refuseUnconfigured(reason: Reason): Action {
  beginReply();
  isGrpc = false;
  takeSnapshot(FIXED_NAMES, changetype<HeaderPolicy>(NO_POLICY));
  return refuseAndNote(reason);
}

export class Chain extends Handler {
  onConfigure(root: u32, configurationLen: u32): bool {
    if (configurationLen > CONFIG_BYTES_MAX) return accepts(0, configurationLen);
    if (configurationLen != 0 && !fetchConfiguration(configurationLen)) {
      setRootState(root, RootState.NOT_READ);
      denyAll();
      return true;
    }
    if (!accepts(answerPtr, configurationLen)) return false;
    adoptStaging(root);
    setUpOrRetry(root);
    return true;
  }

  onConfigureWithoutRoot(configurationLen: u32): bool {
    if (configurationLen > CONFIG_BYTES_MAX) return accepts(0, configurationLen);
    if (configurationLen != 0 && !fetchConfiguration(configurationLen)) return true;
    return accepts(answerPtr, configurationLen);
  }

  onTick(root: u32): void {
    if (rootState(root) == RootState.NOT_SET_UP) setUpOrRetry(root);
    else if (rootState(root) == RootState.NOT_READ) readAgain(root);
  }

  onRequestHeaders(root: u32, stream: u32, headerCount: u32, endOfStream: bool): Action {
    if (rootState(root) != RootState.READY) return refuseUnconfigured(Reason.CONFIG_FAILED);
    const config = configOf(root);
    beginReply();
    beginIdentity();
    isGrpc = false;
    const reason = walk(config);
    if (reason != Reason.OK) return refuseAndNote(reason);
    if (config.rateLimit != 0 && showsRateLimit(config.rateLimit)) {
      const data = keepStream(stream, root);
      if (data == 0) return refuseAndNote(Reason.UNKNOWN_CONTEXT);
      writeRateLimitStream(config.rateLimit, data);
    }
    noteDecision(Reason.OK);
    return Action.CONTINUE;
  }

  onUnknownStream(stream: u32): Action {
    return refuseUnconfigured(Reason.UNKNOWN_CONTEXT);
  }

  onResponseHeaders(
    root: u32,
    stream: u32,
    data: usize,
    headerCount: u32,
    endOfStream: bool,
  ): Action {
    const config = configOf(root);
    if (config.rateLimit != 0) addRateLimitHeaders(config.rateLimit, data);
    return Action.CONTINUE;
  }
}
