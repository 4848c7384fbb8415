// Header rules that are refused at configure: where, what was found, what is allowed. MODULE marks
// those of which the published schema knows nothing.

export type RefusedRule = [
  section: object,
  path: string,
  found: string,
  allowed: string,
  by?: typeof MODULE,
];

export const MODULE = "module";

const NAME = "a header name in letters, digits and - (no _, it also stands for the one with -)";
const UNRESERVED = "a header that the protocol does not need itself";
const TRAILER = "a trailer that gRPC does not need itself";
const NAMES = "a header name in letters, digits and -, or one with a * at its beginning or its end";
const ONE = "the name of one header, without a *";
const STAR = "a name with a * where header has one";
const ONE_WAY = "at least one of to, apply, lines";
const JOINABLE = "a header whose lines can be joined, which those of set-cookie cannot";
const CONDITIONS = "grpc, prefix, path, template, suffix, methods, hosts, headers, claims";
const NO_TOKENS = "claims only with a jwt section";
const VERBS = "rename, map, remove, set, add, append, rewrite, dedupe";
const ONE_TEST = "one of exact, prefix, suffix, contains, pattern";
const TEXT = "a text of 0 to 8192 bytes";
const APART = "wildcards with something between them";
const CAPTURE = "{name} or {name**}, with a name of a-z, 0-9 and _ that begins with a letter";
const ESCAPE = "\\*, \\{, \\}, \\\\";
const NO_ESCAPE = "a \\ that is before none of * { } \\";
const PLAIN = "a text without control characters";
const SEGMENTS = "{path:1} to {path:32}";
const PARAMETER = "a name in letters, digits and - . _ ~";
const PARTS = "{header:…}, {claim:…}, {path:…}, {query:…}, {host}, {method}, a capture of pattern";

const OTHER_PARTS = "{header:…}, a capture of pattern";
const OPERATIONS =
  "trim, collapse, lower, upper, percentDecode, base64Decode, base64urlDecode, base64Encode, " +
  "base64urlEncode, sha256";
const CONDITIONAL = { header: "a", value: "b", when: { prefix: "/" } };

const repeat = <T>(count: number, make: (i: number) => T): T[] =>
  Array.from({ length: count }, (_, i) => make(i));

const protectedNames: RefusedRule[] = [
  [{ reject: [":path"] }, ".reject[0]", '":path"', NAME],
  [{ reject: ["host"] }, ".reject[0]", '"host"', UNRESERVED, MODULE],
  [{ rename: [{ header: "te", to: "x" }] }, ".rename[0].header", '"te"', UNRESERVED, MODULE],
  [{ map: [{ from: "x", to: "upgrade" }] }, ".map[0].to", '"upgrade"', UNRESERVED, MODULE],
  [
    { set: [{ header: "Content-Length", value: "1" }] },
    ".set[0].header",
    '"Content-Length"',
    UNRESERVED,
    MODULE,
  ],
  [
    { response: { set: [{ header: ":status", value: "200" }] } },
    ".response.set[0].header",
    '":status"',
    NAME,
  ],
  [
    { requestTrailers: { remove: ["grpc-status"] } },
    ".requestTrailers.remove[0]",
    '"grpc-status"',
    TRAILER,
    MODULE,
  ],
  [
    { responseTrailers: { rename: [{ header: "x", to: "grpc-message" }] } },
    ".responseTrailers.rename[0].to",
    '"grpc-message"',
    TRAILER,
    MODULE,
  ],
  [
    { responseTrailers: { set: [{ header: "Grpc-Encoding", value: "" }] } },
    ".responseTrailers.set[0].header",
    '"Grpc-Encoding"',
    TRAILER,
    MODULE,
  ],
];

