// What Envoy's codecs themselves refuse, rewrite or let pass of fields that are none, before any
// filter: what it lets pass is refused by the preset `untrusted-edge` (test/cases).

import { afterAll, beforeAll, expect, test } from "vitest";

import { assembleBootstrap, renderCluster, renderListener } from "../../envoy/bootstrap.ts";
import type { HeaderList } from "../../host-sim/src/index.ts";
import type { EnvoyProcess } from "../../scripts/lib/envoy_process.ts";
import { startEnvoy } from "../../scripts/lib/envoy_process.ts";
import type { Client } from "../support/clients.ts";
import { http1Client, http2Client } from "../support/clients.ts";
import { describeWithEnvoy } from "../support/envoy.ts";
import type { Upstream } from "../support/upstream.ts";
import { startUpstream } from "../support/upstream.ts";

const ANY_PORT = { host: "127.0.0.1", port: 0 };

interface Input {
  headers?: HeaderList;
  authority?: string;
}

await describeWithEnvoy("fields that are none, in a real Envoy", (binary) => {
  let envoy: EnvoyProcess;
  let upstream: Upstream;
  let port = 0;

  beforeAll(async () => {
    upstream = await startUpstream();
    const connectionManager = { access_log: [], normalize_path: false };
    const listener = renderListener({
      name: "bare",
      listen: ANY_PORT,
      filters: [],
      connectionManager,
    });
    const cluster = renderCluster({ host: "127.0.0.1", port: upstream.port, protocol: "same" });
    const bootstrap = assembleBootstrap({
      admin: ANY_PORT,
      listeners: [listener],
      clusters: [cluster],
    });
    envoy = await startEnvoy({ binary, bootstrap });
    port = envoy.ports.get("bare") ?? 0;
  });
  afterAll(async () => {
    await envoy.stop();
    await upstream.close();
  });

  /** Status of the answer; "reset" for a stream or a connection that Envoy ends. */
  async function outcome(client: Client, input: Input): Promise<number | "reset"> {
    const { authority = "a.test", headers = [] } = input;
    try {
      const response = await client.send({ method: "GET", path: "/", authority, headers });
      return response.status;
    } catch {
      return "reset";
    } finally {
      client.close();
    }
  }

  const field = (name: string, value: string): Input => ({ headers: [[name, value]] });
  const many = (count: number): Input => ({
    headers: Array.from({ length: count }, () => ["x-a", "1"]),
  });
  const inputs: [what: string, input: Input, http1: number | "reset", http2: number | "reset"][] = [
    ["NUL in a value", field("x-a", "a\0b"), 400, "reset"],
    ["LF in a value", field("x-a", "a\nb"), 400, "reset"],
    ["another control character", field("x-a", "a\x01b"), 400, "reset"],
    ["DEL", field("x-a", "a\x7fb"), 400, "reset"],
    ["CR alone, which HTTP/1.1 drops", field("x-a", "a\rb"), 200, "reset"],
    ["HTAB and obs-text", field("x-a", "a\t\x80\xff"), 200, 200],
    ["a space in a name", field("x a", "1"), 400, "reset"],
    ["a name that is no token", field("x(a", "1"), 400, "reset"],
    ["an empty name", field("", "1"), 400, "reset"],
    ["a space behind a name", field("x-a ", "1"), 400, "reset"],
    ["content-length: +5", field("content-length", "+5"), 400, "reset"],
    ["content-length: 5, 5", field("content-length", "5, 5"), 400, "reset"],
    [
      "two content-length",
      {
        headers: [
          ["content-length", "0"],
          ["content-length", "0"],
        ],
      },
      400,
      "reset",
    ],
    ["host: a@b", { authority: "a@b" }, 200, "reset"],
    ["a host with a slash", { authority: "a/b" }, 400, "reset"],
    ["host: a,b", { authority: "a,b" }, 200, 200],
    ["two hosts", field("host", "b.test"), 200, 200],
    ["connection over HTTP/2", field("connection", "x-a"), 200, "reset"],
    ["connection that names x-forwarded-for", field("connection", "x-forwarded-for"), 400, "reset"],
    ["te: deflate", field("te", "deflate"), 200, "reset"],
    ["80 duplicates", many(80), 200, 200],
    ["100 duplicates", many(100), 431, "reset"],
  ];
  test.each(inputs)("%s", async (_what, input, http1, http2) => {
    expect({
      http1: await outcome(http1Client(port), input),
      http2: await outcome(http2Client(port), input),
    }).toEqual({ http1, http2 });
  });
});
