// The demo: its configuration with fresh keys filled in, and the guide with a token and four curl
// lines. `npm start` and `npm run start:envoy` both use it.

import { readFile } from "node:fs/promises";
import { parseDocument } from "yaml";
import type { Configuration } from "./configuration.ts";
import { demoKeySet, mintDemoToken } from "./demo_keys.ts";
import { inRepository } from "./module_file.ts";
import { isConfiguration } from "./schema_check.ts";
import type { Colors } from "./terminal.ts";
import { colorsFor } from "./terminal.ts";

/** What the demo configuration accepts: its trust domain and its audience. */
export const DEMO_SUBJECT = "spiffe://example.org/ns/demo/sa/client";
export const DEMO_AUDIENCE = "demo";
const BURST_SUBJECT = "spiffe://example.org/ns/demo/sa/burst";
const FOREIGN_SUBJECT = "alice";
const DEMO_LIFETIME_SECONDS = 3600;
/** Requests of the burst beyond its bucket: more than are refilled while the line runs. */
const REFUSED_OF_BURST = 3;

export interface Demo {
  configuration: Configuration;
  /** The same as JSON, for the module. */
  configurationText: string;
  /** For DEMO_SUBJECT: passes. */
  token: string;
  /** For another subject: passes too, in a bucket of its own. */
  otherToken: string;
  /** Validly signed, but its subject is no SPIFFE ID of the trust domain: refused with 403. */
  foreignToken: string;
}

/** Makes the keys when there are none, and reads envoy/demo/sallyport.yaml. */
export async function prepareDemo(): Promise<Demo> {
  const path = inRepository("envoy/demo/sallyport.yaml");
  const document = parseDocument(await readFile(path, "utf8"));
  document.setIn(["jwt", "providers", "demo", "keys", "inline"], await demoKeySet());
  const configuration: unknown = document.toJS();
  if (!isConfiguration(configuration)) throw new TypeError(`${path} does not fit the schema`);
  return {
    configuration,
    configurationText: JSON.stringify(configuration),
    token: await demoToken(DEMO_SUBJECT),
    otherToken: await demoToken(BURST_SUBJECT),
    foreignToken: await demoToken(FOREIGN_SUBJECT),
  };
}

export interface GuideOptions {
  port: number;
  /** Default 127.0.0.1. */
  host?: string;
  /** What serves, and what is behind it. */
  title?: string;
}

/** One line to copy, and the status that it answers. */
export interface GuideLine {
  status: 200 | 401 | 403 | 429;
  says: string;
  command: string;
}

/** The four lines; each can be run alone, in any order, and again. */
export function demoLines(demo: Demo, url: string): GuideLine[] {
  const { token, otherToken, foreignToken } = demo;
  const capacity = demo.configuration.rateLimit?.limits[0]?.capacity ?? 0;
  const requests = capacity + REFUSED_OF_BURST;
  const each = `curl -s -o /dev/null -w '%{http_code} ' ${bearer(otherToken)} ${url}/`;
  return [
    {
      status: 200,
      says: "a valid token; the echo shows what the upstream received",
      command: `curl -i ${bearer(token)} ${url}/`,
    },
    { status: 401, says: "no token", command: `curl -i ${url}/` },
    {
      status: 403,
      says: `signed by the same key, but the subject "${FOREIGN_SUBJECT}" is no SPIFFE ID`,
      command: `curl -i ${bearer(foreignToken)} ${url}/`,
    },
    {
      status: 429,
      says: `another workload sends ${requests} requests; its bucket holds ${capacity}`,
      command: `for i in $(seq ${requests}); do ${each}; done; echo`,
    },
  ];
}

/** The text that the demo prints when it is ready; coloured when stdout is a terminal. */
export async function demoGuide(options: GuideOptions): Promise<string> {
  const colors = colorsFor(process.stdout);
  const demo = await prepareDemo();
  const url = `http://${options.host ?? "127.0.0.1"}:${options.port}`;
  const minutes = DEMO_LIFETIME_SECONDS / 60;
  return [
    "",
    `  ${colors.bold("Sallyport")}  ${colors.cyan(url)}  ${options.title ?? ""}`,
    "",
    `  ${colors.bold("Demo token")}  ${DEMO_SUBJECT}, for ${minutes} minutes`,
    colors.dim(demo.token),
    "",
    ...demoLines(demo, url).flatMap((line) => lineText(line, colors)),
    "  Another token:  npx tsx host-sim/cli/main.ts token --help",
    "  Ctrl-C ends.",
    "",
  ].join("\n");
}

function lineText({ status, says, command }: GuideLine, colors: Colors): string[] {
  const paint = status === 200 ? colors.green : status === 429 ? colors.yellow : colors.red;
  return [`  ${paint(colors.bold(String(status)))}  ${says}`, command, ""];
}

function bearer(token: string): string {
  return `-H 'authorization: Bearer ${token}'`;
}

function demoToken(subject: string): Promise<string> {
  return mintDemoToken({
    subject,
    audiences: [DEMO_AUDIENCE],
    lifetimeSeconds: DEMO_LIFETIME_SECONDS,
    algorithm: "ES256",
  });
}
