import { beforeEach, describe, expect, test } from "vitest";

import { loadCore } from "../../support/core_probe.ts";

interface Exports {
  hostLenOf(ptr: number, len: number): number;
  matchesHost(ptr: number, len: number, pattern: number): number;
}

const NONE = -1;
const probe = await loadCore<Exports>();
const { core } = probe;

beforeEach(() => {
  probe.reset();
});

/** Null when there is none that all readers agree about. */
function hostOf(authority: string): string | null {
  const len = core.hostLenOf(probe.put(authority), authority.length) | 0;
  return len === NONE ? null : authority.slice(0, len);
}

function matches(host: string, pattern: string): boolean {
  const text = Buffer.alloc(4 + pattern.length);
  text.writeUInt32LE(pattern.length);
  text.write(pattern, 4, "latin1");
  return core.matchesHost(probe.put(host), host.length, probe.put(text)) === 1;
}

describe("the host of an authority", () => {
  const hosts: [authority: string, host: string | null][] = [
    ["a", "a"],
    ["a.test", "a.test"],
    ["A-b_c.Test:80", "A-b_c.Test"],
    ["a.test:", "a.test"],
    ["a.test.", "a.test"],
    ["a.test.:80", "a.test"],
    ["10.0.0.1:80", "10.0.0.1"],
    ["[::1]", "[::1]"],
    ["[2001:db8::1]:443", "[2001:db8::1]"],
    ["", null],
    [".", null],
    [":80", null],
    ["a:b", null],
    ["a:80:80", null],
    ["a:8x", null],
    ["::1", null],
    ["[::1", null],
    ["[::1]x", null],
    ["[", null],
    ["u@a", null],
    ["a b", null],
    ["a%2e", null],
    ["a/b", null],
    ["a,b", null],
    ["\xe4", null],
    ["a\0", null],
  ];
  test.each(hosts)("%j has %j", (authority, host) => {
    expect(hostOf(authority)).toBe(host);
  });

  const patterns: [host: string, pattern: string, matches: boolean][] = [
    ["a.test", "a.test", true],
    ["A.TEST", "a.test", true],
    ["b.test", "a.test", false],
    ["xa.test", "a.test", false],
    ["a.tes", "a.test", false],
    ["x.a.test", ".a.test", true],
    ["X.Y.A.Test", ".a.test", true],
    ["a.test", ".a.test", false],
    [".a.test", ".a.test", false],
    ["xa.test", ".a.test", false],
    ["a-long-label-of-the-host.a.test", ".a.test", true],
  ];
  test.each(patterns)("%s is one of %s: %s", (host, pattern, expected) => {
    expect(matches(host, pattern)).toBe(expected);
  });
});
