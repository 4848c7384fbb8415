// http_call, grpc_call and their status. Source: proxy-wasm-cpp-host src/exports.cc (http_call,
// grpc_call, get_status).

import { startHttpCall } from "./callouts.ts";
import { startGrpcCall } from "./grpc_calls.ts";
import { HeaderMap } from "./headers.ts";
import { decodePairs } from "./pairs.ts";
import { Status } from "./types.ts";
import type { HostCalls } from "./hostcalls.ts";
import type { Vm } from "./vm.ts";

export function calloutCalls(vm: Vm): HostCalls {
  return { ...httpCalls(vm), ...grpcCalls(vm) };
}

function httpCalls(vm: Vm): HostCalls {
  return {
    proxy_http_call(
      clusterPtr: number,
      clusterLen: number,
      headersPtr: number,
      headersLen: number,
      bodyPtr: number,
      bodyLen: number,
      trailersPtr: number,
      trailersLen: number,
      timeoutMilliseconds: number,
      outToken: number,
    ) {
      const { memory } = vm;
      const cluster = memory.text(clusterPtr, clusterLen);
      const body = memory.copy(bodyPtr, bodyLen);
      const headers = memory.view(headersPtr, headersLen);
      const trailers = memory.view(trailersPtr, trailersLen);
      if (cluster === null || body === null || headers === null || trailers === null) {
        return Status.INVALID_MEMORY_ACCESS;
      }
      // The token is written before the call, to prove the address, and again after it.
      if (!memory.writeU32(outToken, 0)) return Status.INVALID_MEMORY_ACCESS;
      const { status, token } = startHttpCall(vm.effective.root, {
        cluster,
        headers: HeaderMap.from("request_headers", decodePairs(headers)),
        body,
        trailers: decodePairs(trailers),
        timeoutMilliseconds: timeoutMilliseconds >>> 0,
      });
      memory.writeU32(outToken, token);
      return status;
    },

    proxy_get_status(outCode: number, out: number, outLen: number) {
      const { statusCode, statusMessage } = vm.effective.root;
      if (!vm.memory.writeU32(outCode, statusCode)) return Status.INVALID_MEMORY_ACCESS;
      return vm.giveText(statusMessage, out, outLen) ? Status.OK : Status.INVALID_MEMORY_ACCESS;
    },
  };
}

function grpcCalls(vm: Vm): HostCalls {
  return {
    proxy_grpc_call(
      upstreamPtr: number,
      upstreamLen: number,
      servicePtr: number,
      serviceLen: number,
      methodPtr: number,
      methodLen: number,
      metadataPtr: number,
      metadataLen: number,
      messagePtr: number,
      messageLen: number,
      timeoutMilliseconds: number,
      outToken: number,
    ) {
      const { memory } = vm;
      const upstream = memory.copy(upstreamPtr, upstreamLen);
      const service = memory.text(servicePtr, serviceLen);
      const method = memory.text(methodPtr, methodLen);
      const metadata = memory.view(metadataPtr, metadataLen);
      const message = memory.copy(messagePtr, messageLen);
      if (upstream === null || service === null || method === null) {
        return Status.INVALID_MEMORY_ACCESS;
      }
      if (metadata === null || message === null) return Status.INVALID_MEMORY_ACCESS;
      const { status, token } = startGrpcCall(vm.effective.root, {
        upstream,
        service,
        method,
        metadata: decodePairs(metadata),
        message,
        timeoutMilliseconds: timeoutMilliseconds >>> 0,
      });
      if (status !== Status.OK) return status;
      return memory.writeU32(outToken, token) ? Status.OK : Status.INVALID_MEMORY_ACCESS;
    },
  };
}
