// A rate limit service for the simulator: what it answers is in the test's hands, and each request
// is kept.

import type { GrpcCall, GrpcDispatcher } from "../../host-sim/src/index.ts";
import type { RlsRequest, RlsStatus } from "./rls_messages.ts";
import { CODE, decodeRequest, encodeResponse } from "./rls_messages.ts";

/**
 * A verdict, a gRPC status, bytes that may be anything, silence, or a host that cannot even call.
 */
export type RlsAnswer =
  { overall: number; statuses: RlsStatus[] } | { status: number } | Uint8Array | "hang" | "refuse";

export class RlsService {
  readonly calls: GrpcCall[] = [];
  readonly requests: RlsRequest[] = [];
  answer: RlsAnswer | ((request: RlsRequest) => RlsAnswer);

  constructor(answer: RlsAnswer | ((request: RlsRequest) => RlsAnswer)) {
    this.answer = answer;
  }

  readonly dispatch: GrpcDispatcher = (call) => {
    const request = decodeRequest(call.message);
    this.calls.push(call);
    this.requests.push(request);
    const answer = typeof this.answer === "function" ? this.answer(request) : this.answer;
    if (answer === "refuse") call.fail(14);
    else queueMicrotask(() => answerCall(call, answer));
  };
}

/** Answers a call that hangs. */
export function answerCall(call: GrpcCall, answer: RlsAnswer): void {
  if (answer === "hang" || answer === "refuse") return;
  if (answer instanceof Uint8Array) call.respond(answer);
  else if ("status" in answer) call.fail(answer.status);
  else call.respond(encodeResponse(answer.overall, answer.statuses));
}

/** One code for each descriptor; over the limit when one of them is. */
export function verdict(...codes: number[]): RlsAnswer {
  const isOver = codes.includes(CODE.OVER_LIMIT);
  return {
    overall: isOver ? CODE.OVER_LIMIT : CODE.OK,
    statuses: codes.map((code) => ({ code })),
  };
}

/** Everything is within its limits. */
export function allOk(request: RlsRequest): RlsAnswer {
  return verdict(...request.descriptors.map(() => CODE.OK));
}