const badNames: RefusedRule[] = [
  [{ remove: ["x_a"] }, ".remove[0]", '"x_a"', NAME],
  [{ remove: ["x_a*"] }, ".remove[0]", '"x_a*"', NAMES],
  [{ remove: ["*_a"] }, ".remove[0]", '"*_a"', NAMES],
  [{ remove: [""] }, ".remove[0]", '""', NAME],
  [{ remove: ["*"] }, ".remove[0]", '"*"', NAMES],
  [{ remove: ["**"] }, ".remove[0]", '"**"', NAMES],
  [{ remove: ["*x-a*"] }, ".remove[0]", '"*x-a*"', NAMES],
  [{ remove: ["x-*-a"] }, ".remove[0]", '"x-*-a"', NAMES],
  [{ remove: ["a b*"] }, ".remove[0]", '"a b*"', NAMES],
  [{ dedupe: [{ header: "x-*-a" }] }, ".dedupe[0].header", '"x-*-a"', NAMES],
  [{ set: [{ header: "x-*", value: "" }] }, ".set[0].header", '"x-*"', ONE],
  [{ append: [{ header: "*-a", value: "" }] }, ".append[0].header", '"*-a"', ONE],
  [{ map: [{ from: "*-a", to: "b" }] }, ".map[0].from", '"*-a"', ONE],
  [{ map: [{ from: "a", to: "b*" }] }, ".map[0].to", '"b*"', ONE],
];

const moves: RefusedRule[] = [
  [{ rename: [{ header: "x-a" }] }, ".rename[0]", 'no member "to"', '"to"'],
  [{ rename: [{ to: "x-a" }] }, ".rename[0]", 'no member "header"', '"header"'],
  [{ rename: ["x-a"] }, ".rename[0]", '"x-a"', "an object"],
  [
    { rename: [{ header: "x-a", to: "X-A" }] },
    ".rename[0].to",
    '"X-A"',
    "another header than header",
    MODULE,
  ],
  [
    { rename: [{ header: "x-a*", to: "X-A*" }] },
    ".rename[0].to",
    '"X-A*"',
    "other names than those of header",
    MODULE,
  ],
  [{ rename: [{ header: "x-a*", to: "x-b" }] }, ".rename[0].to", '"x-b"', STAR],
  [{ rename: [{ header: "x-a*", to: "*-b" }] }, ".rename[0].to", '"*-b"', STAR],
  [{ rename: [{ header: "*-a", to: "b-*" }] }, ".rename[0].to", '"b-*"', STAR],
  [{ rename: [{ header: "x-a", to: "x-b*" }] }, ".rename[0].to", '"x-b*"', ONE],
  [
    { rename: [{ header: "x-a", to: "x-b", value: { exact: "" } }] },
    ".rename[0].value",
    "an unknown member",
    "header, to, when",
  ],
];

