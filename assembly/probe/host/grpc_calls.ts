// gRPC calls that no host can carry out. One that fails on the spot is closed afterwards all the
// same, under a token that the caller was never told.

import { proxy_grpc_call } from "./imports";
import { OUT, address, clearOut, out, row, utf8 } from "./report";

const FAR: usize = 0xfffffff0;

export function probeBadGrpcCalls(): void {
  grpcCall("bare name, unknown", "nowhere", OUT);
  grpcCall("unknown cluster", serviceOf("nowhere"), OUT);
  grpcCall("no endpoints", serviceOf("empty"), OUT);
  grpcCall("no endpoints, token far", serviceOf("empty"), FAR);
  grpcCall("service cut short", serviceOf("empty").slice(0, 4), OUT);
  const far = proxy_grpc_call(FAR, 64, OUT, 0, OUT, 0, OUT, 0, OUT, 0, 1000, OUT);
  row("grpc_call", "upstream far", far, "");
}

/** GrpcService{1 envoy_grpc{1 cluster_name}} of a short name. */
function serviceOf(cluster: string): string {
  const name = "\n" + String.fromCharCode(cluster.length) + cluster;
  return "\n" + String.fromCharCode(name.length) + name;
}

function grpcCall(variant: string, upstream: string, token: usize): void {
  const named = utf8(upstream);
  const service = utf8("probe.Answers");
  const method = utf8("Ask");
  clearOut();
  const status = proxy_grpc_call(
    address(named),
    named.byteLength,
    address(service),
    service.byteLength,
    address(method),
    method.byteLength,
    OUT,
    0,
    OUT,
    0,
    1000,
    token,
  );
  row("grpc_call", variant, status, out(0).toString());
}
