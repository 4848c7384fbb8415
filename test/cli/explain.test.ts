import { spawnSync } from "node:child_process";
import { describe, expect, test } from "vitest";
import type { Explanation } from "../../host-sim/cli/explain/explanation.ts";
import { encode, flipBit, forge } from "../support/tokens.ts";
import { CLAIMS, CONFIGURATION, GOOD, HEADER, KEY, NOW } from "./explain_fixture.ts";
import { sallyport, temporaryFile } from "./run_command.ts";

const AT = ["--at", "2027-01-15T08:00:00Z"];

async function explained(
  token: string,
  ...args: string[]
): Promise<{ code: number | null; lines: string[]; text: string }> {
  const file = await temporaryFile("sallyport.json", JSON.stringify(CONFIGURATION));
  const given = token === "" ? [] : ["--token", token];
  const outcome = await sallyport("explain", file, "--path", "/api/1", ...AT, ...given, ...args);
  expect(outcome.stderr).toBe("");
  const lines = outcome.stdout.split("\n").map((line) => line.replace(/ +/g, " ").trim());
  return { code: outcome.code, lines, text: outcome.stdout };
}

function expectHidden(text: string, token: string): void {
  const [, , signature = ""] = token.split(".");
  if (signature !== "") expect(text).not.toContain(signature);
  expect(text).not.toContain(token);
}

describe("explain says what becomes of a request", () => {
  test("a good token", async () => {
    const { code, lines, text } = await explained(GOOD, "-H", "X-User: mallory");
    expect(code).toBe(0);
    expectHidden(text, GOOD);
    expect(lines).toEqual([
      "",
      "GET /api/1 at localhost, 2027-01-15 08:00:00Z",
      "",
      "✓ normalise nothing to do",
      "✓ trace + traceparent + x-trace-id",
      "✓ rate limit everybody (full buckets)",
      "✓ jwt rules[2], prefix /api → idp",
      `✓ token in authorization: Bearer, ${GOOD.length} bytes`,
      expect.stringMatching(/^✓ form header \d+, payload \d+, signature 64 bytes$/),
      "✓ header alg ES256 · kid current · typ JWT",
      "✓ algorithm ES256, allowed: ES256, EdDSA",
      "✓ key current, EC P-256, 2 of 2",
      "✓ signature verifies with this key",
      "✓ claims iss sub aud exp iat",
      "✓ expiry exp 2027-01-15 08:05:00Z, in 5 min; skew 30s",
      "✓ start iat 2027-01-15 07:59:00Z, 1 min ago",
      "✓ issuer https://issuer.example.org",
      "✓ audience orders, allowed: orders, billing",
      "✓ subject alice, allowed: alice, svc-*",
      "✓ rate limit per-user (full buckets)",
      "",
      "Passes, the upstream gets",
      "~ x-user: alice (was mallory)",
      expect.stringMatching(/^\+ traceparent: 00-/),
      expect.stringMatching(/^\+ x-trace-id: [0-9a-f]{32}$/),
      "- authorization: Bearer ‹token›",
      "4 headers as received",
      "",
    ]);
  });

  const REFUSALS: { name: string; token: string; line: string; last: string }[] = [
    {
      name: "a token that has expired",
      token: forge(KEY, HEADER, { ...CLAIMS, exp: NOW - 300 }),
      line: "✗ expiry exp 2027-01-15 07:55:00Z, 5 min ago; skew 30s ← jwt:expired",
      last: "Refused with 401, jwt:expired",
    },
    {
      name: "a token for somebody else",
      token: forge(KEY, HEADER, { ...CLAIMS, aud: ["shop", "cart"] }),
      line: "✗ audience shop, cart, allowed: orders, billing ← jwt:audience_refused",
      last: "Refused with 401, jwt:audience_refused",
    },
    {
      name: "a bad signature",
      token: flipBit(GOOD, 2, 3),
      line: "✗ signature does not verify with this key ← jwt:signature_invalid",
      last: "Refused with 401, jwt:signature_invalid",
    },
    {
      name: "an unknown kid",
      token: forge(KEY, { ...HEADER, kid: "next" }, CLAIMS),
      line: "✗ key no next for ES256; the provider has old, current ← jwt:key_unknown",
      last: "Refused with 401, jwt:key_unknown",
    },
    {
      name: "alg none without a signature",
      token: `${encode({ alg: "none" })}.${encode(CLAIMS)}.`,
      line: "✗ form header 14, payload 99, signature 0 bytes ← jwt:malformed",
      last: "Refused with 401, jwt:malformed",
    },
    {
      name: "alg none with a signature",
      token: forge(KEY, { alg: "none" }, CLAIMS),
      line: "✗ algorithm none, allowed: ES256, EdDSA ← jwt:algorithm_refused",
      last: "Refused with 401, jwt:algorithm_refused",
    },
    {
      name: "no token",
      token: "",
      line: "✗ token none in authorization: Bearer ← jwt:missing",
      last: "Refused with 401, jwt:missing",
    },
  ];
  for (const { name, token, line, last } of REFUSALS) {
    test(name, async () => {
      const { code, lines, text } = await explained(token);
      expect(code).toBe(1);
      if (token !== "") expectHidden(text, token);
      expect(lines).toContain(line);
      expect(lines).toContain(last);
      const failed = lines.indexOf(line);
      const marks = lines.map((each) => each.charAt(0));
      expect(marks.slice(0, failed).filter((mark) => mark === "✗")).toHaveLength(1);
      expect(marks.slice(failed + 1)).not.toContain("✓");
      expect(lines).toContain("· rate limit per-user (full buckets)");
    });
  }

  test("a path without a rule", async () => {
    const { code, lines } = await explained(GOOD, "-p", "/elsewhere");
    expect(code).toBe(1);
    expect(lines).toContain("✗ jwt no rule matches ← jwt:no_rule");
    expect(lines).toContain("Refused with 403, jwt:no_rule");
  });

  test("a path with an open rule, and its token in another header", async () => {
    const { code, lines, text } = await explained(
      "",
      ...["-p", `/healthz?token=${GOOD}`, "-H", `auth-token: ${GOOD}`],
    );
    expect(code).toBe(0);
    expectHidden(text, GOOD);
    expect(lines).toContain("✓ jwt rules[0], prefix /healthz → none");
    expect(lines).toContain("GET /healthz?token=‹token› at localhost, 2027-01-15 08:00:00Z");
    expect(lines).toContain("✓ normalise + authorization - auth-token");
  });

  test("a gRPC request", async () => {
    const { code, lines } = await explained(
      flipBit(GOOD, 2, 0),
      ...["-X", "POST", "-H", "content-type: application/grpc"],
    );
    expect(code).toBe(1);
    expect(lines).toContain("POST /api/1 at localhost, 2027-01-15 08:00:00Z");
    expect(lines).toContain("Refused with grpc-status 16, jwt:signature_invalid");
    expect(lines).toContain("grpc-message: invalid token");
  });

  test("what a token says moves no cursor", async () => {
    const claims = { ...CLAIMS, note: "\u001b[2J\u009b2J\u202e", sub: "alice\u001b[31m" };
    const { text, lines } = await explained(forge(KEY, HEADER, claims));
    expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/);
    expect(lines).toContain(
      "✗ subject alice\\u001b[31m, allowed: alice, svc-* ← jwt:subject_refused",
    );
  });

  test("--json for programs", async () => {
    const token = forge(KEY, HEADER, { ...CLAIMS, exp: NOW - 31 });
    const { code, text } = await explained(token, "--json");
    expect(code).toBe(1);
    expectHidden(text, token);
    const explanation: Explanation = JSON.parse(text);
    expect(explanation).toMatchObject({
      verdict: "refused",
      reason: "jwt:expired",
      nowSeconds: NOW,
      upstream: null,
      answer: {
        status: 401,
        grpcStatus: null,
        body: expect.stringMatching(/^\{"error":"invalid token","trace_id":"[0-9a-f]{32}"\}$/),
      },
    });
    const jwt = explanation.sections.find(({ name }) => name === "jwt")?.jwt;
    expect(jwt?.rule).toEqual({ index: 2, match: "prefix /api", require: "idp" });
    expect(jwt?.providers).toMatchObject([
      { name: "idp", reason: "jwt:expired", header: HEADER, claims: { sub: "alice" } },
    ]);
  });
});