const members: RefusedRule[] = [
  [{ reject: [5] }, ".reject[0]", "5", "a name, or an object with header"],
  [{ remove: [[]] }, ".remove[0]", "an empty list", "a name, or an object with header"],
  [{ reject: [{}] }, ".reject[0]", "neither header nor when", "one of them or both"],
  [{ reject: [{ value: { exact: "a" } }] }, ".reject[0].value", "a test", "one beside header only"],
  [
    { reject: [{ value: { exact: "a" }, when: { prefix: "/" } }] },
    ".reject[0].value",
    "a test",
    "one beside header only",
  ],
  [
    { reject: [{ header: "x-a", status: 403 }] },
    ".reject[0].status",
    "an unknown member",
    "header, value, when",
  ],
  [{ remove: [{}] }, ".remove[0]", 'no member "header"', '"header"'],
  [{ remove: [{ when: { prefix: "/" } }] }, ".remove[0]", 'no member "header"', '"header"'],
  [
    { remove: [{ header: "x-a", apply: [] }] },
    ".remove[0].apply",
    "an unknown member",
    "header, value, when",
  ],
  [{ set: [{ header: "a" }] }, ".set[0]", 'no member "value"', '"value"'],
  [{ set: [{ value: "a" }] }, ".set[0]", 'no member "header"', '"header"'],
  [
    { set: [{ header: "a", value: "b", lines: "join" }] },
    ".set[0].lines",
    "an unknown member",
    "header, value, apply, onInvalid, when",
  ],
  [
    { set: [{ header: "a", value: "b", onInvalid: "keep" }] },
    ".set[0].onInvalid",
    '"keep"',
    "remove, reject",
  ],
  [
    { add: [{ header: "a", value: "b", onInvalid: "drop" }] },
    ".add[0].onInvalid",
    '"drop"',
    "remove, reject",
  ],
  [
    { append: [{ header: "a", value: "b", pattern: "c" }] },
    ".append[0].pattern",
    "an unknown member",
    "header, value, apply, onInvalid, when",
  ],
  [{ rewrite: [{ header: "a" }] }, ".rewrite[0]", "a rule that changes nothing", ONE_WAY],
  [
    { rewrite: [{ header: "a", pattern: "b", onInvalid: "keep" }] },
    ".rewrite[0]",
    "a rule that changes nothing",
    ONE_WAY,
  ],
  [{ rewrite: [{ header: "a", lines: "first" }] }, ".rewrite[0].lines", '"first"', "split, join"],
  [
    { rewrite: [{ header: "a", onInvalid: "drop", lines: "join" }] },
    ".rewrite[0].onInvalid",
    '"drop"',
    "remove, reject, keep",
  ],
  [
    { rewrite: [{ header: "a", lines: "join", value: "b" }] },
    ".rewrite[0].value",
    "an unknown member",
    "header, pattern, to, apply, lines, onInvalid, when",
  ],
  [
    { rewrite: [{ header: "Set-Cookie", lines: "join" }] },
    ".rewrite[0].header",
    '"Set-Cookie"',
    JOINABLE,
    MODULE,
  ],
  [{ dedupe: [{ header: "set-cookie" }] }, ".dedupe[0].header", '"set-cookie"', JOINABLE, MODULE],
  [
    { response: { dedupe: [{ header: "set-cookie", keep: "last" }] } },
    ".response.dedupe[0].header",
    '"set-cookie"',
    JOINABLE,
    MODULE,
  ],
  [{ dedupe: [{ header: "a", keep: "all" }] }, ".dedupe[0].keep", '"all"', "unique, first, last"],
  [{ dedupe: ["a"] }, ".dedupe[0]", '"a"', "an object"],
  [{ filterState: [{ value: "a" }] }, ".filterState[0]", 'no member "key"', '"key"'],
  [{ filterState: [{ key: "a" }] }, ".filterState[0]", 'no member "value"', '"value"'],
  [
    { filterState: [{ key: "a b", value: "a" }] },
    ".filterState[0].key",
    '"a b"',
    "a key in letters, digits and _ . -",
  ],
  [
    { filterState: [{ key: "", value: "a" }] },
    ".filterState[0].key",
    '""',
    "a text of 1 to 128 bytes",
  ],
  [
    { filterState: [{ key: "a", value: "b", header: "c" }] },
    ".filterState[0].header",
    "an unknown member",
    "key, value, apply, onInvalid, when",
  ],
];

