// The lines of the conformance probe, read back: rows to compare, and events to show again.

import { decodePairs } from "../../host-sim/src/index.ts";
import type { HeaderList } from "../../host-sim/src/index.ts";

/** `scope` is the stream's scenario and protocol, or "root". */
export interface Row {
  key: string;
  value: string;
}

export interface ProbeEvent {
  context: number;
  name: string;
  detail: string;
}

/** Everything that one VM said, in order. */
export interface VmReport {
  tag: string;
  rows: Row[];
  events: ProbeEvent[];
  /** Events of each stream, in the order in which the streams were created. */
  streams: ProbeEvent[][];
}

const LINE = /(row|event)\|([0-9a-f]{8})\|(.*)$/;

/** One report per VM, in the order in which the VMs first spoke. */
export function readReports(lines: readonly string[], scopes: readonly string[]): VmReport[] {
  const reports = new Map<string, VmReport>();
  const readers = new Map<string, Reader>();
  for (const line of lines) {
    const [, kind, tag = "", rest = ""] = LINE.exec(line) ?? [];
    if (kind === undefined) continue;
    let reader = readers.get(tag);
    if (reader === undefined) {
      const report: VmReport = { tag, rows: [], events: [], streams: [] };
      reader = new Reader(report, scopes);
      reports.set(tag, report);
      readers.set(tag, reader);
    }
    if (kind === "row") reader.row(rest);
    else reader.event(rest);
  }
  return [...reports.values()];
}

class Reader {
  readonly #report: VmReport;
  readonly #scopes: readonly string[];
  readonly #seen = new Map<string, number>();
  readonly #streams = new Map<number, ProbeEvent[]>();

  constructor(report: VmReport, scopes: readonly string[]) {
    this.#report = report;
    this.#scopes = scopes;
  }

  row(text: string): void {
    const [phase = "", call = "", variant = "", status = "", ...detail] = text.split("|");
    const isRoot = ROOT_PHASES.test(phase);
    const scope = isRoot ? "root" : (this.#scopes[this.#report.streams.length - 1] ?? "stray");
    const base = `${scope} | ${phase} | ${call} | ${variant}`;
    const count = (this.#seen.get(base) ?? 0) + 1;
    this.#seen.set(base, count);
    const key = count === 1 ? base : `${base} #${count}`;
    this.#report.rows.push({ key, value: `${status} ${detail.join("|")}`.trim() });
  }

  event(text: string): void {
    const [context = "", name = "", detail = ""] = text.split("|");
    const event = { context: Number(context), name, detail };
    this.#report.events.push(event);
    if (name === "create" && detail !== "0") {
      const stream: ProbeEvent[] = [];
      this.#streams.set(event.context, stream);
      this.#report.streams.push(stream);
    }
    this.#streams.get(event.context)?.push(event);
  }
}

const ROOT_PHASES =
  /^(context_create root|vm_start|configure|tick|queue_ready|http_call_response \d+)$/;

/** The header list of an event such as `request_headers`: `number hexOfPairs`. */
export function eventMap(event: ProbeEvent | undefined): HeaderList {
  return decodePairs(Buffer.from(event?.detail.split(" ")[1] ?? "", "hex"));
}

/** The bytes of a body event: `number size hex`. */
export function eventBody(event: ProbeEvent | undefined): Uint8Array {
  return Buffer.from(event?.detail.split(" ")[2] ?? "", "hex");
}

/** The number that leads a map or body event: end of stream, count or token. */
export function eventNumber(event: ProbeEvent | undefined): number {
  return Number(event?.detail.split(" ")[0] ?? 0);
}
