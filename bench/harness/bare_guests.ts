// Modules that make the host calls which some work needs, and do nothing else: the price of a
// filter that takes no time itself.

export type Edit =
  | readonly [call: "add" | "replace", name: string, value: string]
  | readonly [call: "remove", name: string];

/** What a module calls of its host for a request, after it has fetched all of its headers. */
export interface BareCalls {
  /** In this order. */
  request: readonly Edit[];
  /** The same of the response; without any there is no callback for it. */
  response?: readonly Edit[];
  /** Whether the time is asked for. */
  clock?: boolean;
  /** With one, requests are answered by it and go no further. */
  answer?: BareAnswer;
}

export interface BareAnswer {
  status: number;
  /** Response code details. */
  details: string;
  fields: readonly (readonly [name: string, value: string])[];
  body: string;
}

/** A module that does nothing. */
export const EMPTY_GUEST = `
export function proxy_on_request_headers(context: i32, headers: i32, end: i32): i32 {
  return 0;
}
`;

const HEAD = `
// @ts-ignore: decorator
@external("env", "proxy_get_header_map_pairs")
declare function getPairs(map: i32, returnPtr: usize, returnLen: usize): i32;
// @ts-ignore: decorator
@external("env", "proxy_add_header_map_value")
declare function add(map: i32, name: usize, nameLen: i32, value: usize, len: i32): i32;
// @ts-ignore: decorator
@external("env", "proxy_replace_header_map_value")
declare function replace(map: i32, name: usize, nameLen: i32, value: usize, len: i32): i32;
// @ts-ignore: decorator
@external("env", "proxy_remove_header_map_value")
declare function remove(map: i32, name: usize, nameLen: i32): i32;
// @ts-ignore: decorator
@external("env", "proxy_send_local_response")
declare function answer(
  status: i32, details: usize, detailsLen: i32, body: usize, bodyLen: i32,
  fields: usize, fieldsLen: i32, grpcStatus: i32,
): i32;
// @ts-ignore: decorator
@external("wasi_snapshot_preview1", "clock_time_get")
declare function clock(id: i32, precision: i64, time: usize): i32;

const ANSWER: usize = memory.data(8);
export function proxy_on_context_create(context: i32, root: i32): void {}
export function proxy_on_delete(context: i32): void {}
`;

const REQUEST_HEADERS = 0;
const RESPONSE_HEADERS = 2;
/** Actions (proxy-wasm ABI). */
const CONTINUE = 0;
const PAUSE = 1;
/** The answer is none of gRPC. */
const NO_GRPC_STATUS = -1;

/** Source of such a module, with Sallyport's callbacks. */
export function bareGuest({ request, response = [], clock = false, answer }: BareCalls): string {
  const calls = [
    "getPairs(0, ANSWER, ANSWER + 4);",
    ...(clock ? ["clock(0, 0, ANSWER);"] : []),
    ...request.map((edit) => callOf(REQUEST_HEADERS, edit)),
    ...(answer === undefined ? [] : [answerCall(answer)]),
    "heap.reset();",
  ];
  const answers = response.map((edit) => callOf(RESPONSE_HEADERS, edit));
  return [
    HEAD,
    ...[...request, ...response].flatMap(([, ...texts]) => texts.map(constant)),
    ...(answer === undefined ? [] : partsOf(answer).map(constant)),
    callback("proxy_on_request_headers", calls, answer === undefined ? CONTINUE : PAUSE),
    ...(answers.length === 0 ? [] : [callback("proxy_on_response_headers", answers, CONTINUE)]),
  ].join("\n");
}

function callback(name: string, statements: readonly string[], action: number): string {
  return `export function ${name}(context: i32, headers: i32, end: i32): i32 {
  ${statements.join("\n  ")}
  return ${String(action)};
}`;
}

function callOf(map: number, [call, name, value]: Edit): string {
  const views = [name, ...(value === undefined ? [] : [value])].map(viewOf);
  return `${call}(${[map, ...views].join(", ")});`;
}

function answerCall(answer: BareAnswer): string {
  const views = partsOf(answer).map(viewOf);
  return `answer(${[answer.status, ...views, NO_GRPC_STATUS].join(", ")});`;
}

function partsOf({ details, body, fields }: BareAnswer): (string | Buffer)[] {
  return [details, body, wireForm(fields)];
}

/** Fields as hosts take them: a count, the lengths, and the texts with a NUL behind each. */
function wireForm(fields: BareAnswer["fields"]): Buffer {
  const lengths = fields.flat().map((text) => Buffer.byteLength(text));
  const numbers = Uint32Array.of(fields.length, ...lengths);
  const texts = fields.flat().map((text) => `${text}\0`);
  return Buffer.concat([Buffer.from(numbers.buffer), Buffer.from(texts.join(""))]);
}

function constant(bytes: string | Buffer): string {
  return `const ${nameOf(bytes)}: usize = memory.data<u8>([${Buffer.from(bytes).join(",")}]);`;
}

function viewOf(bytes: string | Buffer): string {
  return `${nameOf(bytes)}, ${String(Buffer.byteLength(bytes))}`;
}

function nameOf(bytes: string | Buffer): string {
  return `T${Buffer.from(bytes).toString("hex")}`;
}