const conditions: RefusedRule[] = [
  [
    { reject: [{ when: {} }] },
    ".reject[0].when",
    "an empty object",
    "one of grpc, prefix, path, template, suffix, methods, hosts, headers, claims",
  ],
  [{ reject: [{ when: [] }] }, ".reject[0].when", "an empty list", "an object"],
  [{ reject: [{ when: { grpc: 1 } }] }, ".reject[0].when.grpc", "1", "true, false"],
  [
    { reject: [{ when: { paths: ["/"] } }] },
    ".reject[0].when.paths",
    "an unknown member",
    CONDITIONS,
  ],
  [
    { reject: [{ when: { path: "/a", prefix: "/b" } }] },
    ".reject[0].when",
    "2 of them",
    "at most one of prefix, path, template, suffix",
    MODULE,
  ],
  [
    { reject: [{ when: { methods: ["get"] } }] },
    ".reject[0].when.methods[0]",
    '"get"',
    "a method in upper case, such as GET",
  ],
  [
    { map: [{ from: "a", to: "b", when: { headers: [{ name: "c" }] } }] },
    ".map[0].when.headers[0]",
    "an object",
    "one of exact, prefix, present",
  ],
  [
    { set: [{ header: "a", value: "b", when: { claims: [{ claim: "sub", present: true }] } }] },
    ".set[0].when.claims[0].claim",
    "a claim",
    NO_TOKENS,
    MODULE,
  ],
  [
    {
      response: {
        set: [{ header: "a", value: "b", when: { claims: [{ claim: "sub", present: true }] } }],
      },
    },
    ".response.set[0].when.claims[0].claim",
    "a claim",
    NO_TOKENS,
    MODULE,
  ],
];

const otherMaps: RefusedRule[] = [
  [{ response: [] }, ".response", "an empty list", "an object"],
  [{ response: { reject: [] } }, ".response.reject", "an unknown member", VERBS],
  [{ response: { filterState: [] } }, ".response.filterState", "an unknown member", VERBS],
  [{ requestTrailers: { strip: [] } }, ".requestTrailers.strip", "an unknown member", VERBS],
  [
    { responseTrailers: { response: {} } },
    ".responseTrailers.response",
    "an unknown member",
    VERBS,
  ],
  [{ clearRouteCache: 1 }, ".clearRouteCache", "1", "true, false"],
];

const bounds: RefusedRule[] = [
  [{ remove: repeat(2049, (i) => `x-${i}*`) }, ".remove", "2049 values", "a list of 0 to 2048"],
  [
    { remove: repeat(2048, (i) => `x-${i}*`), reject: ["a"] },
    "",
    "2049 rules",
    "2048 rules in all",
    MODULE,
  ],
  [
    { response: { remove: repeat(2048, (i) => `x-${i}*`), add: [{ header: "a", value: "b" }] } },
    ".response",
    "2049 rules",
    "2048 rules in all",
    MODULE,
  ],
  [
    { response: { set: repeat(65, () => CONDITIONAL) } },
    ".response",
    "one rule with when too many",
    "64 for responses and trailers",
    MODULE,
  ],
  [
    {
      response: { set: repeat(33, () => CONDITIONAL) },
      responseTrailers: { set: repeat(32, () => CONDITIONAL) },
    },
    ".responseTrailers",
    "one rule with when too many",
    "64 for responses and trailers",
    MODULE,
  ],
  [
    { remove: repeat(2046, (i) => `x-${i}`) },
    ".remove[2045]",
    "one header name too many",
    "2048 names in all",
    MODULE,
  ],
  [
    { response: { remove: repeat(2046, (i) => `x-${i}`) } },
    ".response.remove[2045]",
    "one header name too many",
    "2048 names in all",
    MODULE,
  ],
];

const valueTests: RefusedRule[] = [
  [{ reject: [{ header: "a", value: {} }] }, ".reject[0].value", "0 tests", ONE_TEST],
  [{ reject: [{ header: "a", value: { not: true } }] }, ".reject[0].value", "0 tests", ONE_TEST],
  [
    { reject: [{ header: "a", value: { exact: "a", prefix: "b" } }] },
    ".reject[0].value",
    "2 tests",
    ONE_TEST,
  ],
  [
    { reject: [{ header: "a", value: { exact: "a", prefix: "b", not: true } }] },
    ".reject[0].value",
    "2 tests",
    ONE_TEST,
  ],
  [
    { reject: [{ header: "a", value: { regex: "a" } }] },
    ".reject[0].value.regex",
    "an unknown member",
    "exact, prefix, suffix, contains, pattern, not",
  ],
  [
    { reject: [{ header: "a", value: { prefix: "" } }] },
    ".reject[0].value.prefix",
    '""',
    "a text of 1 to 8192 bytes",
  ],
  [
    { reject: [{ header: "a", value: { suffix: "" } }] },
    ".reject[0].value.suffix",
    '""',
    "a text of 1 to 8192 bytes",
  ],
  [
    { reject: [{ header: "a", value: { contains: "" } }] },
    ".reject[0].value.contains",
    '""',
    "a text of 1 to 8192 bytes",
  ],
  [
    { reject: [{ header: "a", value: { exact: "a", not: 1 } }] },
    ".reject[0].value.not",
    "1",
    "true, false",
  ],
  [{ reject: [{ header: "a", value: "x" }] }, ".reject[0].value", '"x"', "an object"],
  [
    { remove: [{ header: "a", value: { exact: "a".repeat(8193) } }] },
    ".remove[0].value.exact",
    '"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa…"',
    TEXT,
  ],
];

