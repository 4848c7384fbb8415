// Trace context is a service to the request: what fails in the host must not fail the request.

import { describe, expect, test } from "vitest";

import { Status } from "../../host-sim/src/index.ts";
import type { HostCall } from "../../host-sim/src/index.ts";
import { loadShippedModule, Simulated } from "../support/simulated_filter.ts";

const module = await loadShippedModule();
const TRACE_ID = "0af7651916cd43dd8448eb211c80319c";
const TRACEPARENT = `00-${TRACE_ID}-b7ad6b7169203331-01`;
const MAPPED = {
  normalise: { map: [{ from: "trace-id", to: "x-trace-id" }] },
  trace: {},
};

const withoutRandom = ({ name, phase }: HostCall): Status | undefined =>
  name === "random_get" && phase === "request_headers" ? Status.INTERNAL_FAILURE : undefined;

describe("a host without random bytes", () => {
  const blind = (): Simulated =>
    new Simulated(module, { configuration: MAPPED, faults: withoutRandom });

  test("leaves a valid trace as it came", () => {
    const { reason, headers } = blind().send([
      ["traceparent", TRACEPARENT],
      ["tracestate", "foo=1,,bar=2"],
    ]);
    expect(reason).toBeNull();
    expect(headers.get("traceparent")).toBe(TRACEPARENT);
    expect(headers.get("tracestate")).toBe("foo=1,,bar=2");
    expect(headers.get("x-trace-id")).toBe(TRACE_ID);
  });

  test("does not let an invalid trace pass", () => {
    const { reason, headers } = blind().send([
      ["traceparent", TRACEPARENT.toUpperCase()],
      ["tracestate", "foo=1"],
      ["trace-id", "no id"],
    ]);
    expect(reason).toBeNull();
    for (const name of ["traceparent", "tracestate", "x-trace-id", "trace-id"]) {
      expect(headers.has(name), name).toBe(false);
    }
  });

  test("keeps a mapped trace-id", () => {
    expect(
      blind()
        .send([["trace-id", TRACE_ID]])
        .headers.get("x-trace-id"),
    ).toBe(TRACE_ID);
  });

  test("starts traces again once the host has some", () => {
    let broken = true;
    const filter = new Simulated(module, {
      configuration: { trace: {} },
      faults: (call) => (broken ? withoutRandom(call) : undefined),
    });
    expect(filter.send().headers.has("traceparent")).toBe(false);
    broken = false;
    expect(filter.send().headers.get("traceparent")).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-02$/);
  });
});

describe("identifiers", () => {
  test("never repeat, and blocks of random bytes are drawn for many of them", () => {
    const filter = new Simulated(module, { configuration: { trace: {} } });
    const before = filter.host.hostCallsByName().get("random_get") ?? 0;
    const seen = new Set<string>();
    for (let i = 0; i < 100; i++) seen.add(filter.send().headers.get("traceparent") ?? "");
    expect(seen.size).toBe(100);
    // 24 bytes for each, 1024 at a time.
    expect((filter.host.hostCallsByName().get("random_get") ?? 0) - before).toBe(3);
  });
});

describe("host calls", () => {
  test("are one snapshot and one edit for each header that changes", () => {
    const filter = new Simulated(module, { configuration: { trace: {} } });
    filter.send();
    const calls = filter.callsOf([
      ["traceparent", TRACEPARENT],
      ["tracestate", "foo=1,bar=2"],
    ]);
    expect(Object.fromEntries(calls)).toEqual({
      proxy_get_header_map_pairs: 1,
      // traceparent; x-trace-id.
      proxy_replace_header_map_value: 1,
      proxy_add_header_map_value: 1,
    });
  });
});
