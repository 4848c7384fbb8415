// The cases on a real Envoy. One process serves them all: one listener per named configuration,
// roots of one VM in groups, and listeners of their own for cases that spend a bucket.

import { assembleBootstrap, renderCluster, renderListener } from "../../envoy/bootstrap.ts";
import { capabilitiesOf } from "../../envoy/capabilities.ts";
import type { JsonObject } from "../../envoy/http_filters.ts";
import { wasmFilter } from "../../envoy/http_filters.ts";
import type { HeaderList } from "../../host-sim/src/index.ts";
import type { Case, CaseRequest, Protocol } from "./case.ts";
import type { Client, ClientResponse } from "./clients.ts";
import { grpcClient, http1Client, http2Client } from "./clients.ts";
import { MODULE_PATH } from "./envoy.ts";
import type { EnvoyProcess } from "../../scripts/lib/envoy_process.ts";
import { startEnvoy } from "../../scripts/lib/envoy_process.ts";
import { parseMessages } from "./grpc_frame.ts";
import type { CaseHost, CaseOutcome, CaseSession, Configurations } from "./run_cases.ts";
import { decodeGrpcMessage, findConfiguration, hasBuckets, reasonOf, speaks } from "./run_cases.ts";
import { PROTOCOLS } from "./case.ts";
import type { ReceivedRequest, Upstream } from "./upstream.ts";
import { startUpstream } from "./upstream.ts";

export interface EnvoyCaseHost extends CaseHost {
  envoy: EnvoyProcess;
  close(): Promise<void>;
}

/** Configurations that share a VM. Above one, so that a stream has to find its own root. */
const ROOTS_PER_VM = 8;
/** Carries Envoy's response code details of local replies to the client. */
const DETAILS_HEADER = "x-case-details";
const ANY_PORT = { host: "127.0.0.1", port: 0 };

export async function startEnvoyForCases(
  binary: string,
  cases: readonly Case[],
  configurations: Configurations,
): Promise<EnvoyCaseHost> {
  const upstream = await startUpstream();
  const planned = plan(cases, configurations);
  const grants = grantsOf(planned);
  const listeners = planned.map((one) => renderPlanned(one, grants.get(one.vmId) ?? []));
  const cluster = renderCluster({ host: "127.0.0.1", port: upstream.port, protocol: "same" });
  const bootstrap = assembleBootstrap({ admin: ANY_PORT, listeners, clusters: [cluster] });
  const envoy = await startEnvoy({ binary, bootstrap }).catch(async (error: unknown) => {
    await upstream.close();
    throw error;
  });
  return {
    envoy,
    open: (one, protocol) => Promise.resolve(openSession(envoy, upstream, one, protocol)),
    close: async () => {
      await envoy.stop();
      await upstream.close();
    },
  };
}

interface PlannedListener {
  name: string;
  vmId: string;
  configuration: object;
}

/** Cases that spend a bucket get a VM each; what is in shared data dies with the last VM. */
function plan(cases: readonly Case[], configurations: Configurations): PlannedListener[] {
  const runnable = cases.filter(({ simulatorOnly }) => simulatorOnly === undefined);
  const names = [...new Set(runnable.map(({ configuration }) => configuration))];
  const shared = names.filter((name) => !hasBuckets(findConfiguration(configurations, name)));
  const planned = shared.map((name, index) => ({
    name,
    vmId: `cases-${Math.floor(index / ROOTS_PER_VM)}`,
    configuration: findConfiguration(configurations, name),
  }));
  for (const one of runnable.filter(({ configuration }) => !shared.includes(configuration))) {
    for (const protocol of PROTOCOLS.filter((each) => speaks(one, each))) {
      const name = ownListener(one, protocol);
      planned.push({
        name,
        vmId: name,
        configuration: findConfiguration(configurations, one.configuration),
      });
    }
  }
  return planned;
}