const patterns: RefusedRule[] = [
  [
    { remove: [{ header: "a", value: { pattern: "" } }] },
    ".remove[0].value.pattern",
    '""',
    "a text of 1 to 256 bytes",
  ],
  [
    { remove: [{ header: "a", value: { pattern: "a".repeat(257) } }] },
    ".remove[0].value.pattern",
    '"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa…"',
    "a text of 1 to 256 bytes",
  ],
  [
    { remove: [{ header: "a", value: { pattern: "a**b**" } }] },
    ".remove[0].value.pattern",
    "a second **",
    "at most one ** or {name**}",
    MODULE,
  ],
  [
    { remove: [{ header: "a", value: { pattern: "{a**}/**" } }] },
    ".remove[0].value.pattern",
    "a second **",
    "at most one ** or {name**}",
    MODULE,
  ],
  [
    { remove: [{ header: "a", value: { pattern: "***" } }] },
    ".remove[0].value.pattern",
    "two wildcards side by side",
    APART,
    MODULE,
  ],
  [
    { remove: [{ header: "a", value: { pattern: "*{a}" } }] },
    ".remove[0].value.pattern",
    "two wildcards side by side",
    APART,
    MODULE,
  ],
  [
    { remove: [{ header: "a", value: { pattern: "{a}{b}" } }] },
    ".remove[0].value.pattern",
    "two wildcards side by side",
    APART,
    MODULE,
  ],
  [
    { remove: [{ header: "a", value: { pattern: "{a" } }] },
    ".remove[0].value.pattern",
    "a { without }",
    "{name}, {name**}, \\{",
    MODULE,
  ],
  [
    { remove: [{ header: "a", value: { pattern: "a}" } }] },
    ".remove[0].value.pattern",
    "a } without {",
    "{name}, {name**}, \\}",
    MODULE,
  ],
  [
    { remove: [{ header: "a", value: { pattern: "{A}" } }] },
    ".remove[0].value.pattern",
    "{A}",
    CAPTURE,
    MODULE,
  ],
  [
    { remove: [{ header: "a", value: { pattern: "{}" } }] },
    ".remove[0].value.pattern",
    "{}",
    CAPTURE,
    MODULE,
  ],
  [
    { remove: [{ header: "a", value: { pattern: "{1}" } }] },
    ".remove[0].value.pattern",
    "{1}",
    CAPTURE,
    MODULE,
  ],
  [
    { remove: [{ header: "a", value: { pattern: "{a*}" } }] },
    ".remove[0].value.pattern",
    "{a*}",
    CAPTURE,
    MODULE,
  ],
  [
    { remove: [{ header: "a", value: { pattern: "{a}/{a}" } }] },
    ".remove[0].value.pattern",
    "{a} with a name that another has",
    "each name once",
    MODULE,
  ],
  [
    { remove: [{ header: "a", value: { pattern: "\\a" } }] },
    ".remove[0].value.pattern",
    NO_ESCAPE,
    ESCAPE,
    MODULE,
  ],
  [
    { remove: [{ header: "a", value: { pattern: "\\" } }] },
    ".remove[0].value.pattern",
    NO_ESCAPE,
    ESCAPE,
    MODULE,
  ],
  [
    { remove: [{ header: "a", value: { pattern: repeat(9, (i) => `{a${i}}`).join("/") } }] },
    ".remove[0].value.pattern",
    "one capture too many",
    "8 captures",
    MODULE,
  ],
];

