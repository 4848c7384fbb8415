// Which rule a request falls under: by every kind of path, by method, host and headers; and what
// preflights need.

import type { HeaderList } from "../../host-sim/src/index.ts";
import type { Case, CaseExpectation, CaseRequest } from "../support/case.ts";
import { bearer, one, passes, refused } from "./jwt_expectations.ts";
import { token } from "./jwt_tokens.ts";

const GOOD = await token();
const HTTP = ["http1", "http2"] as const;
const MISSING = refused("jwt:missing");
const DISPUTED = refused("jwt:path_refused");

const path = (configuration: string, expect: CaseExpectation, ...paths: string[]): Case[] =>
  paths.map((each) => one(`a path: ${each}`, configuration, { path: each }, expect));

const PATHS = "jwt matching paths";
const ENDS = "jwt matching ends of paths";

const paths: Case[] = [
  ...path(PATHS, passes(), "/exact", "/ex%61ct?q", "/a/../exact", "/exact/slash/"),
  ...path(PATHS, MISSING, "/exact/", "/exact/a", "/exactly", "/Exact", "/exact/slash", "/"),
  ...path(PATHS, passes(), "/v1/a/orders/1", "/v1/%61/orders/%31?q", "/v1/a%20b/orders/..1"),
  ...path(PATHS, MISSING, "/v1/a/orders", "/v1/a/orders/", "/v1/a/orders/1/2", "/v1/a/orders/1/"),
  ...path(PATHS, MISSING, "/v1/a/order/1", "/v1/a/orders1/1", "/v1/orders/1", "/v1/a/b/orders/1"),
  ...path(PATHS, passes(), "/v2/a", "/v2/%7Btenant%7D"),
  ...path(PATHS, MISSING, "/v2", "/v2/", "/v2/a/", "/v1/a/orders/../x/1"),
  ...path(
    PATHS,
    DISPUTED,
    "/v1//orders/1",
    "/v1/a;b/orders/1",
    "/v1/a/orders/1;x",
    "/v1/a%2fb/orders/1",
  ),
  ...path(PATHS, MISSING, "/a/b/c/d/e;x", "/a/b/c/d//e"),
  ...path(ENDS, passes(), "/.well-known/jwks.json", "/a/b/.well-known/jwks.json?x"),
  ...path(ENDS, MISSING, "/jwks.json", "/a.well-known/jwks.json", "/.well-known/jwks.json/"),
  ...path(ENDS, MISSING, "/a?/.well-known/jwks.json", "/.well-known/Jwks.json"),
  ...path(ENDS, passes(), "/files/a", "/files/a/", "/files/a/b/c", "/files/a/b/../c"),
  ...path(ENDS, MISSING, "/files", "/files/", "/file/a/b", "/files/../a/b"),
  ...path(ENDS, DISPUTED, "/files/a/b/c//d", "/a/b/c/d;x", "/x/..;/files/a", "/files/a/%2e%2e%2fb"),
  ...path(ENDS, DISPUTED, "/a;/.well-known/jwks.json", "/a/.well-known/jwks.json;x", "//files/a"),
];

const method = (name: string, request: CaseRequest, expect: CaseExpectation): Case =>
  one(name, "jwt matching methods", request, expect, HTTP);

const methods: Case[] = [
  method("a method that is listed", { path: "/read/a" }, passes()),
  method("another one", { path: "/read/a", method: "DELETE" }, MISSING),
  method("OPTIONS is a method like any other", { path: "/read/a", method: "OPTIONS" }, MISSING),
  method("the path counts as well", { path: "/a" }, MISSING),
  method("a method wherever the path is", { path: "/a", method: "PUT" }, passes()),
  method(
    "a path that cannot be read counts all the same",
    { path: "/a%2f", method: "PUT" },
    DISPUTED,
  ),
  one("gRPC is POST", "jwt matching methods", { path: "/read/a" }, MISSING, ["grpc"]),
];

const host = (authority: string, expect: CaseExpectation): Case =>
  one(`a host: ${authority}`, "jwt matching hosts", { authority }, expect);

