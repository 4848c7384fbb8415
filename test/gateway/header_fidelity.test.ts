import { describe, expect, test } from "vitest";
import { exchangeRaw, passingStream, proxyTo, upstreamThat } from "./fixtures.ts";

interface Seen {
  method: string;
  url: string;
  rawHeaders: string[];
}

async function recordingUpstream(): Promise<{ origin: string; seen: Seen[] }> {
  const seen: Seen[] = [];
  const origin = await upstreamThat((request, response) => {
    const { method = "", url = "", rawHeaders } = request;
    seen.push({ method, url, rawHeaders });
    request.resume();
    response.end("ok");
  });
  return { origin, seen };
}

function linesNamed(seen: Seen | undefined, name: string): string[] {
  const raw = seen?.rawHeaders ?? [];
  return raw.filter((_, index) => index % 2 === 1 && raw[index - 1]?.toLowerCase() === name);
}

describe("request headers", () => {
  test("repeated lines stay lines, in order, and bytes above 0x7f stay as they are", async () => {
    const { origin, seen } = await recordingUpstream();
    const proxy = await proxyTo(origin);
    const lines = ["X-A: 1", "x-a: 2", "Cookie: a=1", "cookie: b=2", "x-bytes: \xe9\xff\x80"];
    const head = `GET /p%C3%A4th?q=1 HTTP/1.1\r\nHost: example.test\r\n${lines.join("\r\n")}`;
    await exchangeRaw(proxy.port, `${head}\r\nConnection: close\r\n\r\n`);
    expect(linesNamed(seen[0], "x-a")).toEqual(["1", "2"]);
    expect(linesNamed(seen[0], "cookie")).toEqual(["a=1", "b=2"]);
    expect(linesNamed(seen[0], "x-bytes")).toEqual(["\xe9\xff\x80"]);
    expect(linesNamed(seen[0], "host")).toEqual(["example.test"]);
    expect(seen[0]?.url).toBe("/p%C3%A4th?q=1");
  });

  test("the module sees pseudo headers first and names in lower case", async () => {
    const { origin } = await recordingUpstream();
    const proxy = await proxyTo(origin);
    const lines = ["Host: a.test", "X-Upper: V", "X-Envoy-Internal: true", "Content-Length: 2"];
    const head = `PUT /x HTTP/1.1\r\n${lines.join("\r\n")}\r\n`;
    await exchangeRaw(proxy.port, `${head}Connection: close\r\n\r\nhi`);
    expect(proxy.streams[0]?.requestMap).toEqual([
      [":authority", "a.test"],
      [":path", "/x"],
      [":method", "PUT"],
      [":scheme", "http"],
      ["x-upper", "V"],
      ["content-length", "2"],
      ["x-forwarded-for", "127.0.0.1"],
      ["x-forwarded-proto", "http"],
    ]);
  });

  test("hop-by-hop lines and those that Connection names end here (RFC 9110 §7.6.1)", async () => {
    const { origin, seen } = await recordingUpstream();
    const proxy = await proxyTo(origin);
    const lines = [
      "Connection: close, X-Mine, Host, Content-Length",
      "X-Mine: 1",
      "Keep-Alive: timeout=5",
      "Proxy-Connection: keep-alive",
      "TE: trailers",
      "Trailer: x-end",
      "X-Kept: 1",
    ];
    const head = `GET / HTTP/1.1\r\nHost: a.test\r\n${lines.join("\r\n")}\r\n\r\n`;
    await exchangeRaw(proxy.port, head);
    const names = seen[0]?.rawHeaders.filter((_, index) => index % 2 === 0);
    expect(names).toEqual([
      "host",
      "connection",
      "x-kept",
      "x-forwarded-for",
      "x-forwarded-proto",
      "via",
    ]);
    expect(linesNamed(seen[0], "connection")).toEqual(["keep-alive"]);
  });

  test("a header that the module adds is safe from the client's Connection", async () => {
    const { origin, seen } = await recordingUpstream();
    const proxy = await proxyTo(origin, {
      open: () =>
        passingStream({
          requestHeaders: (headers, endOfStream) => ({
            kind: "continue",
            headers: [...headers, ["x-spiffe-id", "spiffe://example.org/a"]],
            endOfStream,
          }),
        }),
    });
    const head = "GET / HTTP/1.1\r\nHost: a\r\nConnection: close, x-spiffe-id\r\n";
    await exchangeRaw(proxy.port, `${head}X-Spiffe-Id: forged\r\n\r\n`);
    expect(linesNamed(seen[0], "x-spiffe-id")).toEqual(["spiffe://example.org/a"]);
  });

  test("an existing x-forwarded-for is continued with the peer", async () => {
    const { origin, seen } = await recordingUpstream();
    const proxy = await proxyTo(origin);
    const lines = "X-Forwarded-For: 1.1.1.1\r\nX-Forwarded-For: 2.2.2.2\r\nConnection: close";
    await exchangeRaw(proxy.port, `GET / HTTP/1.1\r\nHost: a\r\n${lines}\r\n\r\n`);
    expect(linesNamed(seen[0], "x-forwarded-for")).toEqual(["1.1.1.1, 2.2.2.2, 127.0.0.1"]);
  });

  test("more header lines than Node keeps by default all reach the module", async () => {
    const { origin } = await recordingUpstream();
    const proxy = await proxyTo(origin);
    const lines = Array.from({ length: 2500 }, (_, index) => `h${index}: v`).join("\r\n");
    await exchangeRaw(
      proxy.port,
      `GET / HTTP/1.1\r\nHost: a\r\n${lines}\r\nConnection: close\r\n\r\n`,
    );
    expect(proxy.streams[0]?.requestMap.filter(([name]) => /^h\d/.test(name))).toHaveLength(2500);
  });

  test("an absolute-form target gives path and authority, whatever Host says", async () => {
    const { origin, seen } = await recordingUpstream();
    const proxy = await proxyTo(origin);
    const head = "GET http://b.test:81/x?y HTTP/1.1\r\nHost: a.test\r\nConnection: close\r\n\r\n";
    await exchangeRaw(proxy.port, head);
    expect(seen[0]?.url).toBe("/x?y");
    expect(linesNamed(seen[0], "host")).toEqual(["b.test:81"]);
  });
});

