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
@external("wasi_snapshot_preview1", "clock_time_get")
declare function clock(id: i32, precision: i64, time: usize): i32;

const ANSWER: usize = memory.data(8);
export function proxy_on_context_create(context: i32, root: i32): void {}
export function proxy_on_delete(context: i32): void {}
`;

const REQUEST_HEADERS = 0;
const RESPONSE_HEADERS = 2;

/** Source of such a module, with Sallyport's callbacks. */
export function bareGuest({ request, response = [], clock = false }: BareCalls): string {
  const calls = [
    "getPairs(0, ANSWER, ANSWER + 4);",
    ...(clock ? ["clock(0, 0, ANSWER);"] : []),
    ...request.map((edit) => callOf(REQUEST_HEADERS, edit)),
    "heap.reset();",
  ];
  const answers = response.map((edit) => callOf(RESPONSE_HEADERS, edit));
  return [
    HEAD,
    ...[...request, ...response].flatMap(constantsOf),
    callback("proxy_on_request_headers", calls),
    ...(answers.length === 0 ? [] : [callback("proxy_on_response_headers", answers)]),
  ].join("\n");
}

function callback(name: string, statements: readonly string[]): string {
  return `export function ${name}(context: i32, headers: i32, end: i32): i32 {
  ${statements.join("\n  ")}
  return 0;
}`;
}

function callOf(map: number, [call, name, value]: Edit): string {
  const views = [name, ...(value === undefined ? [] : [value])].map(
    (text) => `${constantOf(text)}, ${Buffer.byteLength(text)}`,
  );
  return `${call}(${[map, ...views].join(", ")});`;
}

function constantsOf([, ...texts]: Edit): string[] {
  return texts.map((text) => {
    const bytes = Buffer.from(text).join(",");
    return `const ${constantOf(text)}: usize = memory.data<u8>([${bytes}]);`;
  });
}

function constantOf(text: string): string {
  return `T${Buffer.from(text).toString("hex")}`;
}
