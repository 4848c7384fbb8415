// A limit of a rate limit service under explain: it is taken to answer that all is well.

import { expect, test } from "vitest";

import { createAsk } from "../../host-sim/cli/explain/ask_module.ts";
import { NO_KEYS } from "../../host-sim/cli/explain/recorded_keys.ts";
import { loadModule } from "../../host-sim/cli/module_file.ts";
import type { HeaderList } from "../../host-sim/src/index.ts";

const HEADERS: HeaderList = [
  [":method", "GET"],
  [":path", "/"],
  [":scheme", "http"],
  [":authority", "example.test"],
  ["x-user", "u".repeat(200)],
];
const stores = {
  one: { rls: { cluster: "limits", domain: "d".repeat(200) } },
  two: { rls: { cluster: "others", domain: "edge" } },
};

test("explain passes what only a service could refuse, without asking it", async () => {
  const limits = Array.from({ length: 9 }, (_, i) => ({
    name: `n${i}`,
    store: i % 2 === 0 ? "one" : "two",
    key: [{ header: "x-user", as: "user" }],
    cost: i,
  }));
  const ask = createAsk(await loadModule(), HEADERS, 1_800_000_000, NO_KEYS);
  expect(ask({ rateLimit: { stores, limits } }).kind).toBe("passed");
});
