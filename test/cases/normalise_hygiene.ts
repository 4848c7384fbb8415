// Duplicates of singletons, hop-by-hop headers, the preset, and what is no HTTP, end to end.

import type { HeaderList } from "../../host-sim/src/index.ts";
import type { Case, CaseExpectation, CaseStep } from "../support/case.ts";

type Upstream = NonNullable<CaseExpectation["upstream"]>;

const REFUSED: CaseExpectation = {
  status: 400,
  reason: "normalise:header_refused",
  grpcStatus: 3,
  body: '{"error":"bad header"}',
};
const HTTP: Case["protocols"] = ["http1", "http2"];
const HTTP1: Case["protocols"] = ["http1"];
const HTTP2: Case["protocols"] = ["http2", "grpc"];
const CODEC = "Envoy's codecs refuse it before any filter";

function passes(headers: HeaderList, upstream: Upstream): CaseStep {
  return { request: { headers }, expect: { status: 200, reason: null, upstream } };
}

function refused(...headers: HeaderList): CaseStep {
  return { request: { headers }, expect: REFUSED };
}

function lines(name: string, ...values: string[]): HeaderList {
  return values.map((value) => [name, value]);
}

function gone(...names: string[]): CaseStep {
  const headers = names.map((name): [string, string] => [name, "1"]);
  return passes(headers, Object.fromEntries(names.map((name) => [name, null])));
}

function edge(name: string, steps: CaseStep[], more: Partial<Case> = {}): Case {
  return { name, configuration: "untrusted edge", steps, ...more };
}

const TRACEPARENT = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
const AWS =
  "AWS4-HMAC-SHA256 Credential=A/2026/us/s3/aws4_request, SignedHeaders=host;range, Signature=f";

const singletonCases: Case[] = [
  {
    name: "a second line of a singleton is refused or left out",
    configuration: "singletons",
    steps: [
      refused(...lines("x-tenant", "a", "b")),
      refused(...lines("x-tenant", "a", "a")),
      refused(...lines("x_tenant", "a", "b")),
      passes(lines("x-tenant", "a, b"), { "x-tenant": "a, b" }),
      passes([...lines("x-tenant", "a"), ...lines("x_tenant", "b")], { "x-tenant": "a" }),
      passes([...lines("x-a", "1", "2", "3"), ...lines("x-b", "1", "2", "3")], {
        "x-a": "1",
        "x-b": "3",
      }),
      passes([...lines("x_a", "1", "2"), ...lines("x_b", "1", "2")], { "x-a": "1", "x-b": "2" }),
      passes(lines("x-c", "1", "2"), { "x-c": ["1", "2"] }),
    ],
  },
  {
    name: "a line that Envoy has joined to another is seen where the grammar has no comma",
    configuration: "singletons",
    steps: [
      refused(...lines("authorization", "Bearer a", "Bearer b")),
      refused(...lines("authorization", 'Digest a="b"', 'Digest c="d"')),
      refused(...lines("origin", "http://a", "http://b")),
      refused(...lines("if-modified-since", "Sun, 06 Nov 1994", "Mon, 07 Nov 1994")),
      passes(lines("authorization", 'Digest username="a, b", realm = "c"'), {}),
      passes(lines("authorization", AWS), { authorization: AWS }),
      passes(lines("if-modified-since", "Sun, 06 Nov 1994 08:49:37 GMT"), {}),
    ],
  },
  {
    name: "a second content-type is refused, a comma in its quotes is none",
    configuration: "singletons",
    protocols: HTTP,
    steps: [
      refused(...lines("content-type", "text/plain", "text/html")),
      passes(lines("content-type", 'multipart/mixed; boundary="a,\\"b"'), {}),
    ],
  },
];

const hopCases: Case[] = [
  ...["hop by hop kept", "hop by hop stripped"].map((configuration): Case => ({
    name: `connection cannot take away what a section writes (${configuration})`,
    configuration,
    protocols: HTTP1,
    steps: [
      refused(["connection", "upgrade, X-Trace-Id"], ["upgrade", "case"]),
      refused(["connection", "\ttraceparent ,,upgrade"], ["upgrade", "case"]),
      refused(["connection", "upgrade"], ["connection", "x-trace-id"], ["upgrade", "case"]),
      passes([["connection", "x-trace-id, traceparent"]], {
        "x-trace-id": /^[0-9a-f]{32}$/,
        traceparent: /^00-/,
      }),
      passes(
        [
          ["connection", "keep-alive, Upgrade, HTTP2-Settings"],
          ["upgrade", "case"],
        ],
        { upgrade: "case" },
      ),
      {
        request: {
          headers: [
            ["connection", `upgrade${", a".repeat(16)}`],
            ["upgrade", "case"],
          ],
        },
        expect: { status: 431, reason: "headers_too_large" },
      },
    ],
  })),
  {
    name: "what connection names beside an upgrade is stripped",
    configuration: "hop by hop stripped",
    protocols: HTTP1,
    steps: [
      passes(
        [
          ["connection", "Upgrade, X-A, x-forwarded-for, te"],
          ["upgrade", "case"],
          ["x-a", "1"],
          ["x-a", "2"],
          ["x-b", "3"],
          ["te", "trailers"],
        ],
        {
          connection: "upgrade",
          upgrade: "case",
          "x-a": null,
          "x-b": "3",
          "x-forwarded-for": /^[0-9.]+$/,
          te: "trailers",
        },
      ),
      passes(
        [
          ["connection", "close, x-a"],
          ["x-a", "1"],
        ],
        { "x-a": null },
      ),
    ],
  },
  {
    name: "hop-by-hop headers that reach a filter are stripped",
    configuration: "hop by hop stripped",
    steps: [gone("proxy-authorization", "proxy-authenticate", "http2-settings")],
  },
  {
    name: "they can be kept",
    configuration: "hop by hop kept",
    steps: [passes([["proxy-authorization", "a"]], { "proxy-authorization": "a" })],
  },
  {
    name: "what connection names beside an upgrade goes on when it is kept",
    configuration: "hop by hop kept",
    protocols: HTTP1,
    steps: [
      passes(
        [
          ["connection", "upgrade, x-a"],
          ["upgrade", "case"],
          ["x-a", "1"],
        ],
        { connection: "upgrade, x-a", "x-a": "1" },
      ),
    ],
  },
];

