// What becomes of a configuration: a verdict on its bytes, and the set-up of what surrounds it. The
// first may refuse it, the second never does: it denies every request of the root and tries again
// (docs/decisions/0003-failed-setup-denies.md).

import { answerLen, answerPtr, getBuffer, log, setTickPeriod } from "./abi/host";
import { adoptStaging, rootBlock, rootState, setRootState, staging } from "./abi/roots";
import { BufferType, LogLevel, Status } from "./abi/types";
import { text } from "./core/bytes/text";
import { ConfigError } from "./core/config/value";
import {
  BUSY_TICK_MILLISECONDS,
  CONFIG_BYTES_MAX,
  ROOTS_MAX,
  TICK_MILLISECONDS,
} from "./core/limits";
import { beginLine, endLine, LINE } from "./core/log/line";
import { useCollector } from "./core/trace/callout";
import { defineCallDurations } from "./call_durations";
import { areGrantsKnown, checkGrants, readGrants, seesRequests } from "./capabilities";
import { defineDecisions, defineDryRuns, flushDecisions } from "./decisions";
import { ChainConfig, readDocument } from "./document";
import { acquireKeys, activateJwt, releaseKeys } from "./filters/jwt/filter";
import { flushTokens } from "./filters/jwt/provider_metrics";
import { isSourcePurpose } from "./filters/jwt/source_fetch";
import { isSetWanted, receiveAnswer, tickSources } from "./filters/jwt/source_life";
import { isDryRun } from "./filters/jwt/verdict";
import { hasDisabled, retryVerifiers } from "./filters/jwt/verifiers";
import {
  abandonRateLimit,
  activateRateLimit,
  isLeasePurpose,
  isVerdictPurpose,
  receiveLease,
  receiveVerdict,
  tickRateLimit,
} from "./filters/ratelimit/life";
import { holdsLeases } from "./filters/ratelimit/stores/shared_store";
import { defineBaggageDrops } from "./filters/trace/baggage_drops";
import {
  abandonExport,
  abandonSpans,
  isExportPurpose,
  receiveExport,
  tickExport,
} from "./filters/trace/export";
import { defineSpanOutcomes } from "./filters/trace/export_metrics";
import { collectorOf, spanExportOf } from "./filters/trace/export_model";
import { defineRestarts } from "./filters/trace/restarts";
import { useLog } from "./refusal_log";
import { RequestMetrics } from "./request_metrics_model";
import { defineRequestMetrics } from "./request_series";
import { waiterCount } from "./waiting";

const CONFIG_FAILED = text("config_failed: every request is refused until the set-up succeeds");

/** What a root can be. Only READY lets requests pass. */
const enum RootState {
  UNCONFIGURED = 0,
  READY = 1,
  /** Its configuration is good and read, something around it is not: set up again on tick. */
  NOT_SET_UP = 2,
  /**
   * The host did not hand out its configuration: asked for again on tick, in vain where the host
   * has it only in proxy_on_configure, as Envoy does.
   */
  NOT_READ = 3,
  /** READY, but nobody verifies an algorithm: its tokens are refused, and it is tried on tick. */
  PARTLY_READY = 4,
}

/** Whether the root's requests may pass at all. */
// @ts-ignore: decorator
@inline
export function isReady(root: u32): bool {
  const state = rootState(root);
  return state == RootState.READY || state == RootState.PARTLY_READY;
}

/** The root's configuration; means something only when the root is ready. */
// @ts-ignore: decorator
@inline
export function configOf(root: u32): ChainConfig {
  return changetype<ChainConfig>(rootBlock(root));
}

/** false when the bytes of the VM's configuration refuse it. */
export function startVm(len: u32): bool {
  const error = new ConfigError();
  readGrants(len, error);
  if (error.failed) logError("VM configuration: " + error.message);
  return !error.failed;
}

/** false when the bytes of the configuration refuse it, which alone decides that. */
export function configure(root: u32, len: u32): bool {
  if (len > CONFIG_BYTES_MAX) return accepts(0, len);
  if (len != 0 && !fetchConfiguration(len)) {
    abandon(root);
    setRootState(root, RootState.NOT_READ);
    denyAll(root);
    return true;
  }
  if (!accepts(answerPtr, len)) return false;
  adopt(root);
  setUpOrRetry(root);
  return true;
}

