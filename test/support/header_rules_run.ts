// Generated requests through the module and through the reference, and where they differ.

import fc from "fast-check";

import type { HeaderList, Stream, StreamResult } from "../../host-sim/src/index.ts";
import type { NormaliseRules, RequestFacts, RuleLists } from "./header_rules.ts";
import type { SentRequest } from "./header_rules_generator.ts";
import { CLAIMS, lines, otherRules, requestRules, sentRequest } from "./header_rules_generator.ts";
import type { Outcome } from "./header_rules_model.ts";
import { otherOutcome, requestOutcome } from "./header_rules_model.ts";
import { reasonOf } from "./run_cases.ts";
import { loadShippedModule, Simulated } from "./simulated_filter.ts";
import { forge, keyFor } from "./tokens.ts";

const module = await loadShippedModule();
const KEY = keyFor("HS256", "k");
const CLOCK_END = 2 ** 40;
const TOKENS = CLAIMS.map((claims) => {
  const payload = { aud: "orders", exp: CLOCK_END, ...claims };
  return forge(KEY, { alg: "HS256", kid: "k", typ: "JWT" }, payload);
});
const JWT = {
  providers: { idp: { audiences: ["orders", "b"], keys: { inline: { keys: [KEY.jwk] } } } },
  rules: [{ match: { prefix: "/" }, require: { optional: "idp" } }],
};
const TOKEN_HEADER = "authorization";

/** The module with these rules, and a jwt section that takes tokens where there are some. */
export function filterWith(normalise: NormaliseRules): Simulated {
  return new Simulated(module, { configuration: { normalise, jwt: JWT } });
}

/** Lines as a client sends them, beside pseudo headers and the token. */
export function sentLines({ isGrpc, lines: own }: SentRequest): HeaderList {
  return isGrpc ? [["content-type", "application/grpc"], ...own] : own;
}

export function factsOf({ token, ...facts }: SentRequest): RequestFacts {
  const { method, path, authority, isGrpc } = facts;
  const claims = token === null ? null : (CLAIMS[token] ?? null);
  return { method, path, authority, isGrpc, claims };
}

/** Sends the headers of a request. */
export function sendRequest(stream: Stream, request: SentRequest): StreamResult {
  const token = request.token === null ? undefined : TOKENS[request.token];
  const bearer: HeaderList = token === undefined ? [] : [[TOKEN_HEADER, `Bearer ${token}`]];
  return stream.requestHeaders(
    [
      [":authority", request.authority],
      [":path", request.path],
      [":method", request.method],
      [":scheme", "http"],
      ...bearer,
      ...sentLines(request),
    ],
    false,
  );
}

export function outcomeOf(result: StreamResult): Outcome {
  if (result.kind === "reply") {
    const { details } = result.reply;
    const reason = reasonOf(details);
    // The module names itself in the details of its replies: this one is the host's.
    if (reason === details) throw new Error(`found ${details}`);
    return { refused: reason };
  }
  if (result.kind !== "continue") throw new Error(`found ${result.kind}`);
  return { lines: result.headers.filter(([name]) => !name.startsWith(":")) };
}

export function moduleOutcome(filter: Simulated, request: SentRequest): Outcome {
  const stream = filter.open();
  try {
    return outcomeOf(sendRequest(stream, request));
  } finally {
    stream.close();
  }
}

/** An outcome as text: which line stands where among those of other names is of no importance. */
export function shown(outcome: Outcome): string {
  if ("refused" in outcome) return `refused: ${outcome.refused}`;
  const names = [...new Set(outcome.lines.map(([name]) => name))].sort();
  const lines = names.flatMap((name) => outcome.lines.filter(([each]) => each === name));
  return lines.map(shownLine).join("\n");
}

const SHOWN_BYTES_MAX = 200;

function shownLine([name, value]: [string, string]): string {
  const text = JSON.stringify(value);
  if (text.length <= SHOWN_BYTES_MAX) return `${name}: ${text}`;
  return `${name}: ${text.slice(0, SHOWN_BYTES_MAX)}… (${String(value.length)} bytes)`;
}

/** What a person needs to see a difference, or null where there is none. */
export function difference(rules: object, sent: HeaderList, found: Outcome, expected: Outcome) {
  if (fullText(found) === fullText(expected)) return null;
  return [
    "rules:",
    JSON.stringify(rules, null, 1),
    "sent:",
    sent.map(shownLine).join("\n"),
    "the module:",
    shown(found),
    "the reference:",
    shown(expected),
  ].join("\n");
}

function fullText(outcome: Outcome): string {
  if ("refused" in outcome) return shown(outcome);
  const byName = new Map<string, string[]>();
  for (const [name, value] of outcome.lines) {
    byName.set(name, [...(byName.get(name) ?? []), value]);
  }
  return JSON.stringify([...byName].sort(([one], [other]) => (one < other ? -1 : 1)));
}

const REQUESTS_EACH = 10;

/** Compares so many requests; fast-check shrinks a difference, and prints the seed. */
export function compareRequests(count: number, seed: number): void {
  const scope = { hasClaims: true, hasRefusals: true };
  const each = { minLength: REQUESTS_EACH, maxLength: REQUESTS_EACH };
  const requests = fc.array(sentRequest, each);
  fc.assert(
    fc.property(requestRules(scope), requests, (rules, sent) => {
      const filter = filterWith(rules);
      for (const request of sent) {
        const expected = requestOutcome(rules, sentLines(request), factsOf(request));
        const found = moduleOutcome(filter, request);
        const text = difference(rules, sentLines(request), found, expected);
        if (text !== null) throw new Error(`${describe(request)}\n${text}`);
      }
    }),
    { numRuns: count / REQUESTS_EACH, seed },
  );
}

function describe({ method, path, authority, isGrpc, token }: SentRequest): string {
  const claims = token === null ? "no token" : JSON.stringify(CLAIMS[token]);
  return `${method} ${authority}${path}${isGrpc ? " grpc" : ""}, ${claims}`;
}

interface Others {
  response: RuleLists;
  requestTrailers: RuleLists;
  responseTrailers: RuleLists;
}

const others: fc.Arbitrary<Others> = fc.record({
  response: otherRules,
  requestTrailers: otherRules,
  responseTrailers: otherRules,
});

/** Compares so many responses, and trailers of either side. */
export function compareOthers(count: number, seed: number): void {
  fc.assert(
    fc.property(others, sentRequest, fc.tuple(lines, lines, lines), (rules, request, sent) => {
      const [trailers, answer, answerTrailers] = sent;
      const facts = factsOf(request);
      const status: HeaderList = [[":status", "200"], ...answer];
      const stream = filterWith(rules).open();
      outcomeOf(sendRequest(stream, { ...request, lines: [] }));
      const found = [
        outcomeOf(stream.requestTrailers(trailers)),
        outcomeOf(stream.responseHeaders(status, false)),
        outcomeOf(stream.responseTrailers(answerTrailers)),
      ];
      stream.close();
      const expected = [
        otherOutcome(rules.requestTrailers, trailers, facts, true),
        otherOutcome(rules.response, answer, facts, false),
        otherOutcome(rules.responseTrailers, answerTrailers, facts, true),
      ];
      const lists = [rules.requestTrailers, rules.response, rules.responseTrailers];
      for (const [index, each] of expected.entries()) {
        const own = found[index] ?? each;
        const text = difference(lists[index] ?? {}, sent[index] ?? [], own, each);
        if (text !== null) throw new Error(`${String(index)}: ${describe(request)}\n${text}`);
      }
    }),
    { numRuns: count, seed },
  );
}
