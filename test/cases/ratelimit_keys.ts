// Which requests share a bucket. Every case has buckets of its own, of one request unless it says
// otherwise.

import type { Case, CaseExpectation, CaseRequest, CaseStep } from "../support/case.ts";

const PASSES: CaseExpectation = { status: 200, reason: null };
export const REFUSED: CaseExpectation = {
  status: 429,
  reason: "ratelimit:limited",
  grpcStatus: 8,
  response: { "ratelimit-policy": '"k";q=1' },
};
export const passes = (request: CaseRequest): CaseStep => ({ request, expect: PASSES });
export const refused = (request: CaseRequest): CaseStep => ({ request, expect: REFUSED });
const at = (path: string): CaseRequest => ({ path });
export const with_ = (...headers: [string, string][]): CaseRequest => ({ headers });
export const user = (...names: string[]): CaseRequest =>
  with_(...names.map((name): [string, string] => ["x-user", name]));
const cookies = (...lines: string[]): CaseRequest =>
  with_(...lines.map((line): [string, string] => ["cookie", line]));
export const from = (addresses: string): CaseRequest => with_(["x-forwarded-for", addresses]);

const LONG = "x".repeat(8000);

export const rateLimitKeyCases: Case[] = [
  {
    name: "a parameter is one however it is written",
    configuration: "one by parameter",
    steps: [
      passes(at("/?id=a")),
      refused(at("/other?x=1&id=a")),
      refused(at("/?i%64=%61")),
      passes(at("/?id=A")),
      passes(at("/?ID=a&id=b")),
      refused(at("/?id=b&ID=c")),
      passes(at("/?id=a+b")),
      refused(at("/?id=a%20b")),
      refused(at("/?id=a%2Bb")),
      refused(at("/?id=a%2bb")),
      passes(at("/?id=%zz")),
      refused(at("/?id=%25zz")),
    ],
  },
  {
    name: "parameters that are missing, empty or there twice share a bucket",
    configuration: "one by parameter",
    steps: [
      passes(at("/")),
      ...["/?", "/?id", "/?id=", "/?id=&x", "/?id=a&id=b", "/?id=a&id=a", "/id=a"].map((path) =>
        refused(at(path)),
      ),
      passes(at("/?id=a")),
    ],
  },
  {
    name: "a cookie is one wherever it stands",
    configuration: "one by cookie",
    steps: [
      passes(cookies("id=a; x=1")),
      refused(cookies("x=1;id=a")),
      refused(cookies('x=1; id = "a" ')),
      refused(cookies("x=1", "id=a")),
      passes(cookies("id=A")),
      passes(cookies("ID=a; id=b")),
    ],
  },
  {
    name: "cookies that are missing, empty or there twice share a bucket",
    configuration: "one by cookie",
    steps: [
      passes({}),
      ...["x=1", "id=", "id", 'id=""', "id=a; id=b", "xid=a"].map((line) => refused(cookies(line))),
      refused(cookies("id=a", "id=b")),
      passes(cookies("id=a")),
    ],
  },
  {
    name: "each method has a bucket",
    configuration: "one by method",
    protocols: ["http1", "http2"],
    steps: [
      passes({ method: "GET" }),
      refused({ method: "GET", path: "/other" }),
      passes({ method: "DELETE" }),
      refused({ method: "DELETE" }),
    ],
  },
  {
    name: "a method is one in upper and in lower case",
    configuration: "one by method",
    protocols: ["http1"],
    simulatorOnly: "its HTTP/1 codec knows methods in upper case",
    steps: [passes({ method: "GET" }), refused({ method: "get" }), refused({ method: "Get" })],
  },
  {
    name: "a host is one however it is written",
    configuration: "one by host",
    steps: [
      passes({ authority: "example.test" }),
      refused({ authority: "EXAMPLE.test" }),
      refused({ authority: "example.test:8080" }),
      refused({ authority: "example.test." }),
      passes({ authority: "other.test" }),
      passes({ authority: "[::1]:80" }),
      refused({ authority: "[::1]" }),
    ],
  },
  {
    name: "hosts that are none share a bucket",
    configuration: "one by host",
    simulatorOnly: "its codecs refuse most of these",
    steps: [
      passes({ authority: "a b" }),
      ...["a,b", "user@a", "a:b", "[::1", "", "h".repeat(256)].map((authority) =>
        refused({ authority }),
      ),
      passes({ authority: "h".repeat(255) }),
    ],
  },
  {
    name: "a path is one with and without a slash at its end",
    configuration: "one by path",
    steps: [
      passes(at("/a")),
      refused(at("/a/")),
      refused(at("/%61/?x")),
      refused(at("/a/.")),
      passes(at("/a/b")),
      passes(at("/")),
    ],
  },
  {
    name: "paths that servers read differently share a bucket",
    configuration: "one by path",
    steps: [
      passes(at("//a")),
      ...["/a//", "/a//b", "/a;x", "/a;y/b", "/%zz", "/..", "/a%2fb"].map((path) =>
        refused(at(path)),
      ),
    ],
  },
  {
    name: "what stands for a name in a path counts",
    configuration: "one by tenant in the path",
    steps: [
      passes(at("/v1/acme/a")),
      refused(at("/v1/acme/b")),
      refused(at("/v1/acme/b/?x")),
      refused(at("/v1/ac%6de/c")),
      passes(at("/v1/other/a")),
      passes(at("/v1/ACME/a")),
    ],
  },
  {
    name: "paths that do not fit a template share a bucket",
    configuration: "one by tenant in the path",
    steps: [
      passes(at("/v2/acme/a")),
      ...["/", "/v1", "/v1/acme", "/v1/acme/", "/v1/acme/a/b", "/v1//a", "/v1/a;b/c"].map((path) =>
        refused(at(path)),
      ),
      passes(at("/v1/acme/a")),
    ],
  },
  {
    name: "all names in a path count, and what does not fit is skipped",
    configuration: "one by two names in the path",
    steps: [
      passes(at("/a/b")),
      refused(at("/a/b/c/d")),
      refused(at("/a/b//d;e")),
      passes(at("/a/c")),
      passes(at("/ab/c")),
      passes({ path: "/a", repeat: 3 }),
      // Some servers take these for /a/d and /a/e.
      passes(at("/a;x/d")),
      refused(at("//a/e")),
      refused(at("/a/%zz")),
    ],
  },
  {
    name: "a limit is skipped for a path that fits a template for no reader",
    configuration: "one by tenant in the path, skipped elsewhere",
    steps: [
      passes({ ...at("/v2/acme"), repeat: 3 }),
      passes({ ...at("/v2//acme"), repeat: 3 }),
      passes({ ...at("/v2/a;b"), repeat: 3 }),
      passes({ ...at("/v1/acme/a/b"), repeat: 3 }),
      passes(at("/v1;x/acme/a")),
      refused(at("/v1//acme/a")),
      refused(at("/v1/acme//a")),
      refused(at("/v1/acme/a//")),
      refused(at("//v1/acme/a")),
      refused(at("/v2/../v1;x/acme/a")),
      passes(at("/v1/acme/a")),
      refused(at("/v1/acme/a/")),
    ],
  },
  {
    name: "addresses count by their networks",
    configuration: "one by network",
    steps: [
      passes(from("198.51.100.1")),
      refused(from("198.51.100.254")),
      refused(from("::ffff:198.51.100.7")),
      passes(from("198.51.101.1")),
      passes(from("2001:db8:1:2::1")),
      refused(from("[2001:db8:1:ffff::1]:80")),
      passes(from("2001:db8:2::1")),
    ],
  },
  {
    name: "what clients say of their address does not count",
    configuration: "one by the last proxy's word",
    steps: [
      passes(from("198.51.100.1")),
      refused(from("198.51.100.2")),
      refused(from("203.0.113.1, 198.51.100.3")),
      refused(from("unknown")),
      refused({}),
    ],
  },
  {
    name: "values are told apart from their neighbours",
    configuration: "one by two headers",
    steps: [
      passes(with_(["x-a", "a"], ["x-b", "bc"])),
      refused(with_(["x-b", "bc"], ["x-a", "a"])),
      passes(with_(["x-a", "ab"], ["x-b", "c"])),
      passes(with_(["x-a", "abc"])),
      passes(with_(["x-b", "abc"])),
      passes({}),
    ],
  },
  {
    name: "long, binary and joined values are values",
    configuration: "one by two headers",
    steps: [
      passes(with_(["x-a", `${LONG}1`])),
      passes(with_(["x-a", `${LONG}2`])),
      refused(with_(["x-a", `${LONG}1`])),
      passes(with_(["x-a", "\x80\xff"])),
      passes(with_(["x-a", "\x80\xfe"])),
      refused(with_(["x-a", "\x80\xff"])),
      passes(with_(["x-a", "a, b"])),
      passes(with_(["x-a", "a"])),
      // Two lines share a bucket with no line.
      passes(with_(["x-a", "a"], ["x-a", "b"])),
      refused(with_(["x-a", "c"], ["x-a", "d"])),
      refused({}),
    ],
  },
  {
    name: "no key is one bucket",
    configuration: "one for all",
    steps: [passes({}), refused(user("a"))],
  },
];