const templates: RefusedRule[] = [
  [{ set: [{ header: "a", value: 1 }] }, ".set[0].value", "1", TEXT],
  [
    { set: [{ header: "a", value: "a".repeat(8193) }] },
    ".set[0].value",
    '"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa…"',
    TEXT,
  ],
  [{ append: [{ header: "a", value: "a\nb" }] }, ".append[0].value", '"a\\nb"', PLAIN, MODULE],
  [
    { set: [{ header: "a", value: "{header:host}" }] },
    ".set[0].value",
    '"{header:host}"',
    UNRESERVED,
    MODULE,
  ],
  [
    { set: [{ header: "a", value: "{header:x_a}" }] },
    ".set[0].value",
    '"{header:x_a}"',
    NAME,
    MODULE,
  ],
  [{ set: [{ header: "a", value: "{header:}" }] }, ".set[0].value", '"{header:}"', NAME, MODULE],
  [
    { set: [{ header: "a", value: "{claim:sub}" }] },
    ".set[0].value",
    "{claim:sub}",
    NO_TOKENS,
    MODULE,
  ],
  [{ set: [{ header: "a", value: "{path:0}" }] }, ".set[0].value", "{path:0}", SEGMENTS, MODULE],
  [{ set: [{ header: "a", value: "{path:33}" }] }, ".set[0].value", "{path:33}", SEGMENTS, MODULE],
  [{ set: [{ header: "a", value: "{path:01}" }] }, ".set[0].value", "{path:01}", SEGMENTS, MODULE],
  [{ set: [{ header: "a", value: "{path:x}" }] }, ".set[0].value", "{path:x}", SEGMENTS, MODULE],
  [
    { set: [{ header: "a", value: "{query:a b}" }] },
    ".set[0].value",
    '"{query:a b}"',
    PARAMETER,
    MODULE,
  ],
  [{ set: [{ header: "a", value: "{query:}" }] }, ".set[0].value", '"{query:}"', PARAMETER, MODULE],
  [{ set: [{ header: "a", value: "{cookie:a}" }] }, ".set[0].value", "{cookie:a}", PARTS, MODULE],
  [{ set: [{ header: "a", value: "{scheme}" }] }, ".set[0].value", "{scheme}", PARTS, MODULE],
  [{ set: [{ header: "a", value: "{}" }] }, ".set[0].value", "{}", PARTS],
  [{ set: [{ header: "a", value: "{" }] }, ".set[0].value", "a { without }", "{…}, \\{"],
  [{ set: [{ header: "a", value: "}" }] }, ".set[0].value", "a } without {", "{…}, \\}"],
  [{ set: [{ header: "a", value: "\\n" }] }, ".set[0].value", NO_ESCAPE, ESCAPE],
  [{ set: [{ header: "a", value: "\\" }] }, ".set[0].value", NO_ESCAPE, ESCAPE],
  [{ rewrite: [{ header: "a", to: "{b}" }] }, ".rewrite[0].to", "{b}", PARTS, MODULE],
  [
    { rewrite: [{ header: "a", pattern: "{b}", to: "{c}" }] },
    ".rewrite[0].to",
    "{c}",
    PARTS,
    MODULE,
  ],
  [
    { response: { set: [{ header: "a", value: "{path:1}" }] } },
    ".response.set[0].value",
    "{path:1}",
    OTHER_PARTS,
    MODULE,
  ],
  [
    { response: { set: [{ header: "a", value: "{claim:sub}" }] } },
    ".response.set[0].value",
    "{claim:sub}",
    OTHER_PARTS,
    MODULE,
  ],
  [
    { response: { set: [{ header: "a", value: "{host}" }] } },
    ".response.set[0].value",
    "{host}",
    OTHER_PARTS,
    MODULE,
  ],
  [
    { requestTrailers: { set: [{ header: "a", value: "{query:q}" }] } },
    ".requestTrailers.set[0].value",
    "{query:q}",
    OTHER_PARTS,
    MODULE,
  ],
  [
    { responseTrailers: { set: [{ header: "a", value: "{method}" }] } },
    ".responseTrailers.set[0].value",
    "{method}",
    OTHER_PARTS,
    MODULE,
  ],
  [
    { set: [{ header: "a", value: "{method}".repeat(17) }] },
    ".set[0].value",
    "one part too many",
    "16 parts, texts in between counted",
    MODULE,
  ],
  [
    { set: [{ header: "a", value: "-{method}".repeat(8) + "-" }] },
    ".set[0].value",
    "one part too many",
    "16 parts, texts in between counted",
    MODULE,
  ],
];

