// The chain of `npm run bench` with @solo-io/proxy-runtime: four edits of the headers, the trace, a
// token that was verified elsewhere, a bucket for each subject in this VM.
//
// The SDK has no signatures: the configuration lists known tokens, as "TOKEN SUBJECT EXPIRES", and
// any other is refused. Its functions for shared data pass wrong pointers: buckets are not shared.

export * from "@solo-io/proxy-runtime/proxy";
import {
  Context,
  Counter,
  FilterHeadersStatusValues,
  GrpcStatusValues,
  HeaderPair,
  RootContext,
  registerRootContext,
  send_local_response,
  stream_context,
} from "@solo-io/proxy-runtime";
import {
  BufferTypeValues,
  get_buffer_bytes,
  get_current_time_nanoseconds,
} from "@solo-io/proxy-runtime/runtime";
import { Bucket } from "./bucket";
import { Span } from "./trace";

const NANOSECONDS: u64 = 1000000000;

class VerifiedToken {
  constructor(
    public subject: string,
    public expiresAtSeconds: u64,
  ) {}
}

class ChainRoot extends RootContext {
  tokens: Map<string, VerifiedToken> = new Map<string, VerifiedToken>();
  buckets: Map<string, Bucket> = new Map<string, Bucket>();
  capacity: u64 = 0;
  fillSeconds: u64 = 0;
  allowed: Counter = new Counter("solo_peer_allowed");
  denied: Counter = new Counter("solo_peer_denied");

  createContext(context_id: u32): Context {
    return new Chain(context_id, this);
  }

  // The SDK's own takes a length for a pointer.
  onConfigure(configuration_size: u32): bool {
    const bytes = get_buffer_bytes(BufferTypeValues.PluginConfiguration, 0, configuration_size);
    // A list of strings without escapes: every second piece between quotes is one.
    const pieces = String.UTF8.decode(bytes).split('"');
    const bucket = pieces[1].split(" ");
    this.capacity = u64(parseInt(bucket[0]));
    this.fillSeconds = u64(parseInt(bucket[1]));
    for (let i = 3; i < pieces.length; i += 2) {
      const parts = pieces[i].split(" ");
      this.tokens.set(parts[0], new VerifiedToken(parts[1], u64(parseInt(parts[2]))));
    }
    return true;
  }
}

class Chain extends Context {
  bucket: Bucket | null = null;

  constructor(context_id: u32, root_context: ChainRoot) {
    super(context_id, root_context);
  }

  onRequestHeaders(_count: u32, _end_of_stream: bool): FilterHeadersStatusValues {
    this.editHeaders();
    this.continueTrace();
    const now = get_current_time_nanoseconds();
    const root = this.root_context as ChainRoot;
    const subject = this.authenticate(root, now);
    if (subject == "") return this.refuse(root, 401, '{"error":"invalid token"}');
    if (!this.take(root, subject, now)) return this.refuse(root, 429, '{"error":"rate limited"}');
    root.allowed.increment(1);
    return FilterHeadersStatusValues.Continue;
  }

  onResponseHeaders(_count: u32, _end_of_stream: bool): FilterHeadersStatusValues {
    const bucket = this.bucket;
    if (bucket !== null) {
      stream_context.headers.response.replace("ratelimit-policy", bucket.policy());
      stream_context.headers.response.replace("ratelimit", bucket.state());
    }
    return FilterHeadersStatusValues.Continue;
  }

  private editHeaders(): void {
    const headers = stream_context.headers.request;
    headers.remove("x-debug");
    headers.replace("x-env", "production");
    headers.replace("x-region", "eu-north-1");
    if (headers.get("x-tenant") == "") headers.add("x-tenant", "nobody");
  }

  private continueTrace(): void {
    const headers = stream_context.headers.request;
    const span = Span.continued(headers.get("traceparent"));
    headers.replace("traceparent", span.toString());
    headers.replace("x-trace-id", span.traceId);
  }

  /** The subject, empty when there is none. */
  private authenticate(root: ChainRoot, now: u64): string {
    const headers = stream_context.headers.request;
    const field = headers.get("authorization");
    if (!field.startsWith("Bearer ")) return "";
    const token = field.substring(7);
    if (!root.tokens.has(token)) return "";
    const verified = root.tokens.get(token);
    if (verified.expiresAtSeconds * NANOSECONDS <= now) return "";
    headers.remove("authorization");
    headers.replace("x-subject", verified.subject);
    return verified.subject;
  }

  private take(root: ChainRoot, subject: string, now: u64): bool {
    if (!root.buckets.has(subject)) {
      root.buckets.set(subject, new Bucket(root.capacity, root.fillSeconds, now));
    }
    const bucket = root.buckets.get(subject);
    this.bucket = bucket;
    return bucket.take(now);
  }

  private refuse(root: ChainRoot, status: u32, body: string): FilterHeadersStatusValues {
    root.denied.increment(1);
    const headers = new Array<HeaderPair>();
    const grpc = status == 401 ? GrpcStatusValues.Unauthenticated : GrpcStatusValues.Unavailable;
    send_local_response(status, "solo_peer", String.UTF8.encode(body), headers, grpc);
    return FilterHeadersStatusValues.StopIteration;
  }
}

registerRootContext((context_id: u32) => new ChainRoot(context_id), "solo");
