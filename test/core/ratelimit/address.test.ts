import { isIPv4, isIPv6 } from "node:net";

import fc from "fast-check";
import { beforeEach, describe, expect, test } from "vitest";

import { loadCore } from "../../support/core_probe.ts";
import type { RateLimitExports } from "./exports.ts";

const probe = await loadCore<RateLimitExports>();
const ROOM = Number(probe.core.ADDRESS_BYTES_MAX.value);

beforeEach(() => {
  probe.reset();
});

/** The bytes that stand for a client, in hexadecimal; null when the text is no address. */
function read(text: string): string | null {
  probe.reset();
  const target = probe.room(ROOM + 16);
  const length = probe.core.readAddress(probe.put(text), text.length, target);
  expect(probe.bytes(target + ROOM, 16).every((byte) => byte === 0)).toBe(true);
  return length === 0 ? null : Buffer.from(probe.bytes(target, length)).toString("hex");
}

describe("an address", () => {
  const addresses: [text: string, bytes: string][] = [
    ["192.0.2.1", "c0000201"],
    ["192.0.2.1:80", "c0000201"],
    ["0.0.0.0", "00000000"],
    ["255.255.255.255", "ffffffff"],
    ["2001:db8:1:2:3:4:5:6", "20010db800010002"],
    ["2001:DB8:0001:2::", "20010db800010002"],
    ["[2001:db8:1:2::9]", "20010db800010002"],
    ["[2001:db8:1:2::9]:443", "20010db800010002"],
    ["2001:db8::1:2:3:4:5", "20010db800000001"],
    ["::", "0000000000000000"],
    ["::1", "0000000000000000"],
    ["1::", "0001000000000000"],
    ["fe80::1%eth0", "fe80000000000000"],
    ["[fe80::1%25eth0]:80", "fe80000000000000"],
    ["::ffff:192.0.2.1", "c0000201"],
    ["::FFFF:c000:201", "c0000201"],
    ["[::ffff:192.0.2.1]:80", "c0000201"],
    ["64:ff9b::192.0.2.1", "0064ff9b00000000"],
    ["1:2:3:4:5:6:192.0.2.1", "0001000200030004"],
  ];
  test.each(addresses)("%s is %s", (text, bytes) => {
    expect(read(text)).toBe(bytes);
  });

  const none = [
    ..."|a|1|1.2.3|1.2.3.4.5|1.2.3.256|1.2.3.1000|01.2.3.4|1..2.3|.1.2.3|1.2.3.|1.2.3.4 ".split(
      "|",
    ),
    ..." 1.2.3.4|1.2.3.4:x|1.2.3.4:80:80|1.2.3.-4|0x1.2.3.4|unknown|_x|/tmp/socket".split("|"),
    ...":|:::|:1|1:|1:2|1:2:3:4:5:6:7|1:2:3:4:5:6:7:8:9|1::2::3|1:2:3:4:5:6:7:8::".split("|"),
    ...":: 1|::12345|::g|[::1|::1]|[::1]x|[::1]:x|[]|[1.2.3.4]|::1.2.3|::1.2.3.4.5".split("|"),
    ..."1:2:3:4:5:6:7:1.2.3.4|::1.2.3.4:1|1.2.3.4::|%eth0|::ffff:1.2.3.400".split("|"),
  ];
  test.each(none)("%j is none", (text) => {
    expect(read(text)).toBeNull();
  });

  test("is one exactly when Node takes it for one, for any text", () => {
    const piece = fc.constantFrom(
      "0",
      "1",
      "9",
      "25",
      "256",
      "a",
      "F",
      "g",
      ".",
      ":",
      "::",
      "ffff",
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 20 }), (pieces) => {
        const text = pieces.join("");
        // A port is ours, not Node's.
        fc.pre(!/^[^:]*\.[^:]*:\d*$/.test(text));
        expect(read(text) !== null, text).toBe(isIPv4(text) || isIPv6(text));
      }),
      { numRuns: 20_000 },
    );
  });

  test("of IPv4 and IPv6 generated at random is read as Node writes it", () => {
    fc.assert(
      fc.property(fc.ipV4(), fc.ipV6(), (v4, v6) => {
        expect(read(v4)).toBe(Buffer.from(v4.split(".").map(Number)).toString("hex"));
        expect(read(v6)).not.toBeNull();
      }),
    );
  });
});
