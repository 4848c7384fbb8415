// Requests of OTLP/HTTP in JSON, held against the messages of opentelemetry-proto v1.7.0 by a
// library that is not ours: nothing unknown is passed over.
// https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding

import protobuf from "protobufjs";

const API = `
syntax = "proto3";
message ExportTraceServiceRequest { repeated ResourceSpans resource_spans = 1; }
message ResourceSpans {
  Resource resource = 1;
  repeated ScopeSpans scope_spans = 2;
  string schema_url = 3;
}
message Resource { repeated KeyValue attributes = 1; uint32 dropped_attributes_count = 2; }
message ScopeSpans {
  InstrumentationScope scope = 1;
  repeated Span spans = 2;
  string schema_url = 3;
}
message InstrumentationScope {
  string name = 1;
  string version = 2;
  repeated KeyValue attributes = 3;
  uint32 dropped_attributes_count = 4;
}
message KeyValue { string key = 1; AnyValue value = 2; }
message ArrayValue { repeated AnyValue values = 1; }
message KeyValueList { repeated KeyValue values = 1; }
message AnyValue {
  oneof value {
    string string_value = 1;
    bool bool_value = 2;
    int64 int_value = 3;
    double double_value = 4;
    ArrayValue array_value = 5;
    KeyValueList kvlist_value = 6;
  }
}
message Span {
  bytes trace_id = 1;
  bytes span_id = 2;
  string trace_state = 3;
  bytes parent_span_id = 4;
  fixed32 flags = 16;
  string name = 5;
  SpanKind kind = 6;
  fixed64 start_time_unix_nano = 7;
  fixed64 end_time_unix_nano = 8;
  repeated KeyValue attributes = 9;
  uint32 dropped_attributes_count = 10;
  uint32 dropped_events_count = 12;
  uint32 dropped_links_count = 14;
  Status status = 15;
}
message Status { string message = 2; StatusCode code = 3; }
enum SpanKind {
  SPAN_KIND_UNSPECIFIED = 0;
  SPAN_KIND_INTERNAL = 1;
  SPAN_KIND_SERVER = 2;
  SPAN_KIND_CLIENT = 3;
  SPAN_KIND_PRODUCER = 4;
  SPAN_KIND_CONSUMER = 5;
}
enum StatusCode { STATUS_CODE_UNSET = 0; STATUS_CODE_OK = 1; STATUS_CODE_ERROR = 2; }
`;

const { root } = protobuf.parse(API);
const ID_DIGITS: Readonly<Record<string, number>> = { traceId: 32, spanId: 16, parentSpanId: 16 };
const DECIMALS: Readonly<Record<string, RegExp>> = {
  int64: /^(0|-?[1-9]\d*)$/,
  fixed64: /^(0|[1-9]\d*)$/,
};

function fail(path: string, value: unknown): never {
  throw new Error(`${path}: found ${JSON.stringify(value)}`);
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

function checkMessage(type: protobuf.Type, value: unknown, path: string): void {
  if (!isObject(value)) return fail(path, value);
  for (const [name, member] of Object.entries(value)) {
    const field = type.fields[name];
    if (field === undefined) return fail(`${path}.${name}: unknown`, member);
    field.resolve();
    if (!field.repeated) {
      checkValue(field, member, `${path}.${name}`);
    } else {
      if (!Array.isArray(member)) return fail(`${path}.${name}`, member);
      for (const [i, each] of member.entries()) checkValue(field, each, `${path}.${name}[${i}]`);
    }
  }
  for (const { oneof } of type.oneofsArray) {
    const given = oneof.filter((name) => name in value);
    if (given.length !== 1) fail(`${path}: one of ${oneof.join()}`, given);
  }
}

function checkValue(field: protobuf.Field, value: unknown, path: string): void {
  const type = field.resolvedType;
  if (type instanceof protobuf.Type) {
    checkMessage(type, value, path);
  } else if (type instanceof protobuf.Enum) {
    if (typeof value !== "number" || !(value in type.valuesById)) fail(path, value);
  } else if (field.type === "bytes") {
    const digits = new RegExp(`^[0-9a-f]{${String(ID_DIGITS[field.name])}}$`);
    if (typeof value !== "string" || !digits.test(value) || /^0+$/.test(value)) fail(path, value);
  } else if (field.type in DECIMALS) {
    if (typeof value !== "string" || DECIMALS[field.type]?.test(value) !== true) fail(path, value);
  } else if (field.type === "string") {
    if (typeof value !== "string") fail(path, value);
  } else {
    fail(`${path}: a ${field.type} that the module does not write`, value);
  }
}

export interface OtlpSpan {
  traceId: string;
  spanId: string;
  parentSpanId?: string;
  name: string;
  kind: number;
  startTimeUnixNano: string;
  endTimeUnixNano: string;
  attributes: OtlpAttribute[];
  status: { code?: number };
}

interface OtlpAttribute {
  key: string;
  value: { stringValue?: string; intValue?: string };
}

interface OtlpRequest {
  resourceSpans: {
    resource: { attributes: OtlpAttribute[] };
    scopeSpans: { scope: { name: string }; spans: OtlpSpan[] }[];
  }[];
}

export const KIND = { INTERNAL: 1, CLIENT: 3 } as const;
export const STATUS_ERROR = 2;

export interface Exported {
  service: string;
  spans: OtlpSpan[];
}

const isRequest = (value: unknown): value is OtlpRequest =>
  isObject(value) && Array.isArray(value["resourceSpans"]);

/** Reads a request; throws for what is none. */
export function readExport(body: string): Exported {
  const value: unknown = JSON.parse(body);
  checkMessage(root.lookupType("ExportTraceServiceRequest"), value, "$");
  const [resource] = isRequest(value) ? value.resourceSpans : [];
  const [scope] = resource?.scopeSpans ?? [];
  if (resource === undefined || scope === undefined) throw new Error(`no spans in ${body}`);
  const [name] = resource.resource.attributes;
  if (name?.key !== "service.name") throw new Error(`no service.name in ${body}`);
  return { service: name.value.stringValue ?? "", spans: scope.spans };
}

/** Attributes by key; numbers as digits. */
export function attributesOf({ attributes }: OtlpSpan): Record<string, string> {
  return Object.fromEntries(
    attributes.map(({ key, value }) => [key, value.stringValue ?? value.intValue ?? ""]),
  );
}
