// Requests that become tunnels are checked like any other, before the upstream hears of them.

import { createServer } from "node:http";
import type { Server } from "node:http";
import { connect as connectHttp2 } from "node:http2";
import type { ClientHttp2Session } from "node:http2";
import { connect } from "node:net";
import type { Duplex } from "node:stream";

import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  assembleBootstrap,
  renderCluster,
  renderListener,
  UPSTREAM_ROUTE,
} from "../../envoy/bootstrap.ts";
import { sallyportFilters } from "../../envoy/http_filters.ts";
import type { EnvoyProcess } from "../../scripts/lib/envoy_process.ts";
import { startEnvoy } from "../../scripts/lib/envoy_process.ts";
import { describeWithEnvoy, MODULE_PATH, requireModule } from "../support/envoy.ts";
import { ecKey, flipBit, mint } from "../support/tokens.ts";

const ANY_PORT = { host: "127.0.0.1", port: 0 };
const KEY = ecKey("k");
const PAYLOAD = "through the tunnel";
const TIMEOUT_MILLISECONDS = 10_000;
const LIFETIME_SECONDS = 3600;

const CONFIGURATION = {
  jwt: {
    providers: { idp: { audiences: ["orders"], keys: { inline: { keys: [KEY.jwk] } } } },
    rules: [{ match: { prefix: "/" }, require: "idp" }],
  },
};

const GOOD = await mint(KEY, {
  aud: "orders",
  exp: Math.floor(Date.now() / 1000) + LIFETIME_SECONDS,
});

/** Opens every tunnel that is asked for and sends back what comes through it. */
interface TunnelUpstream {
  server: Server;
  port: number;
  /** Methods and credentials of the requests that arrived. */
  requests: string[];
}

async function startTunnelUpstream(): Promise<TunnelUpstream> {
  const requests: string[] = [];
  const server = createServer((request, response) => {
    requests.push(`${request.method ?? ""} without upgrade`);
    response.end();
  });
  const answer =
    (status: string) => (request: { method?: string; headers: object }, socket: Duplex) => {
      requests.push(`${request.method ?? ""} ${JSON.stringify(request.headers)}`);
      socket.on("error", () => undefined);
      socket.write(`HTTP/1.1 ${status}\r\n\r\n`);
      socket.pipe(socket);
    };
  const switching = "101 Switching Protocols\r\nupgrade: websocket\r\nconnection: upgrade";
  server.on("upgrade", answer(switching)).on("connect", answer("200 OK"));
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  return { server, port, requests };
}

/** Sends a head, and behind it what is meant for the tunnel; what comes back until `enough`. */
function talk(port: number, head: string[], enough: (text: string) => boolean): Promise<string> {
  return new Promise((done, fail) => {
    const socket = connect({ port, host: "127.0.0.1" });
    let text = "";
    const finish = (error: Error | null): void => {
      socket.destroy();
      if (error === null) done(text);
      else fail(error);
    };
    socket.setTimeout(TIMEOUT_MILLISECONDS, () => finish(new Error(`no more than: ${text}`)));
    socket.on("error", finish);
    socket.on("close", () => finish(null));
    socket.on("data", (chunk) => {
      text += chunk.toString("latin1");
      if (/^HTTP\/1\.1 (101|200)[^]*?\r\n\r\n$/.test(text)) socket.write(PAYLOAD);
      if (enough(text)) finish(null);
    });
    socket.write(`${[...head, "host: example.test"].join("\r\n")}\r\n\r\n`);
  });
}

const isTunnelled = (text: string): boolean => text.endsWith(PAYLOAD);
const isRefused = (text: string): boolean => /^HTTP\/1\.1 4\d\d [^]*\}$/.test(text);
const isOver = (text: string): boolean => isTunnelled(text) || isRefused(text);

const bearer = (token: string | null): string[] =>
  token === null ? [] : [`authorization: Bearer ${token}`];

const WEBSOCKET = [
  "connection: Upgrade",
  "upgrade: websocket",
  "sec-websocket-version: 13",
  "sec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==",
];

const BAD: [name: string, token: string | null, error: string | null][] = [
  ["no token", null, null],
  ["a wrong signature", flipBit(GOOD, 2, 5), "invalid_token"],
  ["no token at all", "x", "invalid_token"],
];

