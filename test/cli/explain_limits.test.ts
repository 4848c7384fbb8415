// What `sallyport explain` says of limits: which apply to the request, each with a full bucket.

import { expect, test } from "vitest";

import { createAsk } from "../../host-sim/cli/explain/ask_module.ts";
import { explain } from "../../host-sim/cli/explain/explanation.ts";
import { NO_KEYS } from "../../host-sim/cli/explain/recorded_keys.ts";
import { loadModule } from "../../host-sim/cli/module_file.ts";
import type { HeaderList } from "../../host-sim/src/index.ts";
import { NOW } from "./explain_fixture.ts";

const module = await loadModule();
const ONE = { name: "one", key: [{ text: "" }], capacity: 5, refill: "1/s" };
const STORES = {
  redis: { redis: { cluster: "webdis" } },
  service: { rls: { cluster: "limits", domain: "edge" } },
};

/** Sign and text of each section, and the reason of a refusal. */
function explained(limits: object[], path = "/", fields: HeaderList = []): (string | null)[] {
  const headers: HeaderList = [
    [":method", "GET"],
    [":path", path],
    [":scheme", "http"],
    [":authority", "example.test"],
    ...fields,
  ];
  const configuration = { rateLimit: { stores: STORES, limits } };
  const ask = createAsk(module, headers, NOW, NO_KEYS);
  const { sections, reason } = explain({
    ask,
    configuration,
    headers,
    token: null,
    nowSeconds: NOW,
  });
  return [...sections.map(({ mark, text }) => `${mark} ${text}`), reason];
}

test("limits that do not match are not named", () => {
  const limits = [
    { ...ONE, name: "api", match: { prefix: "/api" } },
    { ...ONE, name: "posts", match: { methods: ["POST"] } },
    { ...ONE, name: "users", key: [{ header: "x-user", onMissing: "skip" }] },
    { ...ONE, name: "all" },
  ];
  expect(explained(limits, "/api/1")).toEqual(["ok api, all (full buckets)", null]);
  expect(explained(limits, "/", [["x-user", "a"]])).toEqual(["ok users, all (full buckets)", null]);
  expect(explained(limits.slice(0, 2))).toEqual(["ok no limit applies", null]);
});

test("limits of stores that are elsewhere have full buckets, and nothing is asked", () => {
  // NO_KEYS knows no cluster: a call would fail, and the limit with it.
  const limits = [
    { ...ONE, name: "far", store: "redis", cost: 5 },
    { name: "service", store: "service", cost: 1000 },
    {
      name: "asked",
      store: "service",
      key: [{ header: "x-user", as: "user" }],
      cost: { header: "x-cost", max: 100_000_000 },
    },
  ];
  expect(explained(limits, "/", [["x-cost", "99999999"]])).toEqual([
    "ok far, service, asked (full buckets)",
    null,
  ]);
});

test("a limit that is tried out is named, whatever its capacity, and refuses nothing", () => {
  const limits = [
    { ...ONE, name: "none", capacity: 0, shadow: true },
    { ...ONE, name: "dear", cost: 0, shadow: true },
  ];
  expect(explained(limits)).toEqual(["ok none, dear (full buckets)", null]);
});

test("a capacity of 0 refuses", () => {
  const limits = [{ ...ONE, capacity: 0 }];
  expect(explained(limits)).toEqual(["failed one (full buckets)", "ratelimit:limited"]);
});

const LACKING: [name: string, limit: object, path: string][] = [
  ["key_missing", { key: [{ header: "x-user", onMissing: "deny" }] }, "/"],
  ["cost_invalid", { cost: { header: "x-cost", max: 5, onInvalid: "deny" } }, "/"],
  ["target_refused", { match: { prefix: "/a" } }, "/../a"],
];
test.each(LACKING)("%s is told beside the limit that it is about", (reason, members, path) => {
  const limits = [
    { ...ONE, name: "other" },
    { ...ONE, ...members, name: "strict" },
  ];
  const found = explained(limits, path, [["x-cost", "-1"]]);
  expect(found).toEqual(["failed other, strict (full buckets)", `ratelimit:${reason}`]);
});

test("of more limits than are asked about, their number is told", () => {
  const limits = Array.from({ length: 65 }, (_, i) => ({ ...ONE, name: `n${String(i)}` }));
  expect(explained(limits)).toEqual(["ok 65 limits (full buckets)", null]);
});
