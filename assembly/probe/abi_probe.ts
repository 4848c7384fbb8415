// Test-only program on top of the ABI layer alone: it keeps every stream, asks a cluster about
// each, by HTTP or by gRPC, and lets the stream go on when the answer comes. Shows that the layer
// serves programs other than ours.

import { arenaAllocate, arenaFree } from "../abi/arena";
import { calloutsPending, callGrpc, callOut } from "../abi/callouts";
import { Handler, install } from "../abi/handler";
import { answerLen, answerPtr, getBuffer, getHeaderPairs, sendLocalResponse } from "../abi/host";
import { defineLabelled, putAnyLabel, putLabel, putNumberLabel } from "../abi/metric_name";
import { decodePairs, encodedPairsLen, encodePairs, fieldsLen } from "../abi/pairs";
import { enterPaused, markDone, pauseRequest, resumeRequest } from "../abi/resume";
import { rootsAlive, setRootState } from "../abi/roots";
import { keepStream, streamsKept } from "../abi/streams";
import { Action, BufferType, MapType, MetricType, Status } from "../abi/types";
import { fieldAt } from "../core/bytes/field";
import { Text, text, textLen, textPtr } from "../core/bytes/text";

export * from "../abi/exports";
export { arenaFree, calloutsPending, rootsAlive, streamsKept };

const CLUSTER = text("answers");
const METHOD = text(":method");
const PATH = text(":path");
const AUTHORITY = text(":authority");
const GET = text("GET");
const SERVICE = text("probe.Answers");
const CALL = text("Ask");
const ROOT_PATH = text("/");
const TIMEOUT_MILLISECONDS: u32 = 500;
const REFUSAL_STATUS: u32 = 503;
const PURPOSE: u32 = 7;
const CONTEXT_MARK: u64 = 0x5a5a5a5a5a5a5a5a;

/** Whether streams are asked about by gRPC. */
let asksGrpc: bool = false;
let orphanCount: u32 = 0;
let messageBytes: u32 = 0;
let lastGrpcStatus: u32 = 0;
let corruptedCount: u32 = 0;

/** Answers that came for streams that had gone. */
export function orphans(): u32 {
  return orphanCount;
}

export function askGrpc(does: bool): void {
  asksGrpc = does;
}

/** Status and sum of the bytes of the last gRPC call that ended. */
export function grpcStatus(): u32 {
  return lastGrpcStatus;
}

export function messageSum(): u32 {
  return messageBytes;
}

/** Streams whose memory was not as it had been left. */
export function corrupted(): u32 {
  return corruptedCount;
}

/** A bug of ours, planted: what its assertion leaves behind is tested. */
export function failAssertion(): void {
  assert(corruptedCount == u32.MAX_VALUE, "planted");
}

/** Defines a metric with so many labels of each kind; its status. */
export function defineMetricWith(plain: u32, any: u32, numbers: u32): u32 {
  for (let i: u32 = 0; i < plain; i++) putLabel(AUTHORITY, CLUSTER);
  for (let i: u32 = 0; i < any; i++) putAnyLabel(AUTHORITY, PATH);
  for (let i: u32 = 0; i < numbers; i++) putNumberLabel(AUTHORITY, u32.MAX_VALUE);
  return defineLabelled(MetricType.COUNTER, CALL);
}

function setField(fields: usize, index: u32, name: Text, value: Text): void {
  const field = fieldAt(fields, index);
  field.namePtr = textPtr(name);
  field.nameLen = textLen(name);
  field.valuePtr = textPtr(value);
  field.valueLen = textLen(value);
}

