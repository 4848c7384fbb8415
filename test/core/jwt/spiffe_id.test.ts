// SPIFFE IDs: the rules of SPIFFE-ID.md §2 and the tables of go-spiffe's id_test.go.

import { describe, expect, test } from "vitest";

import { core, probe, u32 } from "./exports.ts";

function read(id: string): { trustDomain: string; path: string } | null {
  probe.reset();
  const out = probe.room(core.spiffeIdBytes.value);
  const bytes = Buffer.from(id, "latin1");
  if (core.jwtSpiffeId(probe.put(bytes), bytes.length, out) === 0) return null;
  return {
    trustDomain: probe.text(u32(out, 0), u32(out, 1)),
    path: probe.text(u32(out, 2), u32(out, 3)),
  };
}

describe("valid SPIFFE IDs", () => {
  const valid: [id: string, trustDomain: string, path: string][] = [
    ["spiffe://example.org", "example.org", ""],
    ["spiffe://example.org/workload", "example.org", "/workload"],
    ["spiffe://example.org/ns/prod/sa/orders", "example.org", "/ns/prod/sa/orders"],
    ["spiffe://1.2.3.4/x", "1.2.3.4", "/x"],
    ["spiffe://a/B.c-d_e", "a", "/B.c-d_e"],
    ["spiffe://a/...", "a", "/..."],
    ["spiffe://a/.path", "a", "/.path"],
    ["spiffe://a/path.", "a", "/path."],
    ["spiffe://a/..x/.y", "a", "/..x/.y"],
    ["spiffe://-._/x", "-._", "/x"],
  ];
  test.each(valid)("%s", (id, trustDomain, path) => {
    expect(read(id)).toEqual({ trustDomain, path });
  });
});

describe("other texts", () => {
  const invalid = [
    "",
    "spiffe",
    "spiffe:/",
    "spiffe://",
    "spiffe:///path",
    "Spiffe://example.org",
    "SPIFFE://example.org",
    "https://example.org",
    "example.org/path",
    " spiffe://example.org",
    "spiffe://example.org ",
    "spiffe://Example.org",
    "spiffe://example.org:8080",
    "spiffe://user@example.org",
    "spiffe://[::1]/x",
    "spiffe://ex%61mple.org",
    "spiffe://example.org/",
    "spiffe://example.org//",
    "spiffe://example.org/a/",
    "spiffe://example.org//a",
    "spiffe://example.org/a//b",
    "spiffe://example.org/.",
    "spiffe://example.org/..",
    "spiffe://example.org/./a",
    "spiffe://example.org/a/../b",
    "spiffe://example.org/a/..",
    "spiffe://example.org/%61",
    "spiffe://example.org/a?b",
    "spiffe://example.org/a#b",
    "spiffe://example.org?b",
    "spiffe://example.org#b",
    "spiffe://example.org/a\\b",
    "spiffe://example.org/a\0",
    "spiffe://example.org\n",
  ];
  test.each(invalid)("%j", (id) => {
    expect(read(id)).toBeNull();
  });
});

describe("bytes and lengths", () => {
  test("every byte in a trust domain", () => {
    for (let byte = 0; byte < 256; byte++) {
      const character = String.fromCharCode(byte);
      const expected = /[a-z0-9._-]/.test(character);
      // A slash there ends the trust domain and begins the path.
      if (character === "/") continue;
      expect(read(`spiffe://a${character}b/x`) !== null, `byte ${byte}`).toBe(expected);
    }
  });

  test("every byte in a path", () => {
    for (let byte = 0; byte < 256; byte++) {
      const character = String.fromCharCode(byte);
      const expected = /[a-zA-Z0-9._/-]/.test(character);
      expect(read(`spiffe://a/x${character}y`) !== null, `byte ${byte}`).toBe(expected);
    }
  });

  test("trust domains up to 255 bytes, IDs up to 2048", () => {
    expect(read(`spiffe://${"a".repeat(255)}/x`)).not.toBeNull();
    expect(read(`spiffe://${"a".repeat(256)}/x`)).toBeNull();
    expect(read(`spiffe://a/${"x".repeat(2048 - 11)}`)).not.toBeNull();
    expect(read(`spiffe://a/${"x".repeat(2048 - 10)}`)).toBeNull();
  });
});
