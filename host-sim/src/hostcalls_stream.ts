// Calls that decide over a stream. All of them act after the running callback has returned.
// Source: envoy context.cc (sendLocalResponse, continueStream, closeStream).

import { decodePairs } from "./pairs.ts";
import { latin1 } from "./latin1.ts";
import { SimError } from "./errors.ts";
import { Status, StreamType } from "./types.ts";
import type { LocalReplyRequest } from "./context.ts";
import type { HostCalls } from "./hostcalls.ts";
import type { Vm } from "./vm.ts";

const GRPC_STATUS_MAX = 16;

export function streamCalls(vm: Vm): HostCalls {
  return {
    proxy_send_local_response: (
      status: number,
      detailsPtr: number,
      detailsLen: number,
      bodyPtr: number,
      bodyLen: number,
      headersPtr: number,
      headersLen: number,
      grpcStatus: number,
    ) => {
      const details = vm.memory.view(detailsPtr, detailsLen);
      const body = vm.memory.copy(bodyPtr, bodyLen);
      const headers = vm.memory.view(headersPtr, headersLen);
      if (details === null || body === null || headers === null) {
        return Status.INVALID_MEMORY_ACCESS;
      }
      sendLocalReply(vm, {
        status: status >>> 0,
        body,
        headers: decodePairs(headers),
        grpcStatus: grpcStatus >>> 0 <= GRPC_STATUS_MAX ? grpcStatus >>> 0 : null,
        details: latin1(details).replace(/[ \t\n\v\f\r]/g, "_"),
      });
      return Status.OK;
    },

    proxy_continue_stream: (type: number) => continueStream(vm, type >>> 0),

    proxy_close_stream(type: number) {
      const { stream } = vm.effective;
      if (type >>> 0 > StreamType.UPSTREAM) return Status.BAD_ARGUMENT;
      if (type === StreamType.REQUEST || type === StreamType.RESPONSE) stream?.closeStream();
      return Status.OK;
    },

    proxy_set_effective_context(contextId: number) {
      if (!vm.contexts.has(contextId >>> 0)) return Status.BAD_ARGUMENT;
      vm.effectiveId = contextId >>> 0;
      return Status.OK;
    },

    proxy_done() {
      const { root } = vm.effective;
      if (root.plugin === null) {
        throw new SimError("host_crash", "proxy_done", "called for the VM context");
      }
      const pending = vm.pendingDone.get(root.plugin.key);
      if (pending === undefined) return Status.NOT_FOUND;
      vm.pendingDone.delete(root.plugin.key);
      vm.defer(() => vm.deleteRoot(pending));
      return Status.OK;
    },
  };
}

/** The flag is set for a root as well, where nothing is sent. */
function sendLocalReply(vm: Vm, reply: LocalReplyRequest): void {
  const { stream } = vm.effective;
  if (stream !== null) vm.defer(() => stream.sendLocalReply(reply));
  vm.stopIteration = true;
}

function continueStream(vm: Vm, type: number): Status {
  const { stream } = vm.effective;
  switch (type) {
    case StreamType.REQUEST:
      stream?.continueRequest();
      return Status.OK;
    case StreamType.RESPONSE:
      stream?.continueResponse();
      return Status.OK;
    case StreamType.DOWNSTREAM:
      return Status.OK;
    case StreamType.UPSTREAM:
      return Status.UNIMPLEMENTED;
    default:
      return Status.BAD_ARGUMENT;
  }
}
