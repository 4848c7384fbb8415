// Runs the tables of test/cases on a host: the simulator or a real Envoy. What a host must do for
// that is CaseHost; what a case expects is compared here, the same way for both.

import { describe, expect, test } from "vitest";
import type { HeaderList } from "../../host-sim/src/index.ts";
import type { Case, CaseExpectation, CaseRequest, CaseStep, Protocol } from "./case.ts";
import { PROTOCOLS } from "./case.ts";
import { parseRateLimitField } from "./structured_list.ts";

export interface CaseOutcome {
  /** As the client sees it: a refusal over gRPC has 200 here. */
  status: number;
  /** Reason code of the local reply, null when the request reached the upstream. */
  reason: string | null;
  /** Null when the response carries none. */
  grpcStatus: number | null;
  /** What the upstream received, pseudo-headers included; null when it received nothing. */
  upstream: HeaderList | null;
  /** Headers and trailers of the response. */
  response: HeaderList;
  /** Body; over gRPC the decoded grpc-message. */
  body: string;
}

/** Configurations by name, as the module is given them. */
export type Configurations = Readonly<Record<string, object>>;

export function findConfiguration(configurations: Configurations, name: string): object {
  const found = configurations[name];
  if (found === undefined) throw new Error(`no configuration named ${name}`);
  return found;
}

/** A bucket that one case emptied would fail the next: such cases get a host of their own. */
export function hasBuckets(configuration: object): boolean {
  return "rateLimit" in configuration || samplesByRate(configuration);
}

function samplesByRate(configuration: object): boolean {
  return /"root":\{"rate":/.test(JSON.stringify(configuration));
}

/** One case on one host: buckets are full when it opens. */
export interface CaseSession {
  send(request: Required<CaseRequest>): Promise<CaseOutcome>;
  close(): Promise<void>;
}

export interface CaseHost {
  open(one: Case, protocol: Protocol): Promise<CaseSession>;
}

export interface CaseTable {
  title: string;
  cases: readonly Case[];
  /** Called inside the tests, after hooks have run. */
  host: () => CaseHost;
  /** Why this host is not shown the case, null when it is; the reason stands in the test's name. */
  skip: (one: Case) => string | null;
}

/** One test per case and protocol. */
export function describeCases(table: CaseTable): void {
  for (const protocol of PROTOCOLS) {
    describe(`${table.title} over ${protocol}`, () => {
      for (const one of table.cases.filter((each) => speaks(each, protocol))) {
        const reason = table.skip(one);
        if (reason !== null) test.skip(`${one.name} (not here: ${reason})`, () => undefined);
        else test(one.name, () => runCase(table.host(), one, protocol));
      }
    });
  }
}

async function runCase(host: CaseHost, one: Case, protocol: Protocol): Promise<void> {
  const session = await host.open(one, protocol);
  try {
    await runSteps(session, one.steps, protocol);
  } finally {
    await session.close();
  }
}

export function speaks(one: Case, protocol: Protocol): boolean {
  return one.protocols === undefined || one.protocols.includes(protocol);
}

async function runSteps(
  session: CaseSession,
  steps: readonly CaseStep[],
  protocol: Protocol,
): Promise<void> {
  for (const [index, step] of steps.entries()) {
    for (let turn = 1; turn <= (step.request.repeat ?? 1); turn++) {
      const outcome = await session.send(completeRequest(step.request, protocol));
      const where = `step ${index + 1}, request ${turn}`;
      expectOutcome(outcome, step.expect, protocol, where);
    }
  }
}

function completeRequest(request: CaseRequest, protocol: Protocol): Required<CaseRequest> {
  return {
    method: protocol === "grpc" ? "POST" : "GET",
    path: "/",
    authority: "example.test",
    headers: [],
    repeat: 1,
    ...request,
  };
}

function expectOutcome(
  outcome: CaseOutcome,
  expected: CaseExpectation,
  protocol: Protocol,
  where: string,
): void {
  const isRefused = expected.reason !== null;
  const status = protocol === "grpc" && isRefused ? 200 : expected.status;
  expect({ reason: outcome.reason, status: outcome.status }, where).toEqual({
    reason: expected.reason,
    status,
  });
  expect(outcome.upstream === null, `${where}: nothing reached the upstream`).toBe(isRefused);
  if (protocol === "grpc") {
    const grpcStatus = isRefused ? expected.grpcStatus : 0;
    if (grpcStatus !== undefined) expect(outcome.grpcStatus, where).toBe(grpcStatus);
  }
  expectFields(outcome.upstream ?? [], expected.upstream ?? {}, `${where}, upstream`);
  expectFields(outcome.response, expected.response ?? {}, `${where}, response`);
  expectRateLimitFields(outcome.response, where);
  if (isRefused && protocol !== "grpc") expectTraceId(outcome, where);
  if (expected.body === undefined) return;
  const found = outcome.body.replace(TRACE_MEMBER, "");
  expectBody(found, expected.body, protocol, where);
}

/** Whatever a case expects of them: every line is one that a client can read. */
function expectRateLimitFields(response: HeaderList, where: string): void {
  for (const [name, value] of response) {
    if (name !== "ratelimit" && name !== "ratelimit-policy") continue;
    expect(parseRateLimitField(name, value), where).not.toHaveLength(0);
  }
}

const TRACE_MEMBER = /,"trace_id":"([^"]*)"/;

/** Whatever a case expects of a refusal: header and body have the same trace-id, or both none. */
function expectTraceId({ body, response }: CaseOutcome, where: string): void {
  const id = response.find(([name]) => name === "x-trace-id")?.[1];
  if (body !== "") expect(TRACE_MEMBER.exec(body)?.[1], `${where}: trace-id`).toBe(id);
}

/** HTTP refusals carry JSON, gRPC ones the same text as grpc-message. */
function expectBody(found: string, expected: string, protocol: Protocol, where: string): void {
  if (protocol !== "grpc") {
    expect(found, where).toBe(expected);
    return;
  }
  const body: { error?: string | { message?: string } } = JSON.parse(expected);
  const { error } = body;
  expect(found, where).toBe(typeof error === "object" ? error.message : error);
}

function expectFields(
  found: HeaderList,
  expected: Readonly<Record<string, string | RegExp | string[] | null>>,
  where: string,
): void {
  for (const [name, value] of Object.entries(expected)) {
    const values = found.filter(([each]) => each.toLowerCase() === name).map(([, text]) => text);
    const what = `${where}: ${name}`;
    if (value === null) expect(values, what).toEqual([]);
    else if (value instanceof RegExp) {
      expect(values, what).toHaveLength(1);
      expect(values[0], what).toMatch(value);
    } else expect(values, what).toEqual([value].flat());
  }
}

const DETAILS = /^sallyport\{(.+)\}$/;

/** The reason code in Envoy's response code details; other details stay as they are. */
export function reasonOf(details: string): string {
  return DETAILS.exec(details)?.[1] ?? details;
}

/** RFC 3986 percent-decoding as gRPC has it: what is malformed stays. */
export function decodeGrpcMessage(message: string): string {
  return message.replace(/%([0-9a-fA-F]{2})/g, (_found, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  );
}