/** The same verdict for a root that found no place. */
export function configureWithoutRoot(len: u32): bool {
  if (len > CONFIG_BYTES_MAX) return accepts(0, len);
  if (len != 0 && !fetchConfiguration(len)) return true;
  return accepts(answerPtr, len);
}

/** The root goes: what its configuration shares with others is given back. */
export function abandon(root: u32): void {
  // Envoy 1.40 lets the timer of a root that is gone go on until the VM ends.
  if (load<u32>(periodOf(root)) != 0) setTickPeriod(0);
  store<u32>(periodOf(root), 0);
  tellCounts();
  abandonExport(root);
  if (hasConfig(root)) release(configOf(root));
}

/** Tries again what failed, and looks after the keys that are fetched. */
export function tick(root: u32): void {
  if (hasConfig(root)) useLog(configOf(root));
  switch (rootState(root)) {
    case RootState.NOT_SET_UP:
      return setUpOrRetry(root);
    case RootState.NOT_READ:
      return readAgain(root);
    case RootState.PARTLY_READY:
      retryVerifiers(configOf(root).jwt);
      settle(root);
  }
  if (!isReady(root)) return;
  tellCounts();
  const config = configOf(root);
  useCollector(collectorOf(config.trace));
  if (config.jwt != 0) tickSources(root, config.jwt);
  if (config.rateLimit != 0) tickRateLimit(config.rateLimit);
  const spanExport = spanExportOf(config.trace);
  if (spanExport != 0) tickExport(spanExport, root);
  choosePeriod(root);
}

/** Tells the host what was only counted here. */
function tellCounts(): void {
  flushDecisions();
  flushTokens();
}

/** An answer to a callout of the root. */
export function receive(root: u32, purpose: u32, headerCount: u32, bodyLen: u32): void {
  if (isExportPurpose(purpose)) return receiveExport(root, purpose, headerCount);
  if (!isReady(root)) return;
  const config = configOf(root);
  useLog(config);
  useCollector(collectorOf(config.trace));
  if (isSourcePurpose(purpose)) {
    if (config.jwt != 0) receiveAnswer(root, config.jwt, purpose, headerCount, bodyLen);
  } else if (isLeasePurpose(purpose) && config.rateLimit != 0) {
    receiveLease(config.rateLimit, purpose, headerCount, bodyLen);
  }
}

/** The end of a gRPC call of the root. */
export function receiveMessage(
  root: u32,
  purpose: u32,
  grpcStatus: u32,
  messagePtr: usize,
  messageLen: u32,
): void {
  if (!isReady(root) || configOf(root).rateLimit == 0 || !isVerdictPurpose(purpose)) return;
  useLog(configOf(root));
  useCollector(collectorOf(configOf(root).trace));
  receiveVerdict(configOf(root).rateLimit, purpose, grpcStatus, messagePtr, messageLen);
}

// The period of each root's tick, as the host was told last.
const PERIODS: usize = memory.data(<i32>(ROOTS_MAX * 4), 4);

function periodOf(root: u32): usize {
  return PERIODS + (root << 2);
}

/** Sets the period of the root in effect: the shortest that somebody wants. */
export function choosePeriod(root: u32): void {
  // A VM that no request enters counts nothing, and may not tick.
  if (!seesRequests) return;
  const period =
    isReady(root) && isBusy(configOf(root)) ? BUSY_TICK_MILLISECONDS : TICK_MILLISECONDS;
  if (period == load<u32>(periodOf(root))) return;
  // A host that refuses is asked again when the next tick, or the next request that waits, is.
  if (setTickPeriod(period) == Status.OK) store<u32>(periodOf(root), period);
}

function isBusy(config: ChainConfig): bool {
  if (waiterCount() != 0) return true;
  if (config.jwt != 0 && isSetWanted(config.jwt)) return true;
  return config.rateLimit != 0 && holdsLeases();
}

/** Reads the configuration into the staging block; false when it is refused, which is logged. */
function accepts(ptr: usize, len: u32): bool {
  const error = new ConfigError();
  readDocument(ptr, len, staging(), error);
  if (!error.failed) checkGrants(changetype<ChainConfig>(staging()), error);
  if (!error.failed) return true;
  logError("config: " + error.message);
  return false;
}

