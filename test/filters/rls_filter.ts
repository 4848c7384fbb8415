// A filter with limits of a simulated rate limit service.

import type { HeaderList } from "../../host-sim/src/index.ts";
import type { RlsAnswer } from "../support/rls_service.ts";
import { RlsService } from "../support/rls_service.ts";
import type { RlsRequest } from "../support/rls_messages.ts";
import type { Sent } from "../support/simulated_filter.ts";
import {
  loadShippedModule,
  requestOn,
  Simulated,
  waitingFor,
} from "../support/simulated_filter.ts";

const module = await loadShippedModule();

export const STORES = { service: { rls: { cluster: "limits", domain: "edge" } } };
/** A limit without a key. */
export const PLAIN = { name: "one", store: "service" };

export interface Answering {
  filter: Simulated;
  service: RlsService;
}

/** `section` is what the section `rateLimit` has besides; `others` are other sections. */
export function start(
  answer: RlsAnswer | ((request: RlsRequest) => RlsAnswer),
  limits: object[] = [PLAIN],
  section: object = {},
  clusters: string[] = ["limits"],
  others: object = {},
): Answering {
  const service = new RlsService(answer);
  const configuration = { ...others, rateLimit: { stores: STORES, limits, ...section } };
  const { dispatch: dispatchGrpc } = service;
  const filter = new Simulated(module, { configuration, clusters, dispatchGrpc });
  return { filter, service };
}

/** What comes of a request, with the answers that come by themselves. */
export async function sent({ filter }: Answering, headers: HeaderList = []): Promise<Sent> {
  const stream = filter.open();
  const came = waitingFor(stream);
  const first = requestOn(stream, headers);
  await settle();
  stream.close();
  return came() ?? first;
}

/** Lets the answers of the service come. */
export async function settle(): Promise<void> {
  for (let i = 0; i < 5; i++) await Promise.resolve();
}

export const UNAVAILABLE = "ratelimit:unavailable";
