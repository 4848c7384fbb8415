import { EC, ISSUER, OTHER } from "../jwt_tokens.ts";
import { keys } from "./jwt.ts";

const provider = (header: string, key: object, changed: object = {}): object => ({
  issuer: ISSUER,
  audiences: ["orders"],
  keys: keys(key),
  forward: {
    claims: [
      { claim: "sub", header },
      { claim: "level", header: "x-level" },
    ],
  },
  ...changed,
});

const PROVIDERS = {
  user: provider("x-user", EC.jwk),
  partner: provider("x-partner", OTHER.jwk),
  device: provider("x-device", OTHER.jwk, { from: [{ header: "x-device-token" }] }),
  same: provider("x-user", OTHER.jwk, { from: [{ query: "token" }] }),
  kept: provider("x-kept", OTHER.jwk, {
    from: [{ header: "x-kept-token" }],
    forward: { token: "keep", claims: [{ claim: "sub", header: "x-kept" }] },
  }),
};

const STATUS = "x-token-status";
const REQUIREMENTS = {
  // Used before they are defined, which means nothing.
  either: { any: ["both", "partner"] },
  both: { all: ["user", "device"] },
  alias: "user",
};

/** Each requirement under a path of its name. */
const RULES: Record<string, unknown> = {
  none: "none",
  any: { any: ["user", "partner", "device"] },
  all: { all: ["user", "device"] },
  twice: { all: ["user", "user"] },
  "all-same": { all: ["user", "same"] },
  "all-same-turned": { all: ["same", "user"] },
  "all-kept": { all: ["user", { optional: "kept" }] },
  optional: { optional: "user" },
  "optional-any": { optional: { any: ["user", "device"] } },
  "optional-or-failed": { optionalOrFailed: "user" },
  "any-or-none": { any: ["user", { optional: "device" }] },
  "all-optional": { all: [{ optional: "user" }, { optionalOrFailed: "device" }] },
  either: "either",
  alias: "alias",
  "either-deep": { all: [{ optional: { any: ["either", { all: ["alias", "alias"] }] } }, "user"] },
  extract: { extractOnly: "user", status: STATUS },
  "extract-quietly": { extractOnly: "user" },
  "extract-and-verify": { all: [{ extractOnly: "same", status: STATUS }, "user"] },
  "extract-or-not": {
    any: [{ all: [{ extractOnly: "user", status: STATUS }, "device"] }, "partner"],
  },
  billing: { provider: "user", audiences: ["billing", "invoices"] },
  "billing-or-device": { any: [{ provider: "user", audiences: ["billing"] }, "device"] },
};

const rules = Object.entries(RULES).map(([path, require]) => ({
  match: { prefix: `/${path}` },
  require,
}));

export const jwtRequirementConfigurations = {
  "jwt requirements": { jwt: { providers: PROVIDERS, requirements: REQUIREMENTS, rules } },
  "jwt requirements and limits": {
    jwt: { providers: PROVIDERS, requirements: REQUIREMENTS, rules },
    rateLimit: {
      limits: [{ name: "user", key: [{ claim: "sub" }], capacity: 1, refill: "1/d" }],
    },
  },
} as const;