await describeWithEnvoy("upgrades and CONNECT", (binary) => {
  let upstream: TunnelUpstream;
  let envoy: EnvoyProcess;
  let port = 0;

  beforeAll(async () => {
    requireModule();
    upstream = await startTunnelUpstream();
    const filter = { name: "t", vmId: "t", modulePath: MODULE_PATH, configuration: CONFIGURATION };
    const listener = renderListener({
      name: "ingress",
      listen: ANY_PORT,
      filters: sallyportFilters(filter),
      routes: [
        { match: { connect_matcher: {} }, route: { cluster: "upstream", timeout: "30s" } },
        UPSTREAM_ROUTE,
      ],
      connectionManager: {
        access_log: [],
        http2_protocol_options: { allow_connect: true },
        upgrade_configs: [{ upgrade_type: "websocket" }, { upgrade_type: "CONNECT" }],
      },
    });
    const cluster = renderCluster({ host: "127.0.0.1", port: upstream.port, protocol: "http1" });
    const bootstrap = assembleBootstrap({
      admin: ANY_PORT,
      listeners: [listener],
      clusters: [cluster],
    });
    envoy = await startEnvoy({ binary, bootstrap });
    port = envoy.ports.get("ingress") ?? 0;
  });
  afterAll(async () => {
    await envoy.stop();
    upstream.server.closeAllConnections();
    upstream.server.close();
  });

  /** Requests that arrive while something is done. */
  async function arrivals(act: () => Promise<void>): Promise<string[]> {
    const before = upstream.requests.length;
    await act();
    return upstream.requests.slice(before);
  }

  test("a WebSocket is refused without a token, and opens with one", async () => {
    const open = (token: string | null): Promise<string> =>
      talk(port, ["GET /chat HTTP/1.1", ...WEBSOCKET, ...bearer(token)], isOver);
    const refused = await arrivals(async () => {
      for (const [name, token, error] of BAD) expectRefusal(await open(token), name, error);
    });
    expect(refused).toEqual([]);
    const arrived = await arrivals(async () => {
      const text = await open(GOOD);
      expect(text).toMatch(/^HTTP\/1\.1 101 /);
      expect(isTunnelled(text)).toBe(true);
    });
    expect(arrived).toHaveLength(1);
    expect(arrived[0]).toContain('"upgrade":"websocket"');
    expect(arrived[0]).not.toContain("authorization");
  });

  test("an upgrade that nobody asked for is a request without a token", async () => {
    const arrived = await arrivals(async () => {
      const upgrade = ["connection: Upgrade", "upgrade: h2c", "http2-settings: AAMAAABk"];
      const text = await talk(port, ["GET /chat HTTP/1.1", ...upgrade], isOver);
      expect(isRefused(text)).toBe(true);
    });
    expect(arrived).toEqual([]);
  });

  test("CONNECT over HTTP/1.1 never passes: it has no path, and rules go by paths", async () => {
    const arrived = await arrivals(async () => {
      for (const token of [null, GOOD, flipBit(GOOD, 2, 5)]) {
        const text = await talk(
          port,
          ["CONNECT example.test:443 HTTP/1.1", ...bearer(token)],
          isOver,
        );
        expect(text).toMatch(/^HTTP\/1\.1 400 /);
      }
    });
    expect(arrived).toEqual([]);
  });

  describe("over HTTP/2", () => {
    let session: ClientHttp2Session;
    beforeAll(async () => {
      session = connectHttp2(`http://127.0.0.1:${port}`);
      await new Promise((done) => session.once("remoteSettings", done));
      expect(session.remoteSettings.enableConnectProtocol).toBe(true);
    });
    afterAll(() => session.destroy());

    /** Status, and what came back through the tunnel. */
    function open(pseudo: object, token: string | null): Promise<[number, string]> {
      return new Promise((done, fail) => {
        const authorization = token === null ? {} : { authorization: `Bearer ${token}` };
        const headers = { ":method": "CONNECT", ...pseudo, ...authorization };
        const stream = session.request(headers, { endStream: false });
        let status = 0;
        let text = "";
        const finish = (): void => {
          done([status, text]);
          stream.close();
        };
        stream.setTimeout(TIMEOUT_MILLISECONDS, () => fail(new Error(`only ${text}`)));
        stream.on("error", fail).on("end", finish);
        stream.on("response", (received) => {
          status = Number(received[":status"]);
          if (status === 200) stream.write(PAYLOAD);
        });
        stream.on("data", (chunk: Buffer) => {
          text += chunk.toString("latin1");
          if (text === PAYLOAD) finish();
        });
      });
    }

    const WEB = { ":protocol": "websocket", ":scheme": "http", ":path": "/chat" };
    const extended = { ...WEB, ":authority": "example.test", "sec-websocket-version": "13" };

    test("extended CONNECT (RFC 8441) is refused without a token, and opens with one", async () => {
      const refused = await arrivals(async () => {
        for (const [name, token] of BAD) {
          const [status] = await open(extended, token);
          expect(status, name).toBe(401);
        }
      });
      expect(refused).toEqual([]);
      const arrived = await arrivals(async () => {
        expect(await open(extended, GOOD)).toEqual([200, PAYLOAD]);
      });
      expect(arrived).toHaveLength(1);
      expect(arrived[0]).not.toContain("authorization");
    });

    test("CONNECT never passes", async () => {
      const arrived = await arrivals(async () => {
        for (const token of [null, GOOD, flipBit(GOOD, 2, 5)]) {
          const [status, text] = await open({ ":authority": "example.test:443" }, token);
          expect(status, text).toBe(400);
        }
      });
      expect(arrived).toEqual([]);
    });
  });
});

function expectRefusal(text: string, name: string, error: string | null): void {
  expect(text, name).toMatch(/^HTTP\/1\.1 401 /);
  const [, challenge = ""] = /\r\nwww-authenticate: (.*)\r\n/.exec(text) ?? [];
  if (error === null) expect(challenge, name).toBe('Bearer realm="sallyport"');
  else expect(challenge, name).toContain(`error="${error}"`);
}
