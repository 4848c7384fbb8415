import { EC } from "../jwt_tokens.ts";

/** A token may come, and is verified when it does. */
const jwt = {
  providers: { idp: { audiences: ["orders"], keys: { inline: { keys: [EC.jwk] } } } },
  rules: [{ match: { prefix: "/" }, require: { optional: "idp" } }],
};

/** Configurations of the cases of header rules, by name. */
export const headerRulesConfigurations = {
  "headers rejected": {
    normalise: {
      strip: ["x-jwt-*"],
      reject: [
        "x-debug",
        { header: "x-internal-*" },
        { header: "*-secret" },
        { header: "x-jwt-payload" },
        { header: "x-tenant", value: { contains: ".." } },
        { header: "x-env", value: { exact: "prod", not: true } },
        { header: "x-file", value: { suffix: ".exe" } },
        { header: "x-link", value: { prefix: "javascript:" } },
        { header: "x-url", value: { pattern: "/v*/admin/**" } },
        { header: "x-admin", when: { prefix: "/public" } },
        { header: "x-web", when: { grpc: true } },
        { when: { methods: ["DELETE"] } },
        { when: { headers: [{ name: "x-mode", exact: "test" }], hosts: ["*.example.test"] } },
      ],
    },
  },
  "underscores kept and headers rejected": {
    normalise: { underscores: "keep", reject: ["x-debug", { header: "x-internal-*" }] },
  },
  "headers renamed": {
    normalise: {
      strip: ["x-user", "x-spiffe-*"],
      rename: [
        { header: "x-old", to: "x-new" },
        { header: "x-legacy-*", to: "x-*" },
        { header: "*-ref", to: "*-key" },
        { header: "x-one", to: "x-two" },
        { header: "x-two", to: "x-three" },
        { header: "x-vanity", to: "x-tenant", when: { hosts: ["*.example.test"] } },
      ],
      map: [
        { from: "x-new", to: "x-newest", when: { prefix: "/map" } },
        { from: "x-token", to: "x-bearer", prefix: "Bearer ", when: { grpc: false } },
      ],
    },
  },
  "headers removed": {
    normalise: {
      remove: [
        "x-debug-*",
        "*-draft",
        { header: "x-a", value: { prefix: "tmp" } },
        { header: "x-b", value: { prefix: "keep", not: true } },
        { header: "x-c", when: { suffix: "public" } },
        { header: "x-d", when: { headers: [{ name: "x-e", present: true }] } },
        { header: "x-e", when: { headers: [{ name: "x-d", present: true }] } },
      ],
    },
  },
  "headers written": {
    normalise: {
      set: [
        { header: "x-env", value: "prod" },
        { header: "x-copy", value: "<{header:x-a}>" },
        { header: "x-lower", value: " {header:x-b} ", apply: ["trim", "lower"] },
        { header: "x-literal", value: "\\{a\\}\\\\" },
        { header: "x-public", value: "yes", when: { template: "/public/{any}" } },
        {
          header: "x-decoded",
          value: "{header:x-c}",
          apply: ["percentDecode"],
          onInvalid: "reject",
        },
        { header: "x-tried", value: "{header:x-d}", apply: ["base64Decode"] },
        { header: "x-missing", value: "{header:x-none}", apply: [{ default: "none" }] },
      ],
      add: [
        { header: "x-tenant", value: "{path:1}" },
        { header: "x-question", value: "{query:q}" },
      ],
      append: [
        { header: "x-via", value: "sallyport" },
        { header: "x-via", value: "{header:x-hop}" },
      ],
    },
  },
  "headers rewritten": {
    normalise: {
      rewrite: [
        { header: "x-original", pattern: "/v1/{rest**}", to: "/v2/{rest}" },
        { header: "x-pair", pattern: "{one}-{two}", to: "{two}-{one}" },
        { header: "x-id", apply: ["collapse", "upper", { truncate: 8 }] },
        { header: "x-kept", apply: ["percentDecode"], onInvalid: "keep" },
        { header: "x-gone", apply: ["percentDecode"] },
        { header: "x-strict", apply: ["percentDecode"], onInvalid: "reject" },
        { header: "x-split", lines: "split" },
        { header: "x-join", lines: "join" },
        { header: "x-grow", to: "{header:x-grow}{header:x-grow}" },
        { header: "x-hash", apply: ["sha256"] },
        { header: "x-encoded", apply: ["base64urlEncode"] },
      ],
      dedupe: [
        { header: "x-groups" },
        { header: "x-first", keep: "first" },
        { header: "x-last", keep: "last" },
      ],
    },
  },
  "one verb after the other": {
    normalise: {
      // Written in the reverse of the order in which they take place.
      dedupe: [{ header: "x-list" }],
      rewrite: [{ header: "x-list", apply: ["lower"] }],
      append: [{ header: "x-list", value: "B" }],
      add: [{ header: "x-list", value: "A" }],
      set: [{ header: "x-made", value: "made" }],
      remove: [{ header: "x-target", value: { exact: "bad" } }, "x-made"],
      map: [{ from: "x-renamed", to: "x-target" }],
      rename: [{ header: "x-source", to: "x-renamed" }],
      reject: [{ header: "x-made" }, { header: "x-renamed", value: { exact: "no" } }],
    },
  },
  "headers from claims": {
    jwt,
    normalise: {
      reject: [{ header: "x-tier", when: { claims: [{ claim: "tier", equals: "free" }] } }],
      remove: [{ header: "x-beta", when: { claims: [{ claim: "beta", present: false }] } }],
      set: [
        { header: "x-user", value: "{claim:sub}", apply: ["upper"] },
        { header: "x-plan", value: "gold", when: { claims: [{ claim: "tier", equals: "gold" }] } },
        { header: "x-env", value: "prod" },
      ],
      add: [{ header: "x-age", value: "{claim:age} years" }],
      append: [{ header: "x-roles", value: "{claim:role}" }],
      rewrite: [{ header: "x-greeting", to: "{header:x-greeting} {claim:sub}" }],
    },
  },
  "response headers": {
    normalise: {
      response: {
        rename: [{ header: "x-legacy-*", to: "x-*" }],
        map: [{ from: "x-from", to: "x-to", prefix: "mapped " }],
        remove: [
          "x-powered-by",
          { header: "x-internal-*" },
          { header: "x-a", value: { exact: "b" } },
        ],
        set: [{ header: "x-frame-options", value: "DENY" }],
        add: [{ header: "cache-control", value: "no-store" }],
        append: [{ header: "x-via", value: "sallyport" }],
        rewrite: [{ header: "x-url", pattern: "http://{rest**}", to: "https://{rest}" }],
        dedupe: [{ header: "x-groups" }],
      },
      responseTrailers: {
        set: [{ header: "x-trailer", value: "set" }],
      },
    },
  },
} as const;