const presetCases: Case[] = [
  edge("what vouches for a client is stripped", [
    gone(
      "x-spiffe-id",
      "x-jwt-payload",
      "x-user-role",
      "x-auth-request-email",
      "x-forwarded-host",
      "x-forwarded-port",
      "x-forwarded-prefix",
      "x-forwarded-user",
      "forwarded",
      "x-real-ip",
      "true-client-ip",
      "cf-connecting-ip",
      "x-original-url",
      "x-rewrite-url",
      "x-http-method-override",
      "x-amzn-oidc-data",
      "x-envoy-original-dst-host",
      "x-envoy-peer-metadata-id",
      "x-remote-user",
      "remote-user",
      "ssl-client-verify",
      "client-cert",
      "x-goog-iap-jwt-assertion",
      "x-ms-client-principal-id",
      "proxy",
      "proxy-authorization",
    ),
    gone("x_user_role", "x_real_ip", "x-auth_email", "x_forwarded_host", "x_original_url"),
  ]),
  {
    name: "a trace stays where no section is about traces",
    configuration: "untrusted edge without trace",
    steps: [passes([["x-amzn-trace-id", "Root=1"]], { "x-amzn-trace-id": "Root=1" })],
  },
  edge("the rest stays", [
    passes(
      [
        ["x-user-agent", "grpc-web-javascript/0.1"],
        ["x-userland", "1"],
        ["x-auth", "1"],
        ["traceparent", TRACEPARENT],
        ["baggage", "a=b"],
        ["accept", "a, b"],
        ["x-empty", ""],
        ["x-obs", "\x80\xff a\tb"],
      ],
      {
        "x-user-agent": "grpc-web-javascript/0.1",
        "x-userland": "1",
        "x-auth": "1",
        traceparent: /^00-0af7651916cd43dd8448eb211c80319c-/,
        baggage: "a=b",
        accept: "a, b",
        "x-empty": "",
        "x-obs": "\x80\xff a\tb",
        "x-forwarded-for": /^[0-9.]+$/,
        "x-forwarded-proto": "http",
        "x-request-id": /./,
      },
    ),
  ]),
  edge("a mapping takes what it names, and alone writes its target", [
    passes(
      [
        ["x-auth-ticket", "7"],
        ["x-user-id", "forged"],
      ],
      { "x-user-id": "7", "x-auth-ticket": null },
    ),
    passes([["x-user-id", "forged"]], { "x-user-id": null }),
  ]),
  edge("a second line of a singleton is refused", [
    refused(...lines("date", "a", "b")),
    refused(...lines("range", "bytes=0-1", "bytes=2-3")),
    refused(...lines("dpop", "a", "a")),
    refused(...lines("authorization", "Basic YTpi", "Basic YTpj")),
    refused(...Array.from({ length: 90 }, (): [string, string] => ["max-forwards", "1"])),
    passes(lines("traceparent", TRACEPARENT, TRACEPARENT), { traceparent: /^00-/ }),
    passes(lines("x-many", ..."a".repeat(80)), { "x-many": [..."a".repeat(80)] }),
  ]),
  edge("a second grpc-timeout is refused", [refused(...lines("grpc-timeout", "1S", "2S"))], {
    protocols: ["grpc"],
  }),
  edge(
    "a host that readers could take for several is refused",
    ["a,b", "a.test:80:80", "a.test:x", "[::1", "*", "a%41"].map((authority) => ({
      request: { authority },
      expect: REFUSED,
    })),
  ),
  edge(
    "so is one with an @, none, and a second one",
    [
      { request: { authority: "a@b" }, expect: REFUSED },
      { request: { authority: "" }, expect: REFUSED },
      refused(["host", "b.test"]),
      refused(["host", "example.test"]),
    ],
    { protocols: HTTP1 },
  ),
  edge(
    "whitespace around a value is refused where the codec leaves it",
    [refused(["x-a", " a"]), refused(["x-a", "a\t"]), refused(["x-a", " "])],
    { protocols: HTTP2 },
  ),
  edge(
    "control characters and names that are no tokens are refused",
    [
      ...["a\x00", "a\x01b", "\x1f", "a\x7fb", "a\rb", "a\nb", "a\r\nx-b: 1"].map((value) =>
        refused(["x-a", value]),
      ),
      ...["x a", "x:a", "x(a", "x\x01", "x\x80", ""].map((name) => refused([name, "1"])),
      refused(["x-real-ip", "a\nb"]),
    ],
    { simulatorOnly: CODEC },
  ),
  edge(
    "a content-length that is no number, or comes twice, is refused",
    [
      ...["+5", "-1", "", "5, 5", "0x5", "5 "].map((value) => refused(["content-length", value])),
      refused(...lines("content-length", "5", "5")),
    ],
    { simulatorOnly: CODEC },
  ),
];

export const normaliseHygieneCases: Case[] = [...singletonCases, ...hopCases, ...presetCases];
