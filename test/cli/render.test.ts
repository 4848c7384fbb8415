// `sallyport render` as a person runs it.

import { expect, test } from "vitest";
import { parse } from "yaml";

import { sallyport, temporaryFile } from "./run_command.ts";

test("prints filters that grant the module what the configuration needs", async () => {
  const file = await temporaryFile("c.yaml", "normalise: { strip: [x-a] }\nmarkChecked: true\n");
  const { code, stdout, stderr } = await sallyport("render", file, "--module", "/m.wasm");
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  const filters: { name: string; typed_config: Record<string, unknown> }[] = parse(stdout);
  expect(filters.map(({ name }) => name)).toEqual([
    "sallyport.net.strip",
    "envoy.filters.http.wasm",
    "sallyport.net.require",
    "sallyport.net.hide",
  ]);
  const config: unknown = filters[1]?.typed_config["config"];
  expect(config).toMatchObject({
    name: "sallyport",
    vm_config: { vm_id: "sallyport", code: { local: { filename: "/m.wasm" } } },
    capability_restriction_config: { allowed_capabilities: { proxy_on_request_headers: {} } },
  });
  expect(stdout).not.toContain("proxy_on_response_headers");
});

test("refuses what validate refuses", async () => {
  const file = await temporaryFile("c.yaml", "trace: 1\n");
  const { code, stdout, stderr } = await sallyport("render", file);
  expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
  expect(stderr).toContain("$.trace: found 1");
});
