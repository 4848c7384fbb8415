// What a guest's answer becomes in Envoy. Source: proxy-wasm-cpp-host src/context.cc
// (convertVmCallResultToFilter…Status), envoy context.cc (convertFilter…Status).

import { DataAction, HeadersAction } from "./types.ts";

/** No action of the ABI: after a local reply, or in a dead VM, the guest's answer is void. */
export const FAILED = -1;

export function headersAction(answer: number, allowStopIteration: boolean): number {
  switch (answer) {
    case HeadersAction.CONTINUE:
    case HeadersAction.CONTINUE_AND_END_STREAM:
      return HeadersAction.CONTINUE;
    case HeadersAction.STOP_ITERATION:
      return allowStopIteration ? answer : HeadersAction.STOP_ALL_AND_WATERMARK;
    case HeadersAction.STOP_ALL_AND_BUFFER:
      return answer;
    default:
      return HeadersAction.STOP_ALL_AND_WATERMARK;
  }
}

export function bodyAction(answer: number): number {
  return answer === FAILED || answer > DataAction.STOP_NO_BUFFER
    ? DataAction.STOP_NO_BUFFER
    : answer;
}

/** 0 continues, 1 stops. */
export function trailersAction(answer: number): number {
  return answer === 0 ? 0 : 1;
}