describe("response headers", () => {
  test("repeated lines and bytes come back as sent, hop-by-hop lines do not", async () => {
    const origin = await upstreamThat((_request, response) => {
      const fields = ["Set-Cookie", "a=1", "Set-Cookie", "b=2", "X-Bytes", "\xe9\xff"];
      response.writeHead(203, [...fields, "Connection", "close, X-Hop", "X-Hop", "1"]);
      // Bytes, not text: Node would encode the header lines as it does the text.
      response.end(Buffer.from("body"));
    });
    const proxy = await proxyTo(origin);
    const head = "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";
    const answer = await exchangeRaw(proxy.port, head);
    expect(answer).toMatch(/^HTTP\/1\.1 203 /);
    expect(answer).toContain("set-cookie: a=1\r\nset-cookie: b=2\r\n");
    expect(answer).toContain("x-bytes: \xe9\xff\r\n");
    expect(answer).not.toMatch(/x-hop/i);
    expect(answer).toMatch(/body/);
  });

  test("HEAD, 204 and 304 keep their meaning", async () => {
    const origin = await upstreamThat((request, response) => {
      if (request.method === "HEAD") response.writeHead(200, { "content-length": 1234 });
      else response.writeHead(request.url === "/204" ? 204 : 304, { etag: '"x"' });
      response.end();
    });
    const proxy = await proxyTo(origin);
    const rest = "HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";
    const head = await exchangeRaw(proxy.port, `HEAD / ${rest}`);
    expect(head).toMatch(/content-length: 1234\r\n/);
    expect(head).toMatch(/\r\n\r\n$/);
    expect(await exchangeRaw(proxy.port, `GET /204 ${rest}`)).toMatch(/^HTTP\/1\.1 204 /);
    const notModified = await exchangeRaw(proxy.port, `GET /304 ${rest}`);
    expect(notModified).toMatch(/^HTTP\/1\.1 304 /);
    expect(notModified).toMatch(/etag: "x"/);
    expect(notModified).not.toMatch(/content-length|transfer-encoding/i);
  });
});
