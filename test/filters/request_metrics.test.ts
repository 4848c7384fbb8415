// The section `metrics`, and what is counted where the host does not help.

import { describe, expect, test } from "vitest";

import type { HostCall } from "../../host-sim/src/index.ts";
import { Status } from "../../host-sim/src/index.ts";
import { loadConfigurationError } from "../support/configuration_error.ts";
import { countsInHost, OTHER_SERIES } from "../support/request_counts.ts";
import { loadShippedModule, Simulated } from "../support/simulated_filter.ts";

const errorOf = await loadConfigurationError();
const module = await loadShippedModule();

const SERVICE = { hosts: ["example.test"], service: "orders" };
const section = (requests: object): object => ({ metrics: { requests } });

describe("the section metrics", () => {
  const most = Array.from({ length: 64 }, (_, i) => ({
    hosts: [`h${i}.test`],
    service: `s${i}`,
  }));
  test.each([
    {},
    { requests: { services: [SERVICE] } },
    { requests: { services: most, methods: ["GET", "M-SEARCH"], seriesMax: 2000 } },
    { requests: { services: [{ hosts: ["*.orders.test", "[::1]"], service: "a".repeat(160) }] } },
  ])("accepts %#", (metrics) => {
    expect(errorOf({ metrics })).toBeNull();
  });

  const at = "$.metrics.requests";
  const shown = (text: string): string => `found "${text}", allowed: `;
  const LABEL = "a name in letters, digits and - . _";
  const bad: [requests: object, message: string][] = [
    [{}, `${at}: found no member "services", allowed: "services"`],
    [{ services: [] }, `${at}.services: found an empty list, allowed: a list of 1 to 64`],
    [
      { services: [...most, SERVICE] },
      `${at}.services: found 65 values, allowed: a list of 1 to 64`,
    ],
    [
      { services: [SERVICE], seriesMax: 2001 },
      `${at}.seriesMax: found 2001, allowed: a whole number from 1 to 2000`,
    ],
    [
      { services: [SERVICE], methods: ["get"] },
      `${at}.methods[0]: ${shown("get")}a method in upper case, such as GET`,
    ],
    [
      { services: [SERVICE], methods: ["A|B"] },
      `${at}.methods[0]: ${shown("A|B")}a method in upper case and - . _, such as GET`,
    ],
  ];
  test.each(bad)("refuses %j", (requests, message) => {
    expect(errorOf(section(requests))).toBe(message);
  });

  test.each(["a;.;b", "a=.=b", "a\nb", 'a"b', "caf\u00e9", "a b", "a/b"])(
    "refuses the service %j, which is no label",
    (service) => {
      const error = errorOf(section({ services: [{ ...SERVICE, service }] }));
      expect(error).toMatch(/^\$\.metrics\.requests\.services\[0\]\.service: found "/);
      expect(error).toContain(LABEL);
    },
  );

  test.each(["", "a".repeat(161), "a".repeat(10_240)])("refuses a service by length", (service) => {
    const error = errorOf(section({ services: [{ ...SERVICE, service }] }));
    expect(error).toContain("$.metrics.requests.services[0].service: found ");
    expect(error).toContain("a text of 1 to 160 bytes");
  });
});

const LIMITED = {
  ...section({ services: [SERVICE] }),
  rateLimit: { limits: [{ name: "a", key: [{ text: "" }], capacity: 1, refill: "0/s" }] },
};

function filter(faults?: (call: HostCall) => Status | undefined): Simulated {
  return new Simulated(module, { configuration: LIMITED, ...(faults && { faults }) });
}

describe("requests are counted", () => {
  test("with the label of their host, and as other when they name two", () => {
    const on = filter();
    on.send();
    on.send();
    on.send([[":authority", "orders.test"]]);
    expect(countsInHost(on.host)).toEqual({
      "0 - orders http GET": 1,
      "429 - orders http GET": 1,
      "429 - other http GET": 1,
    });
  });

  for (const name of [
    "proxy_define_metric",
    "proxy_increment_metric",
    "proxy_record_metric",
    "proxy_get_header_map_value",
  ]) {
    test(`and none is refused for it where ${name} fails`, () => {
      const whole = filter();
      let isFailing = false;
      const on = filter((call) =>
        isFailing && call.name === name ? Status.INTERNAL_FAILURE : undefined,
      );
      isFailing = true;
      for (let turn = 0; turn < 3; turn++) {
        expect(on.send().reason).toBe(whole.send().reason);
      }
    });
  }

  test("as other where the host defines no series", () => {
    let isFailing = false;
    const on = filter((call) =>
      isFailing && call.name === "proxy_define_metric" ? Status.INTERNAL_FAILURE : undefined,
    );
    isFailing = true;
    for (let turn = 0; turn < 3; turn++) on.send();
    const found = countsInHost(on.host);
    expect(Object.keys(found)).toEqual([OTHER_SERIES]);
    expect(found[OTHER_SERIES]).toBeGreaterThan(1);
  });
});
