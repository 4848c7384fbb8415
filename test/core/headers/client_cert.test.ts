// The digest of the client's certificate in x-forwarded-client-cert: that of the last element.

import { beforeEach, describe, expect, test } from "vitest";

import { loadCore } from "../../support/core_probe.ts";

interface Exports {
  certificateDigest(ptr: number, len: number, target: number): number;
}

const probe = await loadCore<Exports>();
const DIGEST_BYTES = 32;
const A = "a1".repeat(DIGEST_BYTES);
const B = "b2".repeat(DIGEST_BYTES);

beforeEach(() => {
  probe.reset();
});

/** The digest as lower-case hexadecimal, null when the value is refused. */
function digestOf(value: string): string | null {
  const target = probe.room(DIGEST_BYTES);
  const bytes = Buffer.from(value, "latin1");
  const found = probe.core.certificateDigest(probe.put(bytes), bytes.length, target) !== 0;
  return found ? Buffer.from(probe.bytes(target, DIGEST_BYTES)).toString("hex") : null;
}

describe("one element", () => {
  const values = [
    `Hash=${A}`,
    `hash=${A}`,
    `HASH=${A.toUpperCase()}`,
    `By=http://frontend.lyft.com;Hash=${A};Subject="/C=US/ST=CA/OU=Lyft/CN=Test Client"`,
    `By=;Hash=${A};URI=spiffe://a/b?c=d;DNS=x`,
    `Subject="";Hash=${A}`,
    `Hash=${A};Subject=""`,
    `Hash=${A};Subject="a, Hash=${B}; \\"Hash=${B}"`,
    `Hash=${A};Subject="a\\\\"`,
    `Cert="-----BEGIN%20CERTIFICATE-----";Hash=${A};Chain="x=y"`,
    ` \tHash=${A}`,
  ];
  test.each(values)("%s", (value) => {
    expect(digestOf(value)).toBe(A);
  });
});

describe("several elements", () => {
  test.each([
    `Hash=${A},Hash=${B}`,
    `By=x;Hash=${A};URI=y, By=z;Hash=${B};URI=w`,
    `Hash=${A};Subject="x,y";DNS=a,Subject="z";Hash=${B}`,
    `By=x;Subject="none, here",Hash=${B}`,
  ])("the last counts: %s", (value) => {
    expect(digestOf(value)).toBe(B);
  });
});

describe("refused", () => {
  const values = [
    "",
    " ",
    A,
    "Hash",
    "Hash=",
    `=${A}`,
    `Hash =${A}`,
    `Hash= ${A}`,
    `Hash=${A} `,
    `Hash=${A.slice(2)}`,
    `Hash=${A}00`,
    `Hash=${A.slice(1)}g`,
    `Hash="${A}"`,
    `Hash=${A};`,
    `Hash=${A},`,
    `;Hash=${A}`,
    `,Hash=${A}`,
    `Hash=${A};;By=x`,
    `Hash=${A};Hash=${A}`,
    `Hash=${A};By=x;hash=${B}`,
    `Hash=${A},By=x`,
    `Hash=${A};Subject="open`,
    `Hash=${A};Subject="open\\"`,
    `Hash=${A};Subject="open\\`,
    `Hash=${A};Subject="x"y`,
    `Hash=${A};Subject="x""y"`,
    `Hash=${A};Subject=x"y"`,
    `Hash=${A};Subject="x\\\\",Hash=${B}"`,
    `Hash=x,Hash=${A}`,
    `By=x;y,Hash=${A}`,
    `x-y=1;Hash=${A}`,
    `Hash=${A}\0`,
    `\0Hash=${A}`,
  ];
  test.each(values)("%s", (value) => {
    expect(digestOf(value)).toBeNull();
  });

  test("what follows the value in memory is not looked at", () => {
    const whole = `By=x;Hash=${A}`;
    for (let length = 0; length < whole.length; length++) {
      const bytes = Buffer.from(whole);
      const ptr = probe.put(bytes);
      const target = probe.room(DIGEST_BYTES);
      expect(probe.core.certificateDigest(ptr, length, target), String(length)).toBe(0);
    }
  });
});