function ask(root: u32, stream: u32): Status {
  if (asksGrpc) return askByGrpc(root, stream);
  const fields = arenaAllocate(fieldsLen(3));
  if (fields == 0) return Status.INVALID_MEMORY_ACCESS;
  setField(fields, 0, METHOD, GET);
  setField(fields, 1, PATH, ROOT_PATH);
  setField(fields, 2, AUTHORITY, CLUSTER);
  const len = <u32>encodedPairsLen(fields, 3);
  const headers = arenaAllocate(len);
  if (headers == 0) return Status.INVALID_MEMORY_ACCESS;
  encodePairs(fields, 3, headers);
  return callOut(
    root,
    stream,
    PURPOSE,
    textPtr(CLUSTER),
    textLen(CLUSTER),
    headers,
    len,
    0,
    0,
    TIMEOUT_MILLISECONDS,
  );
}

function askByGrpc(root: u32, stream: u32): Status {
  return callGrpc(
    root,
    stream,
    PURPOSE,
    textPtr(CLUSTER),
    textLen(CLUSTER),
    textPtr(SERVICE),
    textLen(SERVICE),
    textPtr(CALL),
    textLen(CALL),
    0,
    0,
    textPtr(GET),
    textLen(GET),
    TIMEOUT_MILLISECONDS,
  );
}

function refuse(stream: u32): Action {
  markDone(stream);
  sendLocalResponse(REFUSAL_STATUS, 0, 0, 0, 0, 0, 0, -1);
  return Action.PAUSE;
}

/** The end of what was asked. */
function end(stream: u32, purpose: u32, isGood: bool): void {
  if (purpose != PURPOSE) corruptedCount++;
  if (stream == 0) {
    orphanCount++;
    return;
  }
  if (!enterPaused(stream)) return;
  if (isGood) resumeRequest(stream);
  else refuse(stream);
}

class Asker extends Handler {
  onConfigure(root: u32, configurationLen: u32): bool {
    const status = getBuffer(BufferType.PLUGIN_CONFIGURATION, 0, configurationLen);
    setRootState(root, status == Status.OK && answerPtr != 0 ? 1 : 0);
    return true;
  }

  onConfigureWithoutRoot(configurationLen: u32): bool {
    return true;
  }

  onRequestHeaders(root: u32, stream: u32, headerCount: u32, endOfStream: bool): Action {
    const data = keepStream(stream, root);
    if (data == 0) return refuse(stream);
    store<u64>(data, CONTEXT_MARK ^ (<u64>stream));
    if (getHeaderPairs(MapType.REQUEST_HEADERS) != Status.OK) return refuse(stream);
    const fields = arenaAllocate(fieldsLen(64));
    if (fields == 0 || decodePairs(answerPtr, answerLen, fields, 64) < 0) return refuse(stream);
    if (ask(root, stream) != Status.OK) return refuse(stream);
    return pauseRequest(stream) ? Action.PAUSE : refuse(stream);
  }

  onUnknownStream(stream: u32): Action {
    return refuse(stream);
  }

  onResponseHeaders(
    root: u32,
    stream: u32,
    data: usize,
    headerCount: u32,
    endOfStream: bool,
  ): Action {
    if (load<u64>(data) != (CONTEXT_MARK ^ (<u64>stream))) corruptedCount++;
    return Action.CONTINUE;
  }

  onCalloutResponse(
    root: u32,
    stream: u32,
    purpose: u32,
    headerCount: u32,
    bodyLen: u32,
    trailerCount: u32,
  ): void {
    end(stream, purpose, headerCount != 0);
  }

  onGrpcAnswer(
    root: u32,
    stream: u32,
    purpose: u32,
    grpcStatus: u32,
    messagePtr: usize,
    messageLen: u32,
  ): void {
    lastGrpcStatus = grpcStatus;
    messageBytes = 0;
    for (let i: u32 = 0; i < messageLen; i++) messageBytes += load<u8>(messagePtr + i);
    end(stream, purpose, grpcStatus == 0);
  }

  onStreamDelete(root: u32, stream: u32, data: usize): void {
    const mark = load<u64>(data);
    if (mark != 0 && mark != (CONTEXT_MARK ^ (<u64>stream))) corruptedCount++;
  }
}

install(new Asker());
