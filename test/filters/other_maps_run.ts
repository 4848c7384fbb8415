// One header map that is not a request's, through the module on the simulator.

import { expect } from "vitest";
import type { HeaderList, Stream, StreamResult } from "../../host-sim/src/index.ts";
import type { SimulatedOptions } from "../support/simulated_filter.ts";
import { loadShippedModule, Simulated } from "../support/simulated_filter.ts";

const module = await loadShippedModule();

export const OTHER_MAPS = ["response", "requestTrailers", "responseTrailers"] as const;
export type OtherMap = (typeof OTHER_MAPS)[number];

export interface SentRequest {
  method?: string;
  path?: string;
  host?: string;
  headers?: HeaderList;
}

const GRPC: HeaderList = [["content-type", "application/grpc"]];
export const OVER_GRPC: SentRequest = { method: "POST", headers: GRPC };

/** A filter whose section `normalise` has these rules for one map. */
export function withRules(map: OtherMap, rules: object, others: object = {}): Simulated {
  return simulate({ normalise: { [map]: rules }, ...others });
}

export function simulate(
  configuration: object,
  options: Omit<SimulatedOptions, "configuration"> = {},
): Simulated {
  return new Simulated(module, { configuration, ...options });
}

/** A stream whose request has passed. */
export function passed(filter: Simulated, request: SentRequest = {}, endOfStream = true): Stream {
  const stream = filter.open();
  expect(begin(stream, request, endOfStream).kind).toBe("continue");
  return stream;
}

export function begin(stream: Stream, request: SentRequest, endOfStream = true): StreamResult {
  const { method = "GET", path = "/", host = "example.test", headers = [] } = request;
  const pseudo: HeaderList = [
    [":authority", host],
    [":path", path],
    [":method", method],
    [":scheme", "http"],
  ];
  return stream.requestHeaders([...pseudo, ...headers], endOfStream);
}

/** What comes of a map with these fields on a stream whose request has passed. */
export function give(stream: Stream, map: OtherMap, fields: HeaderList): StreamResult {
  if (map === "requestTrailers") return stream.requestTrailers(fields);
  if (map === "response") return stream.responseHeaders([[":status", "200"], ...fields], true);
  expect(stream.responseHeaders([[":status", "200"]], false).kind).toBe("continue");
  return stream.responseTrailers(fields);
}

/** The same on a stream of its own. */
export function giveTo(
  filter: Simulated,
  map: OtherMap,
  fields: HeaderList,
  request: SentRequest = {},
): StreamResult {
  const stream = passed(filter, request, map !== "requestTrailers");
  try {
    return give(stream, map, fields);
  } finally {
    stream.close();
  }
}

/** The fields of a map that went on, without its status. */
export function fieldsOf(result: StreamResult): HeaderList {
  if (result.kind !== "continue") throw new Error(`found ${result.kind}`);
  const fields = result.trailers ?? result.headers;
  return fields.filter(([name]) => name !== ":status");
}
