// Generated requests through the module and through the reference, and where they differ.

import fc from "fast-check";

import type { HeaderList, Stream, StreamResult } from "../../host-sim/src/index.ts";
import type { NormaliseRules, RequestFacts } from "./header_rules.ts";
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
  const scope = { hasClaims: true, hasRefusals: true, hasRequestParts: true };
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

const OTHER_MAPS = ["response", "requestTrailers", "responseTrailers"] as const;
type OtherMap = (typeof OTHER_MAPS)[number];

/** What becomes of the lines of a map on a stream whose request has passed. */
function otherMapOutcome(stream: Stream, map: OtherMap, sent: HeaderList): Outcome {
  if (map === "requestTrailers") return outcomeOf(stream.requestTrailers(sent));
  const status: HeaderList = [[":status", "200"]];
  if (map === "response") return outcomeOf(stream.responseHeaders([...status, ...sent], false));
  outcomeOf(stream.responseHeaders(status, false));
  const result = stream.responseTrailers(sent);
  // The client has had the beginning of the response: the stream ends.
  return result.kind === "reset" ? { refused: reasonOf(result.details) } : outcomeOf(result);
}

/** Compares so many responses and trailers of either side. */
export function compareOthers(count: number, seed: number): void {
  const map = fc.constantFrom(...OTHER_MAPS);
  fc.assert(
    fc.property(map, otherRules, sentRequest, lines, (which, rules, request, sent) => {
      const stream = filterWith({ [which]: rules }).open();
      const upstream = outcomeOf(sendRequest(stream, request));
      const asked = "lines" in upstream ? upstream.lines : [];
      const found = otherMapOutcome(stream, which, sent);
      stream.close();
      const isTrailer = which !== "response";
      const own = otherOutcome(rules, sent, factsOf(request), asked, isTrailer);
      const isRefusedResponse = "refused" in own && which !== "requestTrailers";
      const expected = isRefusedResponse ? { refused: "normalise:response_refused" } : own;
      const text = difference({ [which]: rules }, sent, found, expected);
      if (text !== null) throw new Error(`${describe(request)}\n${text}`);
    }),
    { numRuns: count, seed },
  );
}
