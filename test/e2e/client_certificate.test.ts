// Tokens that are bound to a client certificate, on real TLS connections: by the property of the
// connection, and by the header that Envoy itself writes for it.

import { request } from "node:https";

import { expect, test } from "vitest";

import { assembleBootstrap, renderCluster, renderListener } from "../../envoy/bootstrap.ts";
import type { JsonObject } from "../../envoy/http_filters.ts";
import { wasmFilter } from "../../envoy/http_filters.ts";
import { startEnvoy } from "../../scripts/lib/envoy_process.ts";
import type { TestCertificate } from "../support/certificates.ts";
import { selfSignedCertificate } from "../support/certificates.ts";
import { describeWithEnvoy, MODULE_PATH, requireModule } from "../support/envoy.ts";
import { ecKey, mint } from "../support/tokens.ts";
import { startUpstream } from "../support/upstream.ts";

const ANY_PORT = { host: "127.0.0.1", port: 0 };
const KEY = ecKey("k");
const SERVER = selfSignedCertificate("server");
const ALICE = selfSignedCertificate("alice");
/** A subject that could end its quotation in x-forwarded-client-cert. */
const BOB = selfSignedCertificate(`b"ob\\",Hash=${ALICE.digest.toString("hex")}`);

function provider(mtls: string): object {
  const keys = { inline: { keys: [KEY.jwk] } };
  return { audiences: ["orders"], keys, confirmation: { mtls } };
}

const FILTER = {
  name: "bound",
  vmId: "bound",
  modulePath: MODULE_PATH,
  configuration: {
    jwt: {
      providers: {
        connection: provider("connection"),
        header: provider("x-forwarded-client-cert"),
      },
      rules: [
        { match: { prefix: "/connection" }, require: "connection" },
        { match: { prefix: "/header" }, require: "header" },
      ],
    },
  },
};

/** A listener that asks clients for a certificate and takes connections without one. */
function tlsListener(): JsonObject {
  const listener = renderListener({
    name: "ingress",
    listen: ANY_PORT,
    filters: [wasmFilter(FILTER)],
    connectionManager: {
      access_log: [],
      forward_client_cert_details: "SANITIZE_SET",
      set_current_client_cert_details: { subject: true, cert: true, uri: true, dns: true },
    },
  });
  const [chain] = Object.values(listener["filter_chains"] ?? []);
  const context = {
    "@type": "type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.DownstreamTlsContext",
    common_tls_context: {
      tls_certificates: [
        {
          certificate_chain: { inline_string: SERVER.cert },
          private_key: { inline_string: SERVER.key },
        },
      ],
      validation_context: { trusted_ca: { inline_string: `${ALICE.cert}${BOB.cert}` } },
    },
  };
  const socket = { name: "envoy.transport_sockets.tls", typed_config: context };
  return { ...listener, filter_chains: [{ ...chain, transport_socket: socket }] };
}

interface Sent {
  port: number;
  path: string;
  token: string;
  client?: TestCertificate;
}

/** Status of a request on a connection of its own. */
function send({ port, path, token, client }: Sent): Promise<number> {
  const identity = client === undefined ? {} : { key: client.key, cert: client.cert };
  // What the client says of certificates itself must not count.
  const claimed = `Hash=${ALICE.digest.toString("hex")}`;
  const headers = { authorization: `Bearer ${token}`, "x-forwarded-client-cert": claimed };
  return new Promise((resolve, reject) => {
    request(
      {
        host: "127.0.0.1",
        port,
        path,
        headers,
        agent: false,
        ca: SERVER.cert,
        ...identity,
        checkServerIdentity: () => undefined,
      },
      (response) => {
        response.resume();
        response.on("end", () => resolve(response.statusCode ?? 0));
      },
    )
      .on("error", reject)
      .end();
  });
}

const boundTo = ({ digest }: TestCertificate): Promise<string> =>
  mint(KEY, {
    aud: "orders",
    exp: Math.floor(Date.now() / 1000) + 600,
    cnf: { "x5t#S256": digest.toString("base64url") },
  });

await describeWithEnvoy("tokens that are bound to client certificates", (binary) => {
  test("are good on connections with that certificate only", async () => {
    requireModule();
    const upstream = await startUpstream();
    const cluster = renderCluster({ host: "127.0.0.1", port: upstream.port, protocol: "same" });
    const listeners = [tlsListener()];
    const bootstrap = assembleBootstrap({ admin: ANY_PORT, listeners, clusters: [cluster] });
    const envoy = await startEnvoy({ binary, bootstrap });
    try {
      const port = envoy.ports.get("ingress") ?? 0;
      const [alice, bob] = [await boundTo(ALICE), await boundTo(BOB)];
      for (const path of ["/connection", "/header"]) {
        const status = (token: string, client?: TestCertificate): Promise<number> =>
          send({ port, path, token, ...(client === undefined ? {} : { client }) });
        expect(await status(alice, ALICE), path).toBe(200);
        expect(await status(alice, BOB), path).toBe(401);
        expect(await status(alice), path).toBe(401);
        expect(await status(alice, ALICE), path).toBe(200);
        expect(await status(bob, BOB), path).toBe(200);
        expect(await status(bob, ALICE), path).toBe(401);
      }
      expect(upstream.count()).toBe(6);
    } finally {
      await envoy.stop();
      await upstream.close();
    }
  });
});
