// A context as the guest knows it by id: the VM's own (0), a root, or a stream.
// Source: proxy-wasm-cpp-host ContextBase and envoy Context.

import type { HeaderMap } from "./headers.ts";
import type { HttpCallResponse, PendingCall } from "./callouts.ts";
import type { PendingGrpcCall } from "./grpc_calls.ts";
import type { PropertySource } from "./properties.ts";
import type { Vm } from "./vm.ts";
import { MapType } from "./types.ts";

/** What identifies a configured plugin on each thread. */
export interface PluginIdentity {
  readonly key: string;
  readonly name: string;
  readonly rootId: string;
  readonly configuration: Uint8Array;
}

export interface LocalReplyRequest {
  status: number;
  body: Uint8Array;
  headers: [name: string, value: string][];
  /** 0 … 16, null when none was given. */
  grpcStatus: number | null;
  details: string;
}

/** What a body buffer offers to the guest. */
export interface BodyBuffer {
  readonly length: number;
  copyOut(start: number, length: number): Uint8Array;
  /** Takes away that many bytes at the front, or all there are. */
  drain(length: number): void;
  prepend(data: Uint8Array): void;
  append(data: Uint8Array): void;
}

/** What host calls may ask of the stream behind a context. */
export interface StreamPart {
  readonly properties: PropertySource;
  constMap(type: number): HeaderMap | null;
  /** May create trailers, as Envoy does at the end of a body. */
  mutableMap(type: number): HeaderMap | null;
  readonly inAccessLog: boolean;
  requestBody(): BodyBuffer | null;
  responseBody(): BodyBuffer | null;
  sendLocalReply(reply: LocalReplyRequest): void;
  continueRequest(): void;
  continueResponse(): void;
  closeStream(): void;
  clearRouteCache(): void;
  setFilterState(key: string, value: Uint8Array): void;
}

export class Context {
  readonly id: number;
  readonly vm: Vm;
  readonly root: Context;
  readonly plugin: PluginIdentity | null;
  readonly stream: StreamPart | null;
  /** The guest has seen on_context_create for it, or never will. */
  createdInGuest = false;
  /** Readable only during on_configure and the first on_context_create. */
  pluginConfiguration: Uint8Array | null = null;

  // Of a root: its http_calls and grpc_calls.
  readonly calls = new Map<number, PendingCall | PendingGrpcCall>();
  callResponse: HttpCallResponse | null = null;
  grpcMessage: Uint8Array | null = null;
  statusCode = 0;
  statusMessage = "";
  readonly declaredProperties = new Set<string>();

  constructor(
    vm: Vm,
    id: number,
    root: Context | null,
    plugin: PluginIdentity | null,
    stream: StreamPart | null,
  ) {
    this.vm = vm;
    this.id = id;
    this.root = root ?? this;
    this.plugin = plugin;
    this.stream = stream;
    vm.contexts.set(id, this);
  }

  get isRoot(): boolean {
    return this.root === this;
  }

  /** `name rootId vmId` as in Envoy's log prefix; a root's carries no name. */
  get source(): string {
    if (this.plugin === null) return "";
    const name = this.isRoot ? "" : this.plugin.name;
    const parts = [name, this.plugin.rootId, this.vm.spec.vmId];
    return parts.filter((part) => part !== "").join(" ");
  }

  /** The map as get_header_map_value and get_header_map_pairs see it. */
  constMap(type: number): HeaderMap | null {
    if (type === MapType.HTTP_CALL_RESPONSE_HEADERS) return this.root.callResponse?.headers ?? null;
    if (type === MapType.HTTP_CALL_RESPONSE_TRAILERS) {
      return this.root.callResponse?.trailers ?? null;
    }
    return this.stream === null ? null : this.stream.constMap(type);
  }

  /** The map as the changing calls and get_header_map_size see it. */
  mutableMap(type: number): HeaderMap | null {
    return this.stream === null ? null : this.stream.mutableMap(type);
  }
}