const operations: RefusedRule[] = [
  [
    { set: [{ header: "a", value: "b", apply: [] }] },
    ".set[0].apply",
    "an empty list",
    "a list of 1 to 8",
  ],
  [
    { set: [{ header: "a", value: "b", apply: "lower" }] },
    ".set[0].apply",
    '"lower"',
    "a list of 1 to 8",
  ],
  [
    { set: [{ header: "a", value: "b", apply: ["reverse"] }] },
    ".set[0].apply[0]",
    '"reverse"',
    OPERATIONS,
  ],
  [{ set: [{ header: "a", value: "b", apply: [5] }] }, ".set[0].apply[0]", "5", OPERATIONS],
  [
    { set: [{ header: "a", value: "b", apply: repeat(9, () => "lower") }] },
    ".set[0].apply",
    "9 values",
    "a list of 1 to 8",
  ],
  [
    { set: [{ header: "a", value: "b", apply: [{}] }] },
    ".set[0].apply[0]",
    "an empty object",
    "one of truncate, default",
  ],
  [
    { set: [{ header: "a", value: "b", apply: [{ trim: true }] }] },
    ".set[0].apply[0].trim",
    "an unknown member",
    "truncate, default",
  ],
  [
    { set: [{ header: "a", value: "b", apply: [{ truncate: 1, default: "" }] }] },
    ".set[0].apply[0]",
    "an object",
    "one of truncate, default",
  ],
  [
    { set: [{ header: "a", value: "b", apply: [{ truncate: 0 }] }] },
    ".set[0].apply[0].truncate",
    "0",
    "a whole number from 1 to 8192",
  ],
  [
    { set: [{ header: "a", value: "b", apply: [{ truncate: 8193 }] }] },
    ".set[0].apply[0].truncate",
    "8193",
    "a whole number from 1 to 8192",
  ],
  [
    { set: [{ header: "a", value: "b", apply: [{ truncate: 1.5 }] }] },
    ".set[0].apply[0].truncate",
    "1.5",
    "a whole number from 1 to 8192",
  ],
  [
    { set: [{ header: "a", value: "b", apply: [{ default: "a\r" }] }] },
    ".set[0].apply[0].default",
    '"a\\r"',
    PLAIN,
    MODULE,
  ],
  [
    { set: [{ header: "a", value: "b", apply: [{ default: "a".repeat(8193) }] }] },
    ".set[0].apply[0].default",
    '"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa…"',
    TEXT,
  ],
];

export const REFUSED_RULES: Readonly<Record<string, readonly RefusedRule[]>> = {
  "names that no rule is about": protectedNames,
  "names that are none": badNames,
  moves: moves,
  "what a rule is about": members,
  conditions: conditions,
  "sections for other maps": otherMaps,
  bounds: bounds,
  "tests of values": valueTests,
  patterns: patterns,
  templates: templates,
  operations: operations,
};
