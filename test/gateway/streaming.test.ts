import { createHash, randomBytes } from "node:crypto";
import { request as httpRequest } from "node:http";
import { Readable } from "node:stream";
import { describe, expect, test } from "vitest";
import {
  eventually,
  exchangeRaw,
  passingStream,
  proxyTo,
  rawClient,
  upstreamThat,
} from "./fixtures.ts";

const MEBIBYTE = 1 << 20;

function* pieces(count: number, piece: Buffer): Generator<Buffer> {
  for (let index = 0; index < count; index += 1) yield piece;
}

describe("bodies", () => {
  test("64 MiB each way arrive whole", async () => {
    const origin = await upstreamThat((request, response) => {
      response.writeHead(200, { "content-length": request.headers["content-length"] });
      request.pipe(response);
    });
    const proxy = await proxyTo(origin);
    const piece = randomBytes(MEBIBYTE);
    const sent = createHash("sha256");
    for (const part of pieces(64, piece)) sent.update(part);
    const received = createHash("sha256");
    await new Promise<void>((resolve, reject) => {
      const headers = { "content-length": 64 * MEBIBYTE };
      const request = httpRequest(`${proxy.origin}/`, { method: "POST", headers }, (response) => {
        response.on("data", (part: Buffer) => received.update(part));
        response.on("end", resolve);
        response.on("error", reject);
      });
      request.on("error", reject);
      Readable.from(pieces(64, piece)).pipe(request);
    });
    expect(received.digest("hex")).toBe(sent.digest("hex"));
  });

  test("an upstream that does not read stops the client", async () => {
    const origin = await upstreamThat((request) => request.pause());
    const proxy = await proxyTo(origin);
    const socket = rawClient(proxy.port);
    socket.write("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n");
    const chunk = Buffer.concat([
      Buffer.from("10000\r\n"),
      Buffer.alloc(65536),
      Buffer.from("\r\n"),
    ]);
    const pump = setInterval(() => {
      while (socket.writableLength < MEBIBYTE) socket.write(chunk);
    }, 5);
    await new Promise((resolve) => setTimeout(resolve, 700));
    clearInterval(pump);
    const accepted = socket.bytesWritten - socket.writableLength;
    // Socket buffers of two connections; without backpressure it would be hundreds of megabytes.
    expect(accepted).toBeLessThan(32 * MEBIBYTE);
  });

  test("a client that does not read stops the upstream", async () => {
    let written = 0;
    const origin = await upstreamThat((_request, response) => {
      const chunk = Buffer.alloc(65536);
      const more = (): void => {
        while (!response.destroyed) {
          written += chunk.length;
          if (!response.write(chunk)) break;
        }
        response.once("drain", more);
      };
      more();
    });
    const proxy = await proxyTo(origin);
    const socket = rawClient(proxy.port);
    socket.pause();
    socket.write("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    await eventually(() => written > 0);
    await new Promise((resolve) => setTimeout(resolve, 700));
    expect(written).toBeLessThan(32 * MEBIBYTE);
  });

  test("a piece goes out before the next one exists", async () => {
    const origin = await upstreamThat((_request, response) => {
      response.write("first");
    });
    const proxy = await proxyTo(origin);
    const socket = rawClient(proxy.port);
    let answer = "";
    socket.on("data", (piece: Buffer) => {
      answer += piece.toString("latin1");
    });
    socket.write("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    await eventually(() => answer.includes("first"));
  });

  test("chunked requests stay chunked, sized ones sized", async () => {
    const seen: string[] = [];
    const origin = await upstreamThat((request, response) => {
      const { "content-length": length, "transfer-encoding": coding } = request.headers;
      seen.push(`${String(length)} ${String(coding)}`);
      request.pipe(response);
    });
    const proxy = await proxyTo(origin);
    const head = "POST / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n";
    const chunked = "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n";
    expect(await exchangeRaw(proxy.port, `${head}${chunked}`)).toMatch(/abc/);
    await exchangeRaw(proxy.port, `${head}Content-Length: 3\r\n\r\nabc`);
    await exchangeRaw(proxy.port, `${head}Content-Length: 0\r\n\r\n`);
    expect(seen).toEqual(["undefined chunked", "3 undefined", "0 undefined"]);
  });

  test("100 Continue is sent when the upstream takes the body", async () => {
    const origin = await upstreamThat((request, response) => {
      expect(request.headers.expect).toBeUndefined();
      request.pipe(response);
    });
    const proxy = await proxyTo(origin);
    const lines = "Expect: 100-continue\r\nContent-Length: 3\r\nConnection: close\r\n\r\n";
    const answer = await exchangeRaw(proxy.port, `POST / HTTP/1.1\r\nHost: a\r\n${lines}abc`);
    expect(answer).toMatch(/^HTTP\/1\.1 100 Continue\r\n\r\nHTTP\/1\.1 200 [^]*abc/);
  });

  test("trailers of a response reach the client", async () => {
    const origin = await upstreamThat((_request, response) => {
      response.writeHead(200, { trailer: "x-end" });
      response.write("body");
      response.addTrailers({ "x-end": "done" });
      response.end();
    });
    const proxy = await proxyTo(origin);
    const head = "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";
    const answer = await exchangeRaw(proxy.port, head);
    expect(answer).toMatch(/trailer: x-end\r\n/);
    expect(answer).toMatch(/body\r\n0\r\nx-end: done\r\n\r\n$/);
  });

  test("a body that the module collects is sent when it lets go", async () => {
    const collected: Uint8Array[] = [];
    const open = () =>
      passingStream({
        requestBody: (chunk, endOfStream) => {
          collected.push(chunk);
          if (!endOfStream) return { kind: "paused" };
          const body = Buffer.concat(collected);
          return { kind: "continue", headers: [], body, endOfStream };
        },
      });
    const origin = await upstreamThat((request, response) => request.pipe(response));
    const proxy = await proxyTo(origin, { open });
    const head = "POST / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n";
    const chunked = "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n3\r\ndef\r\n0\r\n\r\n";
    expect(await exchangeRaw(proxy.port, `${head}${chunked}`)).toMatch(/abcdef/);
  });
});

describe("whoever leaves", () => {
  test("a client that goes while the upstream thinks ends the upstream's request", async () => {
    let upstreamClosed = false;
    let upstreamStarted = false;
    const origin = await upstreamThat((_request, response) => {
      upstreamStarted = true;
      response.on("close", () => {
        upstreamClosed = true;
      });
    });
    const proxy = await proxyTo(origin);
    const socket = rawClient(proxy.port);
    socket.write("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    await eventually(() => upstreamStarted);
    socket.destroy();
    await eventually(() => upstreamClosed);
    await eventually(() => proxy.streams[0]?.closes === 1);
    expect(proxy.log).toEqual([]);
  });

  test("a client that goes in the middle of its body ends the upstream's request", async () => {
    let upstreamAborted = false;
    const origin = await upstreamThat((request) => {
      request.on("error", () => {
        upstreamAborted = true;
      });
      request.resume();
    });
    const proxy = await proxyTo(origin);
    const socket = rawClient(proxy.port);
    socket.write("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\nhello");
    await eventually(() => proxy.streams.length === 1);
    await new Promise((resolve) => setTimeout(resolve, 50));
    socket.destroy();
    await eventually(() => upstreamAborted);
    await eventually(() => proxy.streams[0]?.closes === 1);
  });

  test("a client that goes in the middle of the response ends the upstream's", async () => {
    let upstreamClosed = false;
    const origin = await upstreamThat((_request, response) => {
      const timer = setInterval(() => response.write(Buffer.alloc(1024)), 1);
      response.on("close", () => {
        clearInterval(timer);
        upstreamClosed = true;
      });
    });
    const proxy = await proxyTo(origin);
    const socket = rawClient(proxy.port);
    socket.once("data", () => socket.destroy());
    socket.write("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    await eventually(() => upstreamClosed);
    await eventually(() => proxy.streams[0]?.closes === 1);
  });

  test("an upstream that breaks off its body breaks off the client's", async () => {
    const origin = await upstreamThat((_request, response) => {
      response.writeHead(200, { "content-length": 100 });
      response.write("half", () => response.destroy());
    });
    const proxy = await proxyTo(origin);
    const answer = await exchangeRaw(proxy.port, "GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    expect(answer).toMatch(/content-length: 100\r\n[^]*half$/);
    await eventually(() => proxy.streams[0]?.closes === 1);
  });

  test("an upstream that answers early and leaves the body does not hang the client", async () => {
    const origin = await upstreamThat((_request, response) => {
      response.writeHead(413, { connection: "close", "content-length": 0 });
      response.end();
    });
    const proxy = await proxyTo(origin);
    const socket = rawClient(proxy.port);
    let answer = "";
    socket.on("data", (piece: Buffer) => {
      answer += piece.toString("latin1");
    });
    socket.write("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1000\r\n\r\npart");
    await eventually(() => answer.startsWith("HTTP/1.1 413 "));
    await eventually(() => proxy.streams[0]?.closes === 1);
    await eventually(() => socket.destroyed || socket.readableEnded);
  });
});

describe("an upstream that is not there", () => {
  const get = "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";

  test("refusing connections answers 502", async () => {
    const proxy = await proxyTo("http://127.0.0.1:1");
    const answer = await exchangeRaw(proxy.port, get);
    expect(answer).toMatch(/^HTTP\/1\.1 502 [^]*\{"error":"upstream unreachable"\}\n$/);
    expect(proxy.log.join()).toMatch(/upstream: connect ECONNREFUSED 127\.0\.0\.1:1/);
  });

  test("closing without an answer answers 502", async () => {
    const origin = await upstreamThat((request) => request.socket.destroy());
    const proxy = await proxyTo(origin);
    expect(await exchangeRaw(proxy.port, get)).toMatch(/^HTTP\/1\.1 502 /);
  });

  test("not answering in time answers 504", async () => {
    const origin = await upstreamThat(() => undefined);
    const proxy = await proxyTo(origin, { timeouts: { headersMilliseconds: 100 } });
    const answer = await exchangeRaw(proxy.port, get);
    expect(answer).toMatch(/^HTTP\/1\.1 504 [^]*\{"error":"upstream timeout"\}\n$/);
  });

  test("the refusal passes the module's response phase", async () => {
    const open = () =>
      passingStream({
        responseHeaders: (headers, endOfStream) => ({
          kind: "continue",
          headers: [...headers, ["x-seen", "1"]],
          endOfStream,
        }),
      });
    const proxy = await proxyTo("http://127.0.0.1:1", { open });
    expect(await exchangeRaw(proxy.port, get)).toMatch(/^HTTP\/1\.1 502 [^]*x-seen: 1/);
  });
});

describe("closing", () => {
  test("lets a request in flight end and refuses new ones", async () => {
    const origin = await upstreamThat((_request, response) => {
      setTimeout(() => response.end("late"), 150);
    });
    const proxy = await proxyTo(origin);
    const answer = exchangeRaw(proxy.port, "GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    await eventually(() => proxy.streams.length === 1);
    await proxy.close();
    expect(await answer).toMatch(/late/);
    expect(await exchangeRaw(proxy.port, "GET / HTTP/1.1\r\nHost: a\r\n\r\n")).toBe("");
  });

  test("cuts a request that does not end", async () => {
    const origin = await upstreamThat(() => undefined);
    const proxy = await proxyTo(origin, { timeouts: { closeMilliseconds: 50 } });
    const answer = exchangeRaw(proxy.port, "GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    await eventually(() => proxy.streams.length === 1);
    await proxy.close();
    expect(await answer).toBe("");
    await eventually(() => proxy.streams[0]?.closes === 1);
  });
});
