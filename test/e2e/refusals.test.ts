// Every reason of docs/reasons.md, refused by the shipped code on the simulator and in a real
// Envoy, over each protocol and in each form: its numbers, name and message are those of its row.

import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";

import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { assembleBootstrap, renderListener } from "../../envoy/bootstrap.ts";
import { wasmFilter } from "../../envoy/http_filters.ts";
import type { HeaderList } from "../../host-sim/src/index.ts";
import type { EnvoyProcess } from "../../scripts/lib/envoy_process.ts";
import { startEnvoy } from "../../scripts/lib/envoy_process.ts";
import type { Protocol } from "../support/case.ts";
import { PROTOCOLS } from "../support/case.ts";
import { grpcClient, http1Client, http2Client } from "../support/clients.ts";
import { describeWithEnvoy } from "../support/envoy.ts";
import type { ReasonRow } from "../support/reason_rows.ts";
import { readReasonRows } from "../support/reason_rows.ts";
import { decodeGrpcMessage, reasonOf } from "../support/run_cases.ts";
import { Simulated } from "../support/simulated_filter.ts";

const PROBE_PATH = fileURLToPath(new URL("../../build/refusal_probe.wasm", import.meta.url));
const FORMS = ["json", "problem", "google"] as const;
type Form = (typeof FORMS)[number];
const DETAILS = "x-case-details";
const ANY_PORT = { host: "127.0.0.1", port: 0 };

/** What both hosts tell of an answer. */
interface Answer {
  status: number;
  headers: HeaderList;
  details: string;
  body: string;
}

type Host = (protocol: Protocol, path: string) => Promise<Answer>;

/** Row by reason name: without that of "ok", which refuses nothing. */
const ROWS = new Map((await readReasonRows()).map((row) => [row.name, row]));
ROWS.delete("ok");

const CODES: Record<number, string> = {
  3: "INVALID_ARGUMENT",
  7: "PERMISSION_DENIED",
  8: "RESOURCE_EXHAUSTED",
  13: "INTERNAL",
  14: "UNAVAILABLE",
  16: "UNAUTHENTICATED",
};

function messageIn(form: Form, body: string): unknown {
  const document: { error?: unknown; detail?: unknown } = JSON.parse(body);
  return form === "problem" ? document.detail : document.error;
}

function expectRefusal(answer: Answer, row: ReasonRow, protocol: Protocol, form: Form): void {
  const { name, status, grpcStatus, message } = row;
  const field = (wanted: string): string | undefined =>
    answer.headers.find(([each]) => each === wanted)?.[1];
  if (protocol === "grpc") {
    expect(answer, name).toMatchObject({ status: 200, body: "" });
    expect(field("content-type"), name).toBe("application/grpc");
    expect(field("grpc-status"), name).toBe(String(grpcStatus));
    expect(decodeGrpcMessage(field("grpc-message") ?? ""), name).toBe(message);
    return;
  }
  expect(answer.status, name).toBe(status);
  expect(field("grpc-status"), name).toBeUndefined();
  const type = form === "problem" ? "application/problem+json" : "application/json";
  expect(field("content-type"), name).toBe(type);
  expect(messageIn(form, answer.body), name).toEqual(
    form === "json"
      ? message
      : form === "problem"
        ? name
        : expect.objectContaining({ code: status, message, status: CODES[grpcStatus] }),
  );
}

function describeRefusals(title: string, host: () => Host): void {
  describe.each(PROTOCOLS)(`${title} over %s`, (protocol) => {
    test.each(FORMS)("as %s, each reason has its row", async (form) => {
      const seen = new Set<string>();
      for (let reason = 1; reason <= ROWS.size; reason++) {
        const answer = await host()(protocol, `/${reason}/${FORMS.indexOf(form)}`);
        const name = reasonOf(answer.details);
        const row = ROWS.get(name);
        if (row === undefined) throw new Error(`reason ${reason} is ${name}, which has no row`);
        expectRefusal(answer, row, protocol, form);
        seen.add(name);
      }
      expect(seen.size).toBe(ROWS.size);
    });
  });
}

const filter = new Simulated(await WebAssembly.compile(await readFile(PROBE_PATH)), {
  configuration: {},
});

function askSimulator(protocol: Protocol, path: string): Promise<Answer> {
  const type: HeaderList = protocol === "grpc" ? [["content-type", "application/grpc"]] : [];
  const stream = filter.open();
  const result = stream.requestHeaders(
    [[":authority", "example.test"], [":path", path], [":method", "POST"], ...type],
    true,
  );
  stream.close();
  if (result.kind !== "reply") throw new Error(`found ${result.kind}`);
  const { headers, details, body } = result.reply;
  const status = Number(headers.find(([name]) => name === ":status")?.[1]);
  return Promise.resolve({ status, headers, details, body: Buffer.from(body).toString("latin1") });
}

describeRefusals("the simulator", () => askSimulator);

await describeWithEnvoy("Envoy", (binary) => {
  let envoy: EnvoyProcess;

  beforeAll(async () => {
    const header = { key: DETAILS, value: "%RESPONSE_CODE_DETAILS%" };
    const anyStatus = {
      status_code_filter: {
        comparison: { op: "GE", value: { default_value: 100, runtime_key: "cases.status" } },
      },
    };
    const options = { name: "refusals", vmId: "refusals", modulePath: PROBE_PATH };
    const listener = renderListener({
      name: "refusals",
      listen: ANY_PORT,
      filters: [wasmFilter({ ...options, configuration: {} })],
      routes: [{ match: { prefix: "/" }, direct_response: { status: 200 } }],
      connectionManager: {
        access_log: [],
        local_reply_config: { mappers: [{ filter: anyStatus, headers_to_add: [{ header }] }] },
      },
    });
    const parts = { admin: ANY_PORT, listeners: [listener], clusters: [] };
    envoy = await startEnvoy({ binary, bootstrap: assembleBootstrap(parts) });
  });
  afterAll(() => envoy.stop());

  describeRefusals("refusals", () => async (protocol, path) => {
    const open = { http1: http1Client, http2: http2Client, grpc: grpcClient }[protocol];
    const client = open(envoy.ports.get("refusals") ?? 0);
    try {
      const request = { method: "POST", path, authority: "example.test", headers: [] };
      const response = await client.send(request);
      const headers = [...response.headers, ...response.trailers];
      const details = headers.find(([name]) => name === DETAILS)?.[1] ?? "";
      return { ...response, headers, details, body: response.body.toString("latin1") };
    } finally {
      client.close();
    }
  });
});
