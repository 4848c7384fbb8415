// Rule sets and messages that meet each other: few names, so that rules make what later rules take
// away, and values at the edges of what rules read.

import fc from "fast-check";

import type { HeaderList } from "../../host-sim/src/index.ts";
import type {
  DedupeRule,
  MapRule,
  ModelClaims,
  NormaliseRules,
  Operation,
  RejectRule,
  RemoveRule,
  RenameRule,
  RequestFacts,
  RewriteRule,
  RuleLists,
  ValueTest,
  When,
  WriteRule,
} from "./header_rules.ts";
import { isPattern } from "./header_rules_names.ts";
import { value, VALUE_BYTES_MAX } from "./header_rules_values.ts";

export const NAMES = ["x-a", "x-b", "x-c", "x-a-b", "x-c-b", "y-a"] as const;
const PATTERNS = ["x-a*", "x-*", "*-b", "y-*", "*a"] as const;
const ODD_NAMES = [
  "x_a",
  "x_b",
  "x_a-b",
  "x-a_b",
  "y_a",
  "x-",
  "y-",
  "x-a-c",
  "x-aa",
  "x-sallyport-b",
] as const;
/** Some cover names that they make themselves, longer ones and shorter. */
const RENAMES = [
  ["x-a*", "y-*"],
  ["y-*", "x-*"],
  ["*-b", "*-c"],
  ["*-c", "*-b"],
  ["x-a*", "x-z*"],
  ["y-*", "x-envoy-*"],
  ["y-*", "x-sallyport-*"],
  ["x-a-*", "x-a-b-*"],
  ["x-*", "x-a-*"],
  ["x-a-*", "x-*"],
  ["*-b", "*-c-b"],
  ["*a", "*aa"],
  ["*aa", "*a"],
] as const;

const TEMPLATES = [
  "prod",
  "",
  " a, b",
  "\u00e9",
  "\\{a\\}\\*",
  "{header:x-a}",
  "{header:x-b}+{header:x-c}",
  "<{header:y-a}>",
  "{path:1}",
  "{path:2}/{query:q}",
  "{query:q}",
];
const CLAIM_TEMPLATES = ["{claim:sub}", "{claim:n}/{claim:sub}", "{claim:none}", "{claim:list}"];

/** Claims of the tokens that requests have. */
export const CLAIMS: readonly ModelClaims[] = [
  { sub: "ann", n: 7, ok: true, list: ["a"] },
  { sub: "bo, bo", aud: "b" },
];

const header = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(...NAMES) },
  { weight: 2, arbitrary: fc.constantFrom(...PATTERNS) },
);
const target = fc.constantFrom(...NAMES);

const texts = fc.constantFrom("a", "b", "tmp", "a, b", "/", "\u00e9");
const valueTest: fc.Arbitrary<ValueTest> = fc
  .tuple(
    fc.oneof(
      texts.map((exact) => ({ exact })),
      texts.map((prefix) => ({ prefix })),
      texts.map((suffix) => ({ suffix })),
      texts.map((contains) => ({ contains })),
      fc.constantFrom("a*", "**", "*, *", "/v1/**").map((pattern) => ({ pattern })),
    ),
    fc.option(fc.boolean(), { nil: undefined }),
  )
  .map(([test, not]) => (not === undefined ? test : { ...test, not }));

const OPERATIONS: Operation[] = [
  "trim",
  "collapse",
  "lower",
  "upper",
  "percentDecode",
  "base64Decode",
  "base64urlDecode",
  "base64Encode",
  "base64urlEncode",
  "sha256",
  { truncate: 1 },
  { truncate: 3 },
  { truncate: VALUE_BYTES_MAX },
  { default: "none" },
  { default: "" },
];
const operations = fc.array(fc.constantFrom(...OPERATIONS), { minLength: 1, maxLength: 3 });