/** Always plain text: a configuration that is refused does not say how lines look. */
function logError(line: string): void {
  const bytes = String.UTF8.encode(line);
  log(LogLevel.ERROR, changetype<usize>(bytes), bytes.byteLength);
}

/** Asks the host for the configuration; false when it did not hand out all of it. */
function fetchConfiguration(len: u32): bool {
  if (getBuffer(BufferType.PLUGIN_CONFIGURATION, 0, len) != Status.OK) return false;
  return answerLen == len;
}

function readAgain(root: u32): void {
  const status = getBuffer(BufferType.PLUGIN_CONFIGURATION, 0, CONFIG_BYTES_MAX);
  if (status != Status.OK || answerLen == 0 || !accepts(answerPtr, answerLen)) return;
  adopt(root);
  setRootState(root, RootState.NOT_SET_UP);
  setUpOrRetry(root);
}

// @ts-ignore: decorator
@inline
function hasConfig(root: u32): bool {
  return isReady(root) || rootState(root) == RootState.NOT_SET_UP;
}

/** Configurations that were adopted. */
let configurations: u32 = 0;

/**
 * The staged configuration becomes the root's. What it shares with the one before is taken before
 * that is given back, so that a push of the same keys keeps their tables.
 */
function adopt(root: u32): void {
  const replaces = hasConfig(root);
  adoptStaging(root);
  const config = configOf(root);
  config.number = ++configurations;
  if (config.jwt != 0) acquireKeys(config.jwt);
  // The block of the configuration before is what is read into next.
  if (replaces) release(changetype<ChainConfig>(staging()));
}

function release(config: ChainConfig): void {
  if (config.jwt != 0) releaseKeys(config.jwt);
  if (config.rateLimit != 0) abandonRateLimit(config.rateLimit);
  const collector = collectorOf(config.trace);
  if (collector != 0 && !isExportedElsewhere(collector, config)) abandonSpans(collector);
}

/** Whether a configuration other than this one exports to a collector. */
function isExportedElsewhere(collector: u64, own: ChainConfig): bool {
  for (let root: u32 = 0; root < ROOTS_MAX - 1; root++) {
    if (!hasConfig(root) || configOf(root) == own) continue;
    if (collectorOf(configOf(root).trace) == collector) return true;
  }
  return false;
}

/**
 * What a configuration needs of its surroundings. Nothing here may change the verdict on its bytes.
 */
function setUp(config: ChainConfig, root: u32): bool {
  if (!areGrantsKnown()) return false;
  if (defineDecisions() != Status.OK) return false;
  if (defineCallDurations(config) != Status.OK) return false;
  if (config.trace != 0 && defineRestarts(config.trace) != Status.OK) return false;
  if (config.trace != 0 && defineBaggageDrops() != Status.OK) return false;
  if (spanExportOf(config.trace) != 0 && defineSpanOutcomes() != Status.OK) return false;
  if (config.requestMetrics != 0 && !areMetricsDefined(config)) return false;
  if (config.jwt != 0 && isDryRun(config.jwt) && defineDryRuns() != Status.OK) return false;
  if (config.jwt != 0 && activateJwt(config.jwt, root) != Status.OK) return false;
  if (config.rateLimit != 0) return activateRateLimit(config.rateLimit, root) == Status.OK;
  return true;
}

function areMetricsDefined(config: ChainConfig): bool {
  const metrics = changetype<RequestMetrics>(config.requestMetrics);
  return defineRequestMetrics(metrics) == Status.OK;
}

function setUpOrRetry(root: u32): void {
  useLog(configOf(root));
  if (setUp(configOf(root), root)) return settle(root);
  setRootState(root, RootState.NOT_SET_UP);
  denyAll(root);
}

/** The root serves. */
function settle(root: u32): void {
  const jwt = configOf(root).jwt;
  const isWhole = jwt == 0 || !hasDisabled(jwt);
  setRootState(root, isWhole ? RootState.READY : RootState.PARTLY_READY);
  choosePeriod(root);
}

function denyAll(root: u32): void {
  beginLine(CONFIG_FAILED);
  log(LogLevel.CRITICAL, LINE, endLine());
  choosePeriod(root);
}
