// What a stream does besides probing, chosen by its request.

import {
  proxy_continue_stream,
  proxy_close_stream,
  proxy_get_header_map_value,
  proxy_send_local_response,
  proxy_set_effective_context,
} from "./imports";
import { OUT, address, given, out, row, utf8 } from "./report";
import { httpCall } from "./general_calls";
import { add, encodePairs, remove, replace, setPairs } from "./header_calls";
import { setBytes } from "./data_calls";

const CONTINUE: u32 = 0;
const STOP: u32 = 1;
const UPSTREAM_REQUEST = ":method=GET\n:path=/call\n:authority=probe.test";

export let scenario: string = "";
/** The stream that waits for a call, and its token. */
let waiting: u32 = 0;
let token: u32 = 0;

export function readScenario(): void {
  const name = utf8("x-scenario");
  const status = proxy_get_header_map_value(0, address(name), name.byteLength, OUT, OUT + 4);
  scenario = status == 0 ? String.UTF8.decodeUnsafe(out(0), out(4)) : "";
}

/** One accepted call from a tick, so that no stream waits for it. */
export function onTick(): void {
  httpCall("from a tick", "upstream", UPSTREAM_REQUEST, 1000);
}

export function onRequestHeaders(contextId: u32): u32 {
  waiting = contextId;
  if (scenario == "reply")
    reply(403, "refused by the probe", "no\u{e9} %~", "x-probe=1\nx-probe=2", -1);
  if (scenario == "reply empty") reply(429, "", "", "content-type=text/html\ncontent-length=7", 8);
  if (scenario == "reply typed") reply(200, "", "{}", "content-type=application/json", 16);
  if (scenario == "reply status 0") reply(404, "", "gone", "", 0);
  if (scenario == "reply twice") {
    reply(403, "first", "first", "", -1);
    reply(404, "second", "second", "", -1);
  }
  if (scenario == "remove method") remove(0, ":method");
  if (scenario == "remove path") remove(0, ":path");
  if (scenario == "remove authority") remove(0, ":authority");
  if (scenario == "wipe") setPairs(0, "garbage", OUT, 3);
  if (scenario == "set pairs") {
    const pairs = encodePairs(
      ":path=/set\n:method=GET\n:authority=set.test\n:scheme=http\n" +
        "x-forwarded-proto=http\nX-Set=1\nx-set=2",
    );
    setPairs(0, "good", address(pairs), pairs.byteLength);
  }
  if (scenario == "edit") {
    add(0, "x-edit", "1");
    add(0, "x-edit", "2");
    replace(0, "user-agent", "probe");
    remove(0, "accept");
    add(0, ":path", "more");
    replace(0, "host", "edited.test");
  }
  if (scenario == "close request") row("close_stream", "request", proxy_close_stream(0), "");
  if (scenario == "action 2") return 2;
  return call();
}

/** Calls out and stops, in the way that the scenario asks for. */
function call(): u32 {
  if (scenario == "call slow") {
    token = httpCall("slow", "upstream", ":method=GET\n:path=/slow\n:authority=probe.test", 50);
    return STOP;
  }
  if (scenario == "call broken") {
    token = httpCall(
      "broken",
      "upstream",
      ":method=GET\n:path=/broken\n:authority=probe.test",
      1000,
    );
    return STOP;
  }
  let action: u32 = CONTINUE;
  if (scenario == "call" || scenario == "call then reply") action = STOP;
  if (scenario == "action 3") action = 3;
  if (scenario == "action 9") action = 9;
  if (action != CONTINUE) token = httpCall("pausing", "upstream", UPSTREAM_REQUEST, 1000);
  return action;
}

export function onRequestBody(contextId: u32, end: u32): u32 {
  if (scenario == "buffer request" && !end) return STOP;
  if (scenario == "buffer request" && end) setBytes(0, "replace", 0, 0xffffffff, "replaced");
  if (scenario == "drop request" && !end) return 3;
  if (scenario == "watermark request" && !end) return 2;
  if (scenario == "body action 9" && !end) return 9;
  if (scenario == "reply in body") reply(413, "in body", "in body", "", -1);
  if (scenario == "body then call" && end) {
    token = httpCall("pausing", "upstream", UPSTREAM_REQUEST, 1000);
    return STOP;
  }
  return CONTINUE;
}

export function onRequestTrailers(contextId: u32): u32 {
  if (scenario == "edit trailers") {
    add(1, "x-trailer-added", "1");
    remove(1, "x-probe-trailer");
  }
  if (scenario == "trailers then call") {
    token = httpCall("pausing", "upstream", UPSTREAM_REQUEST, 1000);
    return STOP;
  }
  return CONTINUE;
}

export function onResponseHeaders(contextId: u32): u32 {
  if (scenario == "edit" || scenario.startsWith("reply")) {
    add(2, "x-response-edit", "1");
    add(2, "x-response-edit", "2");
    replace(2, "server", "probe");
  }
  if (scenario == "remove status") remove(2, ":status");
  if (scenario == "reply in response") reply(418, "late", "teapot", "", -1);
  if (scenario == "close response") row("close_stream", "response", proxy_close_stream(1), "");
  if (scenario == "response then call") {
    waiting = contextId;
    token = httpCall("pausing", "upstream", UPSTREAM_REQUEST, 1000);
    return STOP;
  }
  return CONTINUE;
}

export function onResponseBody(contextId: u32, end: u32): u32 {
  if (scenario == "buffer response" && !end) return STOP;
  if (scenario == "buffer response" && end) setBytes(1, "replace", 0, 0xffffffff, "replaced");
  if (scenario == "reply in response body" && !end) reply(500, "too late", "too late", "", -1);
  return CONTINUE;
}

export function onResponseTrailers(contextId: u32): u32 {
  if (scenario == "edit trailers") add(3, "x-response-trailer-added", "1");
  return CONTINUE;
}

export function onCallResponse(rootId: u32, answered: u32): void {
  if (answered != token || waiting == 0) return;
  token = 0;
  row("set_effective_context", "stream", proxy_set_effective_context(waiting), "");
  const name = utf8("x-scenario");
  const status = proxy_get_header_map_value(0, address(name), name.byteLength, OUT, OUT + 4);
  row("get_header_map_value", "request while paused", status, given(status));
  const own = proxy_get_header_map_value(6, address(name), name.byteLength, OUT, OUT + 4);
  row("get_header_map_value", "call response from the stream", own, "");
  if (scenario == "call then reply") {
    reply(401, "after the call", "after the call", "", -1);
    return;
  }
  const direction: u32 = scenario == "response then call" ? 1 : 0;
  row("continue_stream", direction.toString(), proxy_continue_stream(direction), "");
  const after = proxy_get_header_map_value(0, address(name), name.byteLength, OUT, OUT + 4);
  row("get_header_map_value", "request after continue", after, given(after));
}

function reply(status: u32, details: string, body: string, headers: string, grpc: i32): void {
  const a = utf8(details);
  const b = utf8(body);
  const c = headers.length == 0 ? new ArrayBuffer(0) : encodePairs(headers);
  const answer = proxy_send_local_response(
    status,
    address(a),
    a.byteLength,
    address(b),
    b.byteLength,
    address(c),
    c.byteLength,
    grpc,
  );
  row("send_local_response", `${status} ${details}`, answer, "");
}