const hosts: Case[] = [
  ...["open.example.org", "OPEN.example.org:8443", "open.example.org.", "[::1]", "[::1]:80"].map(
    (authority) => host(authority, passes()),
  ),
  ...["a.public.example.org", "a.b.PUBLIC.example.org:1"].map((authority) =>
    host(authority, passes()),
  ),
  ...["example.org", "xopen.example.org", "open.example.org.evil.test", "a.open.example.org"].map(
    (authority) => host(authority, MISSING),
  ),
  ...["public.example.org", "xpublic.example.org", "[::2]", "a..org"].map((authority) =>
    host(authority, MISSING),
  ),
  ...["open.example.org:x", "open%2eexample.org"].map((authority) => host(authority, DISPUTED)),
  // Envoy's codec for HTTP/2 refuses it first.
  { ...host("user@open.example.org", DISPUTED), protocols: ["http1"] },
];

const headers = (name: string, list: HeaderList, expect: CaseExpectation, at = "/"): Case =>
  one(name, "jwt matching headers", { path: at, headers: list }, expect);

const conditions: Case[] = [
  headers("a value", [["x-kind", "open"]], passes({ "x-kind": "open" })),
  headers("another value", [["x-kind", "Open"]], MISSING),
  headers("a longer value", [["x-kind", "opened"]], MISSING),
  headers(
    "a value twice",
    [
      ["x-kind", "open"],
      ["x-kind", "open"],
    ],
    MISSING,
  ),
  headers("a value in a list", [["x-kind", "open, shut"]], MISSING),
  headers(
    "two conditions",
    [
      ["x-kind", "public"],
      ["x-extra", ""],
    ],
    passes(),
  ),
  headers("one of two conditions", [["x-kind", "public"]], MISSING),
  headers(
    "a header that is there twice",
    [
      ["x-kind", "public"],
      ["x-extra", "1"],
      ["x-extra", "2"],
    ],
    MISSING,
  ),
  headers("a header that must be absent", [], passes(), "/bare"),
  headers("and is not", [["x-kind", "a"]], MISSING, "/bare"),
  one(
    "a mapped header",
    "jwt matching headers behind a mapping",
    { headers: [["legacy-kind", "open"]] },
    passes({ "x-kind": "open" }),
  ),
  one(
    "a header whose name had an underscore",
    "jwt matching headers behind a mapping",
    { headers: [["x_kind", "open"]] },
    passes({ "x-kind": "open", x_kind: null }),
  ),
];

const SPOOFED: HeaderList = [
  ["x-user", "root"],
  ["x_user", "root"],
  ["x-level", "9"],
];
const CLEAN = { "x-user": null, x_user: null, "x-level": null };
const ORIGIN: HeaderList = [["origin", "https://shop.test"]];
const ASKS: HeaderList = [["access-control-request-method", "PUT"]];

const preflight = (
  name: string,
  list: HeaderList,
  expect: CaseExpectation,
  changed: CaseRequest = {},
): Case =>
  one(name, "jwt with preflights", { method: "OPTIONS", headers: list, ...changed }, expect, HTTP);

const preflights: Case[] = [
  preflight("a preflight", [...ORIGIN, ...ASKS], passes()),
  preflight(
    "with headers that are not the client's",
    [...ORIGIN, ...ASKS, ...SPOOFED],
    passes(CLEAN),
  ),
  {
    ...preflight("in upper case", [...ORIGIN, ...ASKS, ["X-User", "root"]], passes(CLEAN)),
    protocols: ["http1"],
  },
  preflight(
    "with a token, which nobody looks at",
    [...ORIGIN, ...ASKS, ...bearer("x")],
    passes({ ...CLEAN, authorization: null }),
  ),
  preflight("without an origin", ASKS, MISSING),
  preflight("with an empty origin", [["origin", ""], ...ASKS], MISSING),
  preflight("without a method", ORIGIN, MISSING),
  preflight("with an empty method", [...ORIGIN, ["access-control-request-method", ""]], MISSING),
  preflight("with two methods", [...ORIGIN, ...ASKS, ...ASKS], MISSING),
  preflight("of another method", [...ORIGIN, ...ASKS], MISSING, { method: "POST" }),
  preflight("where they are checked", [...ORIGIN, ...ASKS], MISSING, { path: "/checked" }),
  preflight("with a path that cannot be read", [...ORIGIN, ...ASKS], DISPUTED, { path: "/%2f" }),
  preflight("no preflight, and a good token", bearer(GOOD), passes({ "x-user": "alice" })),
];

export const jwtMatchingCases: Case[] = [
  ...paths,
  ...methods,
  ...hosts,
  ...conditions,
  ...preflights,
];