/** What each VM is granted: what the configurations of its roots need. */
function grantsOf(planned: readonly PlannedListener[]): Map<string, string[]> {
  const grants = new Map<string, string[]>();
  for (const { vmId, configuration } of planned) {
    const needed = capabilitiesOf(MODULE_PATH, configuration);
    grants.set(vmId, [...new Set([...(grants.get(vmId) ?? []), ...needed])]);
  }
  return grants;
}

function ownListener(one: Case, protocol: Protocol): string {
  return `${one.configuration}/${one.name}/${protocol}`;
}

function renderPlanned(planned: PlannedListener, capabilities: string[]): JsonObject {
  const { name, vmId, configuration } = planned;
  const header = { key: DETAILS_HEADER, value: "%RESPONSE_CODE_DETAILS%" };
  const anyStatus = { status_code_filter: { comparison: { op: "GE", value: STATUS_MINIMUM } } };
  return renderListener({
    name,
    listen: ANY_PORT,
    filters: [wasmFilter({ name, vmId, modulePath: MODULE_PATH, configuration, capabilities })],
    connectionManager: {
      access_log: [],
      // With an upgrade `connection` reaches the filters, and the upstream as they leave it.
      upgrade_configs: [{ upgrade_type: "case" }],
      // Paths arrive as sent: what the module makes of them is what is tested.
      normalize_path: false,
      merge_slashes: false,
      path_with_escaped_slashes_action: "KEEP_UNCHANGED",
      // As a proxy in front would have set it.
      forward_client_cert_details: "ALWAYS_FORWARD_ONLY",
      local_reply_config: { mappers: [{ filter: anyStatus, headers_to_add: [{ header }] }] },
    },
  });
}

const STATUS_MINIMUM = { default_value: 100, runtime_key: "cases.status" };

function openSession(
  envoy: EnvoyProcess,
  upstream: Upstream,
  one: Case,
  protocol: Protocol,
): CaseSession {
  const port = envoy.ports.get(one.configuration) ?? envoy.ports.get(ownListener(one, protocol));
  if (port === undefined) throw new Error(`no listener for ${one.name}`);
  const client = openClient(protocol, port);
  return {
    send: async (request) => {
      const before = upstream.count();
      const response = await client.send(toClientRequest(request));
      const outcome = toOutcome(response, protocol);
      const arrived = upstream.count() - before;
      if (arrived !== (outcome.upstream === null ? 0 : 1)) {
        throw new Error(`${arrived} requests arrived at the upstream: ${outcome.body}`);
      }
      return outcome;
    },
    close: () => {
      client.close();
      return Promise.resolve();
    },
  };
}

function openClient(protocol: Protocol, port: number): Client {
  const open = { http1: http1Client, http2: http2Client, grpc: grpcClient };
  return open[protocol](port);
}

function toClientRequest(request: Required<CaseRequest>) {
  const { method, path, authority, headers } = request;
  return { method, path, authority, headers };
}

function toOutcome(response: ClientResponse, protocol: Protocol): CaseOutcome {
  const lines: HeaderList = [...response.headers, ...response.trailers];
  const field = (name: string): string | undefined => lines.find(([each]) => each === name)?.[1];
  const details = field(DETAILS_HEADER);
  const grpcStatus = field("grpc-status");
  const isLocal = details !== undefined;
  const text = response.body.toString("latin1");
  const message = decodeGrpcMessage(field("grpc-message") ?? "");
  return {
    status: response.status,
    reason: isLocal ? reasonOf(details) : null,
    grpcStatus: grpcStatus === undefined ? null : Number(grpcStatus),
    upstream: isLocal ? null : readReceived(response, protocol).headers,
    response: lines,
    body: protocol === "grpc" ? message : text,
  };
}

function readReceived(response: ClientResponse, protocol: Protocol): ReceivedRequest {
  const [message = response.body] = protocol === "grpc" ? parseMessages(response.body) : [];
  const received: ReceivedRequest = JSON.parse(message.toString("utf8"));
  return received;
}
