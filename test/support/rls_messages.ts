// The messages of a rate limit service by a library that is not ours, from the parts of Envoy's API
// that the module speaks.

import protobuf from "protobufjs";

const API = `
syntax = "proto3";
message UInt64Value { uint64 value = 1; }
message Duration { int64 seconds = 1; int32 nanos = 2; }
message Entry { string key = 1; string value = 2; }
message Descriptor {
  repeated Entry entries = 1;
  UInt64Value hits_addend = 3;
}
message RateLimitRequest {
  string domain = 1;
  repeated Descriptor descriptors = 2;
  uint32 hits_addend = 3;
}
message Limit { uint32 requests_per_unit = 1; uint32 unit = 2; string name = 3; }
message Status {
  int32 code = 1;
  Limit current_limit = 2;
  uint32 limit_remaining = 3;
  Duration duration_until_reset = 4;
}
message HeaderValue { string key = 1; string value = 2; }
message RateLimitResponse {
  int32 overall_code = 1;
  repeated Status statuses = 2;
  repeated HeaderValue response_headers_to_add = 3;
  bytes raw_body = 5;
}
`;

const { root } = protobuf.parse(API, { keepCase: true });
const requestType = root.lookupType("RateLimitRequest");
const responseType = root.lookupType("RateLimitResponse");

export const CODE = { UNKNOWN: 0, OK: 1, OVER_LIMIT: 2 } as const;

export interface RlsDescriptor {
  /** Key and value of each entry. */
  entries: [key: string, value: string][];
  /** Of this descriptor alone. */
  hits?: number;
}

export interface RlsRequest {
  domain: string;
  descriptors: RlsDescriptor[];
  /** 0 when it is not given. */
  hits: number;
}

export interface RlsStatus {
  code: number;
  limit?: { requests_per_unit: number; unit: number; name?: string };
  remaining?: number;
  until?: { seconds: number; nanos?: number };
}

/** Members that are not there are left out. */
interface RawRequest {
  domain?: string;
  descriptors: { entries: { key?: string; value?: string }[]; hits_addend?: { value?: number } }[];
  hits_addend?: number;
}

/** Throws for what is no RateLimitRequest. */
export function decodeRequest(bytes: Uint8Array): RlsRequest {
  const decoded = requestType.decode(bytes);
  // Member by member as the API above says.
  const raw: RawRequest = JSON.parse(
    JSON.stringify(requestType.toObject(decoded, { longs: Number, arrays: true })),
  );
  return {
    domain: raw.domain ?? "",
    descriptors: raw.descriptors.map(({ entries, hits_addend: hits }) => ({
      entries: entries.map(({ key = "", value = "" }) => [key, value]),
      ...(hits === undefined ? {} : { hits: hits.value ?? 0 }),
    })),
    hits: raw.hits_addend ?? 0,
  };
}

export function encodeResponse(overall: number, statuses: readonly RlsStatus[]): Uint8Array {
  return responseType
    .encode(
      responseType.fromObject({
        overall_code: overall,
        statuses: statuses.map(({ code, limit, remaining, until }) => ({
          code,
          current_limit: limit,
          limit_remaining: remaining,
          duration_until_reset: until,
        })),
      }),
    )
    .finish();
}