const PATHS: readonly When[] = [
  { prefix: "/" },
  { prefix: "/v1" },
  { path: "/v1/a" },
  { template: "/v1/{x}" },
  { suffix: "a" },
];
const headerCondition = fc.record({ name: target }).chain(({ name }) =>
  fc.oneof(
    fc.boolean().map((present) => ({ name, present })),
    fc.constantFrom("a", "", "\u00e9").map((exact) => ({ name, exact })),
    fc.constantFrom("a", "/v1").map((prefix) => ({ name, prefix })),
  ),
);
const CLAIM_CONDITIONS = [
  { claim: "sub", equals: "ann" },
  { claim: "sub", prefix: "bo" },
  { claim: "n", in: ["6", "7"] },
  { claim: "none", present: false },
  { claim: "list", present: true },
];

/** What a rule set may have. */
export interface Scope {
  hasClaims: boolean;
  /** Whether a rule may refuse a message. */
  hasRefusals: boolean;
  /** Whether values have parts of the request. */
  hasRequestParts: boolean;
}

function whenOf({ hasClaims }: Scope): fc.Arbitrary<When> {
  const path = fc.constantFrom(...PATHS);
  const others: fc.Arbitrary<When>[] = [
    fc.constantFrom({ methods: ["GET"] }, { methods: ["PUT", "POST"] }),
    fc.constantFrom({ hosts: ["example.test"] }, { hosts: ["*.example.test", "b.test"] }),
    fc.array(headerCondition, { minLength: 1, maxLength: 2 }).map((headers) => ({ headers })),
    fc.boolean().map((grpc) => ({ grpc })),
  ];
  if (hasClaims) {
    others.push(fc.constantFrom(...CLAIM_CONDITIONS).map((each) => ({ claims: [each] })));
  }
  const other = fc.oneof(...others);
  return fc.oneof(
    path,
    other,
    fc.tuple(path, other).map(([one, two]) => ({ ...one, ...two })),
  );
}

/** Half of the rules have no condition. */
function conditional<Rule extends object>(
  rule: fc.Arbitrary<Rule>,
  scope: Scope,
): fc.Arbitrary<Rule & { when?: When }> {
  return fc.oneof(
    rule,
    fc.tuple(rule, whenOf(scope)).map(([one, when]) => ({ ...one, when })),
  );
}

const rejectRule: fc.Arbitrary<RejectRule> = fc.record(
  { header, value: valueTest },
  { requiredKeys: ["header"] },
);

const renameRule: fc.Arbitrary<RenameRule> = fc.oneof(
  fc
    .tuple(target, target)
    .filter(([one, other]) => one !== other)
    .map(([one, to]) => ({ header: one, to })),
  fc.constantFrom(...RENAMES).map(([one, to]) => ({ header: one, to })),
);

const mapRule: fc.Arbitrary<MapRule> = fc
  .record(
    { from: target, to: target, prefix: fc.constantFrom("a", "Tmp-", "\u00e9") },
    { requiredKeys: ["from", "to"] },
  )
  .filter(({ from, to }) => from !== to);

const removeRule: fc.Arbitrary<RemoveRule> = fc.record(
  { header, value: valueTest },
  { requiredKeys: ["header"] },
);

