// What a rate limit service is taken to answer. It is not asked: it would count the request in
// question, once for each question about it. As with all other limits, nothing has been taken yet.

import type { GrpcCall } from "../../src/index.ts";
import { isRecord } from "./document.ts";
import type { JsonRecord } from "./document.ts";

// RateLimitRequest{2 repeated descriptors}, RateLimitResponse{1 overall_code, 2 repeated
// statuses{1 code}} with code 1, OK.
const DESCRIPTOR_TAG = 0x12;
const BYTES = 2;
const OVERALL_OK = [0x08, 1];
const STATUS_OK = [0x12, 2, 0x08, 1];

/** Everything is within its limits. */
export function answerService(call: GrpcCall): void {
  const statuses = Array.from({ length: descriptorsOf(call.message) }, () => STATUS_OK);
  call.respond(Uint8Array.from([...OVERALL_OK, ...statuses.flat()]));
}

/** Descriptors of a request of the module's, which has numbers and bytes only. */
function descriptorsOf(message: Uint8Array): number {
  let count = 0;
  let at = 0;
  const varint = (): number => {
    let value = 0;
    for (let scale = 1; at < message.length; scale *= 128) {
      const byte = message[at++] ?? 0;
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) break;
    }
    return value;
  };
  while (at < message.length) {
    const tag = varint();
    if (tag === DESCRIPTOR_TAG) count++;
    const value = varint();
    if ((tag & 7) === BYTES) at += value;
  }
  return count;
}

/** The clusters of the services that a configuration asks. */
export function serviceClusters(configuration: JsonRecord): string[] {
  const { rateLimit } = configuration;
  const stores = isRecord(rateLimit) && isRecord(rateLimit["stores"]) ? rateLimit["stores"] : {};
  return Object.values(stores).flatMap((store) => {
    const service = isRecord(store) ? store["rls"] : undefined;
    const cluster = isRecord(service) ? service["cluster"] : undefined;
    return typeof cluster === "string" ? [cluster] : [];
  });
}