describe("explain without a verdict ends with 2 and one line", () => {
  const FAILURES: [args: string[], stderr: RegExp][] = [
    [["/nowhere.yaml"], /^error: \/nowhere\.yaml: no such file\n$/],
    [["-H", "no colon"], /^error: --header: found no colon, allowed name: value\n$/],
    [["--at", "soon"], /^error: --at: found soon, allowed a time such as \S+, or seconds .*\n$/],
    [["-t", "a", "--token-file", "b"], /^error: --token and --token-file: allowed one of them\n$/],
    [["--token-file", "/nowhere"], /^error: \/nowhere: no such file\n$/],
    [["--what"], /^error: unknown option '--what'\n/],
  ];
  for (const [args, stderr] of FAILURES) {
    test(args.join(" "), async () => {
      const outcome = await sallyport("explain", ...args);
      expect(outcome.stderr).toMatch(stderr);
      expect(outcome).toMatchObject({ code: 2, stdout: "" });
    });
  }

  test("a configuration that is refused", async () => {
    const file = await temporaryFile("x.yaml", "jwt: 1\n");
    const outcome = await sallyport("explain", file);
    expect(outcome).toMatchObject({ code: 2, stdout: "" });
    expect(outcome.stderr).toContain(`${file}:1:6: $.jwt: found 1, allowed: an object`);
  });
});

test("explain without a file takes the demo's, and a token from stdin", () => {
  const sallyportCommand = `"${process.execPath}" --import tsx host-sim/cli/main.ts`;
  const command = `${sallyportCommand} token | ${sallyportCommand} explain --token-file -`;
  const { status, stdout } = spawnSync("sh", ["-c", command], { encoding: "utf8" });
  expect(stdout).toContain("+ x-spiffe-id: spiffe://example.org/ns/demo/sa/client\n");
  expect(status).toBe(0);
});
