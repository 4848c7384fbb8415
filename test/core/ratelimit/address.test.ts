import { isIPv4, isIPv6 } from "node:net";

import fc from "fast-check";
import { beforeEach, describe, expect, test } from "vitest";

import { loadCore } from "../../support/core_probe.ts";
import type { RateLimitExports } from "./exports.ts";

const probe = await loadCore<RateLimitExports>();
const { core } = probe;
const ROOM = Number(core.ADDRESS_BYTES_MAX.value);
const NETWORK_ROOM = Number(core.NETWORK_BYTES_MAX.value);

beforeEach(() => {
  probe.reset();
});

/** The bytes of an address, in hexadecimal; null when the text is none. */
function read(text: string): string | null {
  probe.reset();
  const target = probe.room(ROOM + 16);
  const length = core.readAddress(probe.put(text), text.length, target);
  expect(probe.bytes(target + ROOM, 16).every((byte) => byte === 0)).toBe(true);
  return length === 0 ? null : Buffer.from(probe.bytes(target, length)).toString("hex");
}

/** IPv6 as URLs write it (https://url.spec.whatwg.org/#concept-ipv6-serializer). */
const nodeForm = (text: string): string => new URL(`http://[${text}]/`).hostname.slice(1, -1);

const serialised = (value: bigint): string =>
  nodeForm(
    value
      .toString(16)
      .padStart(32, "0")
      .replaceAll(/(.{4})(?=.)/g, "$1:"),
  );

/** The network that an address lies in, as text. */
function network(address: string, v4: number, v6: number): string {
  probe.reset();
  const bytes = probe.room(ROOM);
  const length = core.readAddress(probe.put(address), address.length, bytes);
  const before = probe.bytes(bytes, ROOM);
  const target = probe.room(NETWORK_ROOM + 16);
  const written = core.writeNetwork(target, bytes, length, v4, v6);
  expect(probe.bytes(bytes, ROOM), "the address stays").toEqual(before);
  expect(probe.bytes(target + NETWORK_ROOM, 16).every((byte) => byte === 0)).toBe(true);
  return probe.text(target, written);
}

describe("an address", () => {
  const addresses: [text: string, bytes: string][] = [
    ["192.0.2.1", "c0000201"],
    ["192.0.2.1:80", "c0000201"],
    ["0.0.0.0", "00000000"],
    ["255.255.255.255", "ffffffff"],
    ["2001:db8:1:2:3:4:5:6", "20010db8000100020003000400050006"],
    ["2001:DB8:0001:2::", "20010db8000100020000000000000000"],
    ["[2001:db8:1:2::9]", "20010db8000100020000000000000009"],
    ["[2001:db8:1:2::9]:443", "20010db8000100020000000000000009"],
    ["2001:db8::1:2:3:4:5", "20010db8000000010002000300040005"],
    ["::", "00000000000000000000000000000000"],
    ["::1", "00000000000000000000000000000001"],
    ["1::", "00010000000000000000000000000000"],
    ["fe80::1%eth0", "fe800000000000000000000000000001"],
    ["[fe80::1%25eth0]:80", "fe800000000000000000000000000001"],
    ["::ffff:192.0.2.1", "c0000201"],
    ["::FFFF:c000:201", "c0000201"],
    ["[::ffff:192.0.2.1]:80", "c0000201"],
    ["64:ff9b::192.0.2.1", "0064ff9b0000000000000000c0000201"],
    ["1:2:3:4:5:6:192.0.2.1", "000100020003000400050006c0000201"],
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
        const whole = v6.includes("ffff:") ? null : read(v6);
        if (whole !== null && whole.length === 32)
          expect(serialised(BigInt(`0x${whole}`))).toBe(nodeForm(v6));
      }),
    );
  });
});

describe("a network", () => {
  const networks: [address: string, v4: number, v6: number, text: string][] = [
    ["192.0.2.1", 32, 64, "192.0.2.1"],
    ["192.0.2.1:80", 32, 1, "192.0.2.1"],
    ["0.0.0.0", 32, 128, "0.0.0.0"],
    ["255.255.255.255", 31, 128, "255.255.255.254/31"],
    ["192.0.2.255", 25, 128, "192.0.2.128/25"],
    ["192.0.2.129", 24, 128, "192.0.2.0/24"],
    ["255.0.2.129", 1, 128, "128.0.0.0/1"],
    ["::ffff:192.0.2.129", 24, 64, "192.0.2.0/24"],
    ["2001:db8::1", 32, 128, "2001:db8::1"],
    ["2001:db8::1", 32, 64, "2001:db8::/64"],
    ["2001:DB8:1:2:3:4:5:6", 32, 64, "2001:db8:1:2::/64"],
    ["2001:db8:1:2ff:3:4:5:6", 32, 57, "2001:db8:1:280::/57"],
    ["ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", 32, 127, `${"ffff:".repeat(7)}fffe/127`],
    ["ffff::", 32, 1, "8000::/1"],
    ["1::", 32, 1, "::/1"],
    ["::", 32, 128, "::"],
    ["::1", 32, 128, "::1"],
    ["1:0:0:2:0:0:0:3", 32, 128, "1:0:0:2::3"],
    ["1:0:0:2:3:0:0:4", 32, 128, "1::2:3:0:0:4"],
    ["1:0:2:3:4:5:6:0", 32, 128, "1:0:2:3:4:5:6:0"],
    ["0:0:1::", 32, 128, "0:0:1::"],
    ["fe80::1%eth0", 32, 128, "fe80::1"],
  ];
  test.each(networks)("%s with %i and %i bits is %s", (address, v4, v6, text) => {
    expect(network(address, v4, v6)).toBe(text);
  });

  test("of any IPv4 address is what its first bits are", () => {
    fc.assert(
      fc.property(fc.ipV4(), fc.integer({ min: 1, max: 32 }), (address, bits) => {
        const value = address.split(".").reduce((sum, part) => sum * 256 + Number(part), 0);
        const first = Math.floor(value / 2 ** (32 - bits)) * 2 ** (32 - bits);
        const octets = [24, 16, 8, 0].map((shift) => Math.floor(first / 2 ** shift) % 256);
        const suffix = bits === 32 ? "" : `/${String(bits)}`;
        expect(network(address, bits, 64)).toBe(octets.join(".") + suffix);
      }),
    );
  });

  test("of any IPv6 address is what its first bits are, as URLs write it", () => {
    const group = fc.constantFrom(0n, 0n, 1n, 0xfn, 0xabcdn, 0xffffn);
    const groups = fc.array(group, { minLength: 8, maxLength: 8 });
    fc.assert(
      fc.property(groups, fc.integer({ min: 1, max: 128 }), (each, bits) => {
        const value = each.reduce((sum, part) => (sum << 16n) | part, 0n);
        // An IPv4 address in other clothes.
        fc.pre(value >> 32n !== 0xffffn);
        const left = BigInt(128 - bits);
        const suffix = bits === 128 ? "" : `/${String(bits)}`;
        const text = serialised((value >> left) << left);
        expect(network(serialised(value), 32, bits)).toBe(text + suffix);
      }),
      { numRuns: 5000 },
    );
  });
});
