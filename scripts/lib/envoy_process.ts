// A real Envoy as a child process: on free ports, known to be ready, gone at the end.

import type { ChildProcess } from "node:child_process";
import { spawn } from "node:child_process";
import { appendFileSync } from "node:fs";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { JsonObject } from "../../envoy/http_filters.ts";
import { keepLog } from "./kept_logs.ts";

export interface EnvoyOptions {
  /** Path of the binary (scripts/envoy_bin.ts). */
  binary: string;
  /** Bootstrap as an object. Ports may be 0: `ports` then tells which were taken. */
  bootstrap: JsonObject;
  /** Worker threads; default 1. */
  concurrency?: number;
  /** Errors and access log go to the terminal instead of into memory. */
  toTerminal?: boolean;
  /** A folder that gets what Envoy logs as `envoy.log`, and its access log as `access.log`. */
  logFolder?: string;
  /** A command that starts Envoy, such as ["taskset", "-c", "0"]. */
  wrapper?: readonly string[];
}

export interface EnvoyProcess {
  pid: number;
  adminPort: number;
  /** Port by listener name. */
  ports: Map<string, number>;
  /** What Envoy logged so far. */
  log(): string;
  /** Access log lines so far, oldest first. Envoy flushes them every 20 ms here. */
  accessLog(): Record<string, unknown>[];
  /** Counters and gauges whose name matches. */
  stats(filter: string): Promise<Map<string, number>>;
  /** Text of an admin page. */
  admin(path: string): Promise<string>;
  /** Resolves when Envoy has ended, for whatever reason. */
  ended: Promise<void>;
  stop(): Promise<void>;
}

/** Resolves when every listener accepts requests; rejects with Envoy's last lines when it exits. */
export async function startEnvoy(options: EnvoyOptions): Promise<EnvoyProcess> {
  const folder = await mkdtemp(join(tmpdir(), "sallyport-envoy-"));
  const config = join(folder, "envoy.json");
  const addressFile = join(folder, "admin");
  await writeFile(config, JSON.stringify(options.bootstrap));
  const [command, ...prefix] = [...(options.wrapper ?? []), options.binary];
  const args = [...prefix, "-c", config, "--admin-address-path", addressFile];
  const logLevel = options.toTerminal === true ? "error" : "info";
  args.push("--concurrency", String(options.concurrency ?? 1), "--log-level", logLevel);
  args.push("--file-flush-interval-msec", "20", "--disable-hot-restart");
  const stdio = options.toTerminal === true ? "inherit" : "pipe";
  const child = spawn(command, args, { stdio: ["ignore", stdio, stdio] });
  const ended = new Promise<void>((done) => child.once("close", () => done()));
  const output = { out: "", log: "" };
  const keep = logKeepers(options.logFolder, child.pid ?? 0);
  child.stdout?.setEncoding("utf8").on("data", (text: string) => {
    output.out += text;
    keep("access.log", text);
  });
  child.stderr?.setEncoding("utf8").on("data", (text: string) => {
    output.log += text;
    keep("envoy.log", text);
  });
  const stop = async (): Promise<void> => {
    if (child.exitCode === null && child.signalCode === null) child.kill("SIGTERM");
    const killer = setTimeout(() => child.kill("SIGKILL"), STOP_MILLISECONDS);
    await ended;
    clearTimeout(killer);
    await rm(folder, { recursive: true, force: true });
  };
  try {
    const adminPort = await untilReady(child, addressFile);
    const admin = async (path: string): Promise<string> => get(adminPort, path);
    return {
      pid: child.pid ?? 0,
      adminPort,
      ports: listenerPorts(await admin("/listeners?format=json")),
      log: () => output.log,
      accessLog: () => parseLines(output.out),
      stats: async (filter) => parseStats(await admin(`/stats?filter=${filter}`)),
      admin,
      ended,
      stop,
    };
  } catch (error) {
    await stop();
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(`${reason}\n${output.log.split("\n").slice(-20).join("\n")}`);
  }
}

/**
 * Appends to the files of the given folder, and to those of a test run that keeps all its logs
 * (scripts/lib/kept_logs.ts).
 */
function logKeepers(folder: string | undefined, pid: number): (name: string, text: string) => void {
  return (name, text) => {
    if (folder !== undefined) appendFileSync(join(folder, name), text);
    keepLog(`${String(pid)}.${name}`, text);
  };
}

export interface Validation {
  valid: boolean;
  output: string;
}

/** `envoy --mode validate` on a file. Loads the module and runs its configure, as a start would. */
export async function validateFile(binary: string, path: string): Promise<Validation> {
  const args = ["--mode", "validate", "-c", path, "--disable-hot-restart"];
  const child = spawn(binary, args, { stdio: ["ignore", "pipe", "pipe"] });
  let output = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => (output += text));
  child.stderr.setEncoding("utf8").on("data", (text: string) => (output += text));
  const code = await new Promise<number | null>((done) => child.on("close", done));
  return { valid: code === 0, output };
}

/** The same for a bootstrap that is not in a file. */
export async function validateBootstrap(
  binary: string,
  bootstrap: JsonObject,
): Promise<Validation> {
  const folder = await mkdtemp(join(tmpdir(), "sallyport-envoy-"));
  try {
    const path = join(folder, "envoy.json");
    await writeFile(path, JSON.stringify(bootstrap));
    return await validateFile(binary, path);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

const STOP_MILLISECONDS = 5000;
const READY_SECONDS = 60;
const POLL_MILLISECONDS = 20;

async function untilReady(child: ChildProcess, addressFile: string): Promise<number> {
  for (let wait = 0; wait < READY_SECONDS * 1000; wait += POLL_MILLISECONDS) {
    if (child.exitCode !== null || child.signalCode !== null) {
      throw new Error("Envoy exited before it was ready");
    }
    const address = await readFile(addressFile, "utf8").catch(() => "");
    const port = Number(address.split(":").at(-1));
    if (port > 0 && (await isReady(port))) return port;
    await sleep(POLL_MILLISECONDS);
  }
  throw new Error(`Envoy was not ready after ${READY_SECONDS} s`);
}

async function isReady(adminPort: number): Promise<boolean> {
  const response = await fetch(`http://127.0.0.1:${adminPort}/ready`).catch(() => null);
  return response?.status === 200;
}

async function get(adminPort: number, path: string): Promise<string> {
  const response = await fetch(`http://127.0.0.1:${adminPort}${path}`);
  return response.text();
}

interface ListenerStatus {
  name: string;
  local_address: { socket_address: { port_value: number } };
}

function listenerPorts(text: string): Map<string, number> {
  const page: { listener_statuses?: ListenerStatus[] } = JSON.parse(text);
  const statuses = page.listener_statuses ?? [];
  return new Map(
    statuses.map((status) => [status.name, status.local_address.socket_address.port_value]),
  );
}

function parseLines(text: string): Record<string, unknown>[] {
  const lines = text.slice(0, text.lastIndexOf("\n") + 1).split("\n");
  return lines.flatMap((line) => {
    const entry: Record<string, unknown>[] = line.startsWith("{") ? [JSON.parse(line)] : [];
    return entry;
  });
}

function parseStats(text: string): Map<string, number> {
  const stats = new Map<string, number>();
  for (const line of text.split("\n")) {
    const split = line.lastIndexOf(": ");
    const value = Number(line.slice(split + 2));
    if (split > 0 && Number.isFinite(value)) stats.set(line.slice(0, split), value);
  }
  return stats;
}
