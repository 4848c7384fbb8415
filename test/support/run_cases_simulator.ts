// The cases on the simulator: one host per configuration, or per case where buckets are spent. The
// upstream's answer is made up here.

import { readFile } from "node:fs/promises";
import { requiredCapabilities, vmConfiguration } from "../../envoy/capabilities.ts";
import {
  createSignatureCrypto,
  systemClock,
  systemRandom,
} from "../../host-sim/gateway/platform.ts";
import type {
  HeaderList,
  LocalReply,
  Stream,
  StreamResult,
  Worker,
} from "../../host-sim/src/index.ts";
import { createHost, latin1 } from "../../host-sim/src/index.ts";
import type { CaseRequest, Protocol } from "./case.ts";
import { MODULE_PATH } from "./envoy.ts";
import { frameMessage } from "./grpc_frame.ts";
import type { CaseHost, CaseOutcome, Configurations } from "./run_cases.ts";
import { decodeGrpcMessage, findConfiguration, hasBuckets, reasonOf } from "./run_cases.ts";
import { answeredFields } from "./upstream.ts";

const CLIENT_ADDRESS = "127.0.0.1";
const CLIENT_PORT = 40_000;

export async function simulatorForCases(configurations: Configurations): Promise<CaseHost> {
  const module = await WebAssembly.compile(await readFile(MODULE_PATH));
  const shared = new Map<string, Worker>();
  return {
    open: (one, protocol) => {
      const configuration = findConfiguration(configurations, one.configuration);
      const worker = shared.get(one.configuration) ?? startWorker(module, configuration);
      if (!hasBuckets(configuration)) shared.set(one.configuration, worker);
      return Promise.resolve({
        send: (request) => Promise.resolve(send(worker, request, protocol)),
        close: () => Promise.resolve(),
      });
    },
  };
}

/** A host with one worker. */
function startWorker(module: WebAssembly.Module, configuration: object): Worker {
  const host = createHost({
    clock: systemClock,
    random: systemRandom,
    crypto: createSignatureCrypto(),
    onLog: (_, message) => {
      if (message.includes("restricted")) throw new Error(message);
    },
  });
  const capabilities = requiredCapabilities(module, configuration);
  const plugin = host.addPlugin({
    module,
    capabilities,
    vmConfiguration: vmConfiguration(capabilities),
    configuration: JSON.stringify(configuration),
    name: "case",
    rootId: "case",
    vmId: "case",
    failurePolicy: "FAIL_RELOAD",
  });
  const [worker] = plugin.workers;
  if (worker === undefined) throw new Error("the plugin has no worker");
  return worker;
}

function send(worker: Worker, request: Required<CaseRequest>, protocol: Protocol): CaseOutcome {
  const stream = worker.openStream({ sourceAddress: `${CLIENT_ADDRESS}:${CLIENT_PORT}` });
  try {
    return exchange(stream, request, protocol);
  } finally {
    stream.close();
  }
}

function exchange(stream: Stream, request: Required<CaseRequest>, protocol: Protocol): CaseOutcome {
  const isGrpc = protocol === "grpc";
  const sent = requestMap(request, protocol);
  const passed = stream.requestHeaders(sent, !isGrpc);
  if (passed.kind === "reply") return refusal(passed.reply, isGrpc);
  const upstream = headersOf(passed);
  if (isGrpc) headersOf(stream.requestBody(frameMessage(new Uint8Array()), true));
  const contentType = isGrpc ? "application/grpc" : "application/json";
  const answer: HeaderList = [
    [":status", "200"],
    ["content-type", contentType],
    ...answeredFields(upstream),
  ];
  const response = headersOf(stream.responseHeaders(answer, false));
  headersOf(stream.responseBody(new Uint8Array(), !isGrpc));
  const trailers = isGrpc ? headersOf(stream.responseTrailers([["grpc-status", "0"]])) : [];
  return {
    status: statusOf(response),
    reason: null,
    grpcStatus: isGrpc ? 0 : null,
    upstream,
    response: [...response, ...trailers],
    body: "",
  };
}

/** What Envoy's connection manager hands to the first filter (`use_remote_address`). */
function requestMap(request: Required<CaseRequest>, protocol: Protocol): HeaderList {
  const { method, path, authority, headers } = request;
  const given = new Set(headers.map(([name]) => name));
  const grpc: HeaderList = [
    ["content-type", "application/grpc"],
    ["te", "trailers"],
  ];
  const added = protocol === "grpc" ? grpc.filter(([name]) => !given.has(name)) : [];
  const isForwarded = ([name]: [string, string]): boolean => name === "x-forwarded-for";
  const isInternal = ([name]: [string, string]): boolean => name === "x-envoy-internal";
  const forwarded = headers.filter(isForwarded).map(([, value]) => value);
  return [
    [":authority", authority],
    [":path", path],
    [":method", method],
    [":scheme", "http"],
    ...added,
    ...withoutConnection(headers).filter((line) => !isForwarded(line) && !isInternal(line)),
    ["x-forwarded-for", [...forwarded, CLIENT_ADDRESS].join(",")],
    ["x-forwarded-proto", "http"],
    ["x-request-id", "00000000-0000-4000-8000-000000000000"],
  ];
}

/** Without an upgrade Envoy's HTTP/1 codec removes `connection` and all that it names. */
function withoutConnection(headers: HeaderList): HeaderList {
  if (headers.some(([name]) => name === "upgrade")) return headers;
  const named = headers
    .filter(([name]) => name === "connection")
    .flatMap(([, value]) => value.split(","))
    .map((option) => option.trim().toLowerCase());
  return headers.filter(([name]) => name !== "connection" && !named.includes(name));
}

function refusal(reply: LocalReply, isGrpc: boolean): CaseOutcome {
  const message = reply.headers.find(([name]) => name === "grpc-message")?.[1] ?? "";
  return {
    status: isGrpc ? statusOf(reply.headers) : reply.status,
    reason: reasonOf(reply.details),
    grpcStatus: reply.grpcStatus,
    upstream: null,
    response: reply.headers,
    body: isGrpc ? decodeGrpcMessage(message) : latin1(reply.body),
  };
}

function statusOf(headers: HeaderList): number {
  return Number(headers.find(([name]) => name === ":status")?.[1]);
}

/** The module of this project never pauses, resets or answers later than at the headers. */
function headersOf(result: StreamResult): HeaderList {
  if (result.kind !== "continue") throw new Error(`expected continue, found ${result.kind}`);
  return result.headers;
}
