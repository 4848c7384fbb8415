import { describe, expect, test } from "vitest";
import {
  eventually,
  exchangeRaw,
  passingStream,
  proxyTo,
  rawClient,
  upstreamThat,
} from "./fixtures.ts";
import type { HeaderList, LocalReply } from "../../host-sim/src/index.ts";

const POST = "POST / HTTP/1.1\r\nHost: a\r\n";
const CLOSE = "Connection: close\r\n\r\n";

/** Requests that two parsers could read differently, or that this proxy does not speak. */
const REFUSED: { name: string; request: string; status: number }[] = [
  {
    name: "Content-Length beside Transfer-Encoding",
    request: `${POST}Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
    status: 400,
  },
  {
    name: "two Content-Length",
    request: "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello",
    status: 400,
  },
  {
    name: "a transfer coding before chunked",
    request: `${POST}Transfer-Encoding: gzip, chunked\r\n${CLOSE}0\r\n\r\n`,
    status: 501,
  },
  {
    name: "a transfer coding that is not the last one",
    request: "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n",
    status: 400,
  },
  { name: "no Host", request: `GET / HTTP/1.1\r\n${CLOSE}`, status: 400 },
  { name: "two Hosts", request: `GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n${CLOSE}`, status: 400 },
  { name: "a Host with a path", request: `GET / HTTP/1.1\r\nHost: a/b\r\n${CLOSE}`, status: 400 },
  {
    name: "a space before the colon",
    request: `GET / HTTP/1.1\r\nHost : a\r\n${CLOSE}`,
    status: 400,
  },
  { name: "a bare LF", request: "GET / HTTP/1.1\nHost: a\n\n", status: 400 },
  {
    name: "a NUL in a value",
    request: `GET / HTTP/1.1\r\nHost: a\r\nx: \0\r\n${CLOSE}`,
    status: 400,
  },
  { name: "no HTTP at all", request: "hello\r\n\r\n", status: 400 },
  { name: "HTTP/2 with prior knowledge", request: "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", status: 400 },
  { name: "an asterisk target", request: `OPTIONS * HTTP/1.1\r\nHost: a\r\n${CLOSE}`, status: 400 },
  { name: "a fragment", request: `GET /a#b HTTP/1.1\r\nHost: a\r\n${CLOSE}`, status: 400 },
  { name: "CONNECT", request: "CONNECT a:1 HTTP/1.1\r\nHost: a:1\r\n\r\n", status: 501 },
  {
    name: "a WebSocket handshake",
    request:
      "GET / HTTP/1.1\r\nHost: a\r\nConnection: upgrade, close\r\nUpgrade: websocket\r\n\r\n",
    status: 501,
  },
  {
    name: "headers above 60 KiB",
    request: `GET / HTTP/1.1\r\nHost: a\r\nx: ${"y".repeat(61 * 1024)}\r\n${CLOSE}`,
    status: 431,
  },
];

describe("requests that never reach the module", () => {
  for (const { name, request, status } of REFUSED) {
    test(`${name} answers ${status} with JSON`, async () => {
      let upstreamRequests = 0;
      const origin = await upstreamThat((_request, response) => {
        upstreamRequests += 1;
        response.end();
      });
      const proxy = await proxyTo(origin);
      const answer = await exchangeRaw(proxy.port, request);
      expect(answer).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
      expect(answer).toMatch(/\r\n\r\n\{"error":"[a-zA-Z ]+"\}\n$/);
      expect(upstreamRequests).toBe(0);
      expect(proxy.streams).toEqual([]);
    });
  }

  test("an h2c offer is ignored, the request is served (RFC 9110 §7.8)", async () => {
    const origin = await upstreamThat((request, response) => {
      expect(request.headers.upgrade).toBeUndefined();
      response.end("served");
    });
    const proxy = await proxyTo(origin);
    const lines =
      "Connection: Upgrade, HTTP2-Settings, close\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMA";
    const answer = await exchangeRaw(proxy.port, `GET / HTTP/1.1\r\nHost: a\r\n${lines}\r\n\r\n`);
    expect(answer).toMatch(/^HTTP\/1\.1 200 [^]*served/);
  });

  test("headers that do not arrive in time answer 408", async () => {
    const origin = await upstreamThat((_request, response) => response.end());
    const proxy = await proxyTo(origin, { timeouts: { requestHeadersMilliseconds: 100 } });
    const answer = await exchangeRaw(proxy.port, "GET / HTTP/1.1\r\nHost: a\r\nx: ");
    expect(answer).toMatch(/^HTTP\/1\.1 408 /);
  });
});

describe("refusals of the module", () => {
  const reply: LocalReply = {
    status: 401,
    details: "sallyport{jwt:missing}",
    headers: [
      [":status", "401"],
      ["content-type", "application/json"],
      ["www-authenticate", 'Bearer realm="a"'],
      ["x-two", "1"],
      ["x-two", "2"],
    ],
    body: Buffer.from('{"error":"invalid token"}'),
    grpcStatus: null,
  };
  const refusing = () => passingStream({ requestHeaders: () => ({ kind: "reply", reply }) });

  test("are answered as they are, and the upstream sees nothing", async () => {
    const origin = await upstreamThat(() => expect.unreachable());
    const proxy = await proxyTo(origin, { open: refusing });
    const answer = await exchangeRaw(proxy.port, `GET / HTTP/1.1\r\nHost: a\r\n${CLOSE}`);
    expect(answer).toMatch(/^HTTP\/1\.1 401 Unauthorized\r\n/);
    expect(answer).toContain('www-authenticate: Bearer realm="a"\r\n');
    expect(answer).toContain("x-two: 1\r\nx-two: 2\r\n");
    expect(answer).toContain("content-length: 25\r\n");
    expect(answer).toMatch(/\r\n\r\n\{"error":"invalid token"\}$/);
    await eventually(() => proxy.streams[0]?.closes === 1);
  });

  test("leave the connection usable when the body is small", async () => {
    const origin = await upstreamThat(() => expect.unreachable());
    const proxy = await proxyTo(origin, { open: refusing });
    const first = "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello";
    const answers = await exchangeRaw(proxy.port, `${first}GET / HTTP/1.1\r\nHost: a\r\n${CLOSE}`);
    expect(answers.match(/HTTP\/1\.1 401/g)).toHaveLength(2);
  });

  test("cut a client that goes on sending a large body", async () => {
    const origin = await upstreamThat(() => expect.unreachable());
    const proxy = await proxyTo(origin, { open: refusing });
    const socket = rawClient(proxy.port);
    let answer = "";
    socket.on("data", (piece: Buffer) => {
      answer += piece.toString("latin1");
    });
    socket.write(`POST / HTTP/1.1\r\nHost: a\r\nContent-Length: ${1 << 30}\r\n\r\n`);
    const piece = Buffer.alloc(1 << 16);
    const pump = setInterval(() => socket.writable && socket.write(piece), 1);
    await eventually(() => socket.destroyed || socket.readableEnded);
    clearInterval(pump);
    expect(answer).toMatch(/^HTTP\/1\.1 401 /);
  });

  test("close the connection of a client that waits for 100 Continue", async () => {
    const origin = await upstreamThat(() => expect.unreachable());
    const proxy = await proxyTo(origin, { open: refusing });
    const lines = "Expect: 100-continue\r\nContent-Length: 5\r\n\r\n";
    const answer = await exchangeRaw(proxy.port, `POST / HTTP/1.1\r\nHost: a\r\n${lines}`);
    expect(answer).toMatch(/^HTTP\/1\.1 401 [^]*\r\nconnection: close\r\n/i);
  });

  test("in the response phase replace the upstream's response", async () => {
    const origin = await upstreamThat((_request, response) => response.end("secret"));
    const open = () => passingStream({ responseHeaders: () => ({ kind: "reply", reply }) });
    const proxy = await proxyTo(origin, { open });
    const answer = await exchangeRaw(proxy.port, `GET / HTTP/1.1\r\nHost: a\r\n${CLOSE}`);
    expect(answer).toMatch(/^HTTP\/1\.1 401 /);
    expect(answer).not.toContain("secret");
  });

  test("in the middle of the body end the upload with their answer", async () => {
    const origin = await upstreamThat((request) => request.resume());
    const open = () => passingStream({ requestBody: () => ({ kind: "reply", reply }) });
    const proxy = await proxyTo(origin, { open });
    const head = `POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n${CLOSE}`;
    expect(await exchangeRaw(proxy.port, `${head}hello`)).toMatch(/^HTTP\/1\.1 401 /);
  });
});

describe("failures of the filter never let a request pass", () => {
  const get = `GET / HTTP/1.1\r\nHost: a\r\n${CLOSE}`;

  test("no filter on the worker answers 503", async () => {
    const origin = await upstreamThat(() => expect.unreachable());
    const proxy = await proxyTo(origin, { openStream: () => null });
    expect(await exchangeRaw(proxy.port, get)).toMatch(/^HTTP\/1\.1 503 [^]*filter failed/);
  });

  test("an error of the simulator answers 503 and is logged", async () => {
    const origin = await upstreamThat(() => expect.unreachable());
    const open = () =>
      passingStream({
        requestHeaders: () => {
          throw new Error("not_modelled: proxy_grpc_call");
        },
      });
    const proxy = await proxyTo(origin, { open });
    expect(await exchangeRaw(proxy.port, get)).toMatch(/^HTTP\/1\.1 503 /);
    expect(proxy.log).toEqual(["error gateway: not_modelled: proxy_grpc_call"]);
    await eventually(() => proxy.streams[0]?.closes === 1);
  });

  test("a pause goes on when the module resumes", async () => {
    const origin = await upstreamThat((request, response) => {
      response.end(`saw ${String(request.headers["x-late"])}`);
    });
    const open = () => passingStream({ requestHeaders: () => ({ kind: "paused" }) });
    const proxy = await proxyTo(origin, { open });
    const answer = exchangeRaw(proxy.port, get);
    await eventually(() => proxy.streams.length === 1);
    const stream = proxy.streams[0];
    const headers: HeaderList = [...(stream?.requestMap ?? []), ["x-late", "1"]];
    const result = { kind: "continue" as const, headers, endOfStream: true };
    stream?.resume({ direction: "request", result });
    expect(await answer).toMatch(/saw 1/);
  });

  test("a pause without an end answers 503", async () => {
    const origin = await upstreamThat(() => expect.unreachable());
    const open = () => passingStream({ requestHeaders: () => ({ kind: "paused" }) });
    const proxy = await proxyTo(origin, { open, timeouts: { pauseMilliseconds: 50 } });
    expect(await exchangeRaw(proxy.port, get)).toMatch(/^HTTP\/1\.1 503 /);
  });

  test("a reset cuts the connection without an answer", async () => {
    const origin = await upstreamThat(() => expect.unreachable());
    const open = () =>
      passingStream({ requestHeaders: () => ({ kind: "reset", details: "wasm_close_stream" }) });
    const proxy = await proxyTo(origin, { open });
    expect(await exchangeRaw(proxy.port, get)).toBe("");
  });

  test("a map without :path answers 503", async () => {
    const origin = await upstreamThat(() => expect.unreachable());
    const open = () =>
      passingStream({
        requestHeaders: (headers, endOfStream) => ({
          kind: "continue",
          headers: headers.filter(([name]) => name !== ":path"),
          endOfStream,
        }),
      });
    const proxy = await proxyTo(origin, { open });
    expect(await exchangeRaw(proxy.port, get)).toMatch(/^HTTP\/1\.1 503 /);
  });
});
