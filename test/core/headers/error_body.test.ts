import { describe, expect, test } from "vitest";

import { loadCore } from "../../support/core_probe.ts";

interface Exports {
  errorBody(form: number, reason: number, traceIdPtr: number, target: number): number;
  limitErrorBody(
    form: number,
    status: number,
    policy: number,
    retrySeconds: bigint,
    traceIdPtr: number,
    target: number,
  ): number;
  upstreamErrorBody(
    form: number,
    httpStatus: number,
    grpcStatus: number,
    ptr: number,
    len: number,
    target: number,
  ): number;
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

const TRACE_ID = "0af7651916cd43dd8448eb211c80319c";

function bodyOf(form: number, reason: number, traceId = ""): string {
  const target = probe.room(2 * MOST);
  const len = core.errorBody(form, reason, traceId === "" ? 0 : probe.put(traceId), target);
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
      502: "Bad Gateway",
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
      502: ["INTERNAL"],
      503: ["UNAVAILABLE"],
    };
    const { error }: GoogleStatus = JSON.parse(bodyOf(2, reason));
    expect(error.code).toBe(status);
    expect(codes[status]).toContain(error.status);
    const [info] = error.details;
    expect(info?.reason).toMatch(/^[A-Z][A-Z0-9_]+[A-Z0-9]$/);
    expect(info?.metadata).toEqual({ reason: name });
  });

  test("tells the trace-id in each form", () => {
    const [plain, problem] = [0, 1].map((form): unknown =>
      JSON.parse(bodyOf(form, reason, TRACE_ID)),
    );
    expect(plain).toEqual({ error: expect.any(String), trace_id: TRACE_ID });
    expect(problem).toMatchObject({ detail: name, trace_id: TRACE_ID });
    const { error }: GoogleStatus = JSON.parse(bodyOf(2, reason, TRACE_ID));
    expect(error.details[0]?.metadata).toEqual({ reason: name, trace_id: TRACE_ID });
  });
});

describe("a limit's refusal", () => {
  const [JSON_FORM, PROBLEM, GOOGLE] = [0, 1, 2];
  /** The longest name: every character that it may have, and one of them again. */
  const NAME = "!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklm";

  function limitText(
    form: number,
    status: number,
    name: string,
    seconds: bigint,
    traceId = "",
  ): string {
    probe.reset();
    const policy = name === "" ? 0 : probe.putText(name);
    const trace = traceId === "" ? 0 : probe.put(traceId);
    const target = probe.room(2 * MOST);
    const len = core.limitErrorBody(form, status, policy, seconds, trace, target);
    expect(len).toBeLessThanOrEqual(MOST);
    return probe.text(target, len);
  }
  const limitBody = (...of: Parameters<typeof limitText>): unknown => JSON.parse(limitText(...of));

  test("as JSON has a message and nothing more", () => {
    expect(limitBody(JSON_FORM, 429, NAME, 5n)).toEqual({ error: "rate limit exceeded" });
  });

  test("as a problem has the type of the draft and the policy", () => {
    expect(limitBody(PROBLEM, 599, NAME, 5n, TRACE_ID)).toEqual({
      type: "https://iana.org/assignments/http-problem-types#quota-exceeded",
      title: "Quota exceeded",
      status: 599,
      detail: "ratelimit:limited",
      trace_id: TRACE_ID,
      "violated-policies": [NAME],
    });
  });

  test("as google.rpc.Status has the limit and the delay, the longest fits", () => {
    const seconds = (1n << 64n) - 1n;
    expect(limitBody(GOOGLE, 599, NAME, seconds, TRACE_ID)).toMatchObject({
      error: {
        code: 599,
        status: "RESOURCE_EXHAUSTED",
        details: [
          { metadata: { reason: "ratelimit:limited", limit: NAME, trace_id: TRACE_ID } },
          {
            "@type": "type.googleapis.com/google.rpc.RetryInfo",
            retryDelay: `${String(seconds)}s`,
          },
        ],
      },
    });
  });

  test("as google.rpc.Status has no delay where there is none", () => {
    const { error }: GoogleStatus = JSON.parse(limitText(GOOGLE, 429, NAME, 0n));
    expect(error.details).toHaveLength(1);
  });

  test.each([
    [400, "Bad Request"],
    [404, "Not Found"],
    [410, "Client Error"],
    [429, "Too Many Requests"],
    [499, "Client Error"],
    [500, "Internal Server Error"],
    [502, "Bad Gateway"],
    [503, "Service Unavailable"],
    [599, "Server Error"],
  ])("without a policy has the title of status %i", (status, title) => {
    expect(limitBody(PROBLEM, status, "", 0n)).toEqual({
      type: "about:blank",
      title,
      status,
      detail: "ratelimit:limited",
    });
  });
});

describe("an error of the upstream", () => {
  const MESSAGE = 'no "such" order\n\\';
  const QUOTED_GROWTH = 6;

  function upstreamBody(form: number, status: number, code: number, message: string): unknown {
    probe.reset();
    const ptr = probe.put(message);
    const most = MOST + QUOTED_GROWTH * message.length;
    const target = probe.room(most);
    const len = core.upstreamErrorBody(form, status, code, ptr, message.length, target);
    expect(len).toBeLessThanOrEqual(most);
    return JSON.parse(Buffer.from(probe.bytes(target, len)).toString("utf8"));
  }

  test.each([MESSAGE, "\0".repeat(8192), "\xff".repeat(8192)])(
    "tells its message %#",
    (message) => {
      const told = message.replaceAll("\xff", "\ufffd");
      expect(upstreamBody(0, 404, 5, message)).toEqual({ error: told });
      expect(upstreamBody(1, 404, 5, message)).toEqual({
        type: "about:blank",
        title: "Not Found",
        status: 404,
        detail: told,
      });
      expect(upstreamBody(2, 404, 5, message)).toEqual({
        error: { code: 404, message: told, status: "NOT_FOUND" },
      });
    },
  );

  test.each([
    [404, 5, "Not Found", "NOT_FOUND"],
    [409, 10, "Conflict", "ABORTED"],
    [499, 1, "Client Error", "CANCELLED"],
    [501, 12, "Not Implemented", "UNIMPLEMENTED"],
    [504, 4, "Gateway Timeout", "DEADLINE_EXCEEDED"],
  ])("without a message has the phrase of status %i", (status, code, phrase, name) => {
    expect(upstreamBody(0, status, code, "")).toEqual({ error: phrase });
    expect(upstreamBody(1, status, code, "")).toMatchObject({ title: phrase, detail: phrase });
    expect(upstreamBody(2, status, code, "")).toEqual({
      error: { code: status, message: phrase, status: name },
    });
  });
});
