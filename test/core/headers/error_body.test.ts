import { describe, expect, test } from "vitest";

import { loadCore } from "../../support/core_probe.ts";

interface Exports {
  errorBody(form: number, reason: number, target: number): number;
  reasonNameAt(reason: number): number;
  reasonNameLen(reason: number): number;
  reasonStatusOf(reason: number): number;
  errorBodyBytesMax: WebAssembly.Global;
  reasonCount: WebAssembly.Global;
}

interface GoogleStatus {
  error: { code: number; status: string; details: { reason: string; metadata: object }[] };
}

const probe = await loadCore<Exports>();
const { core } = probe;
const MOST = Number(core.errorBodyBytesMax.value);
const COUNT = Number(core.reasonCount.value);

function bodyOf(form: number, reason: number): string {
  const target = probe.room(2 * MOST);
  const len = core.errorBody(form, reason, target);
  expect(len).toBeGreaterThan(0);
  expect(len).toBeLessThanOrEqual(MOST);
  return probe.text(target, len);
}

// 0 is "ok", which has no body.
describe.each(Array.from({ length: COUNT - 1 }, (_, i) => i + 1))("reason %i", (reason) => {
  probe.reset();
  const name = probe.text(core.reasonNameAt(reason), core.reasonNameLen(reason));
  const status = core.reasonStatusOf(reason);

  test("as JSON has a message", () => {
    expect(JSON.parse(bodyOf(0, reason))).toEqual({ error: expect.stringMatching(/^[a-z_ ]+$/) });
  });

  test("as a problem has the title of its status", () => {
    const titles: Record<number, string> = {
      400: "Bad Request",
      401: "Unauthorized",
      403: "Forbidden",
      429: "Too Many Requests",
      431: "Request Header Fields Too Large",
      503: "Service Unavailable",
    };
    const title = titles[status];
    const detail = name;
    expect(title).toBeDefined();
    expect(JSON.parse(bodyOf(1, reason))).toEqual({ type: "about:blank", title, status, detail });
  });

  test("as google.rpc.Status has a code and a reason as AIP-193 wants it", () => {
    const codes: Record<number, string[]> = {
      400: ["INVALID_ARGUMENT"],
      401: ["UNAUTHENTICATED"],
      403: ["PERMISSION_DENIED"],
      429: ["RESOURCE_EXHAUSTED"],
      431: ["RESOURCE_EXHAUSTED"],
      503: ["UNAVAILABLE"],
    };
    const { error }: GoogleStatus = JSON.parse(bodyOf(2, reason));
    expect(error.code).toBe(status);
    expect(codes[status]).toContain(error.status);
    const [info] = error.details;
    expect(info?.reason).toMatch(/^[A-Z][A-Z0-9_]+[A-Z0-9]$/);
    expect(info?.metadata).toEqual({ reason: name });
  });
});
