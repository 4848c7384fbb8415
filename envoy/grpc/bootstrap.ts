// Envoy's configuration of the scenario: the module, then the transcoder, then the gRPC service.

import type { Address } from "../bootstrap.ts";
import { assembleBootstrap, renderCluster, renderListener } from "../bootstrap.ts";
import { capabilitiesOf } from "../capabilities.ts";
import type { JsonObject } from "../http_filters.ts";
import { sallyportFilters } from "../http_filters.ts";
import { loadApi, servicesOf } from "../../scripts/proto/api.ts";
import { descriptorSet } from "../../scripts/proto/descriptor_set.ts";
import { API_FILE, API_PACKAGE } from "./api_file.ts";

export interface GrpcScenario {
  /** Sallyport's configuration: sallyport.yaml with keys. */
  configuration: object;
  /** File of the module. */
  modulePath: string;
  listen: Address;
  admin: Address;
  /** Where the service of orders.proto listens. */
  service: Address;
}

export async function renderGrpcScenario(options: GrpcScenario): Promise<JsonObject> {
  const module = sallyportFilters({
    name: "sallyport",
    vmId: "sallyport",
    modulePath: options.modulePath,
    configuration: options.configuration,
    capabilities: capabilitiesOf(options.modulePath, options.configuration),
  });
  const filters = [...module, await transcoderFilter()];
  return assembleBootstrap({
    admin: options.admin,
    listeners: [renderListener({ name: "ingress", listen: options.listen, filters })],
    clusters: [renderCluster({ ...options.service, protocol: "http2" })],
  });
}

/** Envoy's translation between REST and gRPC, by the annotations of orders.proto. */
async function transcoderFilter(): Promise<JsonObject> {
  const root = await loadApi(API_FILE);
  const bytes = descriptorSet(root, API_PACKAGE);
  return {
    name: "envoy.filters.http.grpc_json_transcoder",
    typed_config: {
      "@type":
        "type.googleapis.com/" +
        "envoy.extensions.filters.http.grpc_json_transcoder.v3.GrpcJsonTranscoder",
      proto_descriptor_bin: Buffer.from(bytes).toString("base64"),
      services: servicesOf(root, API_PACKAGE).map((service) => service.fullName.slice(1)),
      // Failures of the service get a body: google.rpc.Status, details included.
      convert_grpc_status: true,
      // Members that have their default value are there too, as the OpenAPI document says.
      print_options: { always_print_primitive_fields: true },
      // REST calls that no annotation names are refused here instead of reaching the service.
      request_validation_options: {
        reject_unknown_method: true,
        reject_unknown_query_parameters: true,
      },
    },
  };
}
