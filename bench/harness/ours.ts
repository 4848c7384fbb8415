// Sallyport as people are told to run it: granted what its configuration needs, and no more.

import { capabilitiesOf } from "../../envoy/capabilities.ts";
import type { JsonObject } from "../../envoy/http_filters.ts";
import { sallyportFilters } from "../../envoy/http_filters.ts";

/** The filters of a case's listener, whose VM is its own unless `vmId` names another one. */
export function ourFilters(
  modulePath: string,
  name: string,
  configuration: object,
  vmId: string = name,
): JsonObject[] {
  const capabilities = capabilitiesOf(modulePath, configuration);
  return sallyportFilters({ name, vmId, modulePath, configuration, capabilities });
}