const isOfRequest = (template: string): boolean => /\{(?:path|query):/.test(template);

function writeRule(scope: Scope): fc.Arbitrary<WriteRule> {
  const { hasClaims, hasRefusals, hasRequestParts } = scope;
  const templates = TEMPLATES.filter((each) => hasRequestParts || !isOfRequest(each));
  const plain = fc.constantFrom(...templates);
  const claim = fc.constantFrom(...CLAIM_TEMPLATES);
  return fc.record(
    {
      header: target,
      value: hasClaims ? fc.oneof({ weight: 4, arbitrary: plain }, claim) : plain,
      apply: operations,
      onInvalid: hasRefusals
        ? fc.constantFrom("remove" as const, "reject" as const)
        : fc.constant("remove" as const),
    },
    { requiredKeys: ["header", "value"] },
  );
}

const REWRITES = [
  {},
  { to: "<{header:x-a}>" },
  { to: "{path:1}" },
  { pattern: "a*" },
  { pattern: "a", to: "b" },
  { pattern: "/v1/{rest**}", to: "/v2/{rest}" },
  { pattern: "{one}-{two}", to: "{two}-{one}" },
  { pattern: "{all**}", to: "{all}, {all}" },
  { pattern: "*, {end**}", to: "{end}{query:q}" },
];

/** Whether it matters which of several headers has its turn first. */
function dependsOnOrder({ to = "", onInvalid }: Partial<RewriteRule>): boolean {
  return to.includes("{header:") || onInvalid === "reject";
}

function rewriteRule({ hasRefusals, hasRequestParts }: Scope): fc.Arbitrary<RewriteRule> {
  const rewrites = REWRITES.filter(({ to = "" }) => hasRequestParts || !isOfRequest(to));
  const choices = ["remove", "keep", "reject"] as const;
  const more = fc.record(
    {
      apply: operations,
      onInvalid: fc.constantFrom(...choices.slice(0, hasRefusals ? 3 : 2)),
      lines: fc.constantFrom("split" as const, "join" as const),
    },
    { requiredKeys: [] },
  );
  return fc
    .tuple(header, fc.constantFrom(...rewrites), more)
    .map(([one, rest, other]) => ({ header: one, ...rest, ...other }))
    .filter((rule) => !isPattern(rule.header) || !dependsOnOrder(rule))
    .filter((rule) => "to" in rule || "apply" in rule || "lines" in rule);
}

const dedupeRule: fc.Arbitrary<DedupeRule> = fc.record(
  { header, keep: fc.constantFrom("unique" as const, "first" as const, "last" as const) },
  { requiredKeys: ["header"] },
);

function some<Rule>(rule: fc.Arbitrary<Rule>): fc.Arbitrary<Rule[]> {
  return fc.array(rule, { minLength: 1, maxLength: 2 });
}

/** The verbs that every message can have. */
function listsOf(scope: Scope): fc.Arbitrary<RuleLists> {
  return fc.record(
    {
      rename: some(conditional(renameRule, scope)),
      map: some(conditional(mapRule, scope)),
      remove: some(conditional(removeRule, scope)),
      set: some(conditional(writeRule(scope), scope)),
      add: some(conditional(writeRule(scope), scope)),
      append: some(conditional(writeRule(scope), scope)),
      rewrite: some(conditional(rewriteRule(scope), scope)),
      dedupe: some(conditional(dedupeRule, scope)),
    },
    { requiredKeys: [] },
  );
}

const strip = fc.array(fc.constantFrom("x-c", "x-a-*", "y-*"), { minLength: 1, maxLength: 2 });
const underscores = fc.constantFrom("keep" as const, "replace" as const, "drop" as const);

/** Rule sets for requests. */
export function requestRules(scope: Scope): fc.Arbitrary<NormaliseRules> {
  const before = fc.record({ underscores, strip }, { requiredKeys: [] });
  const rejects = fc.record(
    {
      reject: some(
        fc.oneof(
          conditional(rejectRule, scope),
          whenOf(scope).map((when) => ({ when })),
        ),
      ),
      underscores: fc.constant("reject" as const),
    },
    { requiredKeys: [] },
  );
  const none = fc.constant({});
  const refusing = scope.hasRefusals ? fc.oneof({ weight: 4, arbitrary: none }, rejects) : none;
  return fc
    .tuple(before, refusing, listsOf(scope))
    .map(([one, other, lists]) => ({ ...one, ...other, ...lists }));
}

/** Rule sets for responses and trailers. */
export const otherRules: fc.Arbitrary<RuleLists> = listsOf({
  hasClaims: false,
  hasRefusals: true,
  hasRequestParts: false,
});

const name = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom(...NAMES) },
  { weight: 1, arbitrary: fc.constantFrom(...ODD_NAMES) },
);

export const lines: fc.Arbitrary<HeaderList> = fc.array(fc.tuple(name, value), { maxLength: 7 });

/** A request: its facts, with claims by their number, and its lines. */
export interface SentRequest extends Omit<RequestFacts, "claims"> {
  token: number | null;
  lines: HeaderList;
}

export const sentRequest: fc.Arbitrary<SentRequest> = fc.record({
  method: fc.constantFrom("GET", "POST", "PUT"),
  path: fc.constantFrom("/", "/v1/a", "/v1/a?q=1", "/v1?p=2&q=a%20b", "/v2/b/a?q"),
  authority: fc.constantFrom("example.test", "a.example.test:8080", "B.test", "other.test"),
  isGrpc: fc.boolean(),
  token: fc.constantFrom(null, ...CLAIMS.map((_, index) => index)),
  lines,
});
