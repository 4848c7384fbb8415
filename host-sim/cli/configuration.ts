// Generated from docs/schema/sallyport.schema.json by scripts/generate_types.ts.

/**
 * A header name without _, such as x-spiffe-id, or the beginning of one with *: x-jwt-*.
 */
export type HeaderPattern = string;
/**
 * A name (x-a, x-a-*, *-a), or an object with header, when or both; value only beside header.
 */
export type RejectRule =
  | string
  | {
      header?: RuleName;
      value?: ValueTest;
      when?: RuleConditions;
    };
/**
 * A header name without _, or one with a * at its beginning or its end: x-a-*, *-a.
 */
export type RuleName = string;
/**
 * A pattern of 1 to 256 bytes such as /v1/{id}/{rest**}; * has no slash, ** any.
 */
export type ValuePattern = string;
/**
 * A header name without _ (it also stands for the one with -), such as x-trace-id.
 */
export type HeaderName = string;
/**
 * A claim: a name, such as sub, or a list of names that leads to one.
 *
 * @minItems 1
 * @maxItems 8
 */
export type ClaimName = string | Text[];
/**
 * A text that is not empty.
 */
export type Text = string;
/**
 * Texts of a condition.
 *
 * @minItems 1
 * @maxItems 32
 */
export type ConditionValues = Text[];
/**
 * Headers that get another name with all their lines; one that is there already wins.
 *
 * @maxItems 2048
 */
export type RenameRules = RenameRule[];
/**
 * A header name without _ (it also stands for the one with -) and *, such as x-trace-id.
 */
export type OneHeaderName = string;
/**
 * Headers whose value moves to another name, as one line; one that is there already wins.
 *
 * @maxItems 2048
 */
export type MapRules = HeaderMapping[];
/**
 * A name (x-a, x-a-*, *-a), or an object with header and perhaps value and when.
 */
export type RemoveRule =
  | string
  | {
      header: RuleName;
      value?: ValueTest;
      when?: RuleConditions;
    };
/**
 * Headers that go, or those of their lines that pass a test.
 *
 * @maxItems 2048
 */
export type RemoveRules = RemoveRule[];
/**
 * A text with parts such as {header:x-a}, {claim:sub}, {path:1}, {query:q}, {host}, {method}.
 */
export type ValueTemplate = string;
/**
 * One of trim, collapse, lower, upper, percentDecode, base64Decode…, sha256, truncate, default.
 */
export type Operation =
  | string
  | {
      /**
       * A whole number from 1 to 8192: the most bytes that are left.
       */
      truncate?: number;
      /**
       * What an absent value becomes.
       */
      default?: string;
    };
/**
 * What is done to the value, one after the other.
 *
 * @minItems 1
 * @maxItems 8
 */
export type Operations = Operation[];
/**
 * Headers that shall have one line with this value; without a value they go.
 *
 * @maxItems 2048
 */
export type SetRules = ValueRule[];
/**
 * Headers that get a value where they are absent.
 *
 * @maxItems 2048
 */
export type AddRules = ValueRule[];
/**
 * Headers that get one line more.
 *
 * @maxItems 2048
 */
export type AppendRules = ValueRule[];
/**
 * Headers whose lines are made anew, one by one.
 *
 * @maxItems 2048
 */
export type RewriteRules = RewriteRule[];
/**
 * Lists of which each member stays once, or one member alone.
 *
 * @maxItems 2048
 */
export type DedupeRules = DedupeRule[];
/**
 * Formats, each once, in order: tracecontext is W3C Trace Context.
 *
 * @minItems 1
 * @maxItems 7
 */
export type TraceFormats = (
  "tracecontext" | "b3" | "b3multi" | "jaeger" | "xray" | "cloudtrace" | "datadog"
)[];
/**
 * A rate: COUNT/s, COUNT/m, COUNT/h or COUNT/d with a count of 0 to 100000000, such as 50/s.
 */
export type Rate = string;
/**
 * A duration: a number with ms, s, m or h, such as 250ms or 30s.
 */
export type Duration = string;
/**
 * Values that are refused.
 *
 * @minItems 1
 * @maxItems 256
 */
export type Denied = Text[];
/**
 * Refuse, ignore, or an object with mtls: what becomes of tokens with `cnf`.
 */
export type Confirmation =
  | string
  | {
      /**
       * Where the digest of the client's certificate comes from.
       */
      mtls: "connection" | "x-forwarded-client-cert";
    };
/**
 * How a list is written: `join` with commas, `json` as it is; objects only as json.
 */
export type ArrayForm = "join" | "json";
/**
 * A requirement: a name, or one of any, all, optional, optionalOrFailed, extractOnly, provider.
 */
export type Requirement =
  | string
  | {
      /**
       * Requirements of which one must be met; the first that is counts.
       *
       * @minItems 2
       * @maxItems 16
       */
      any?: Requirement[];
      /**
       * Requirements that must all be met.
       *
       * @minItems 2
       * @maxItems 16
       */
      all?: Requirement[];
      optional?: Requirement;
      optionalOrFailed?: Requirement;
      /**
       * The name of a provider whose tokens are read and not verified.
       */
      extractOnly?: string;
      status?: HeaderName;
      /**
       * The name of a provider, whose tokens must be for other audiences here.
       */
      provider?: string;
      /**
       * The audiences (`aud`) of which a token must name one here.
       *
       * @minItems 1
       * @maxItems 16
       */
      audiences?: Text[];
    };
/**
 * The tokens a request takes: a whole number from 0 to 100000000, or where to read it.
 */
export type Cost =
  | number
  | {
      header?: HeaderName;
      claim?: ClaimName;
      /**
       * A whole number from 0 to 100000000: the cost of a request that says none.
       */
      default?: number;
      /**
       * A whole number from 0 to 100000000: the least that counts.
       */
      min?: number;
      /**
       * A whole number from 1 to 100000000: the most that counts.
       */
      max: number;
      /**
       * Whether what is no number counts as `default` or is refused.
       */
      onInvalid?: "default" | "deny";
    };

/**
 * The configuration document of Sallyport. A section that is absent switches its filter off.
 */
export interface Configuration {
  /**
   * Sets `x-sallyport-checked: 1` on every request that passed, and strips the client's.
   */
  markChecked?: boolean;
  errors?: Errors;
  log?: Log;
  normalise?: Normalise;
  trace?: Trace;
  jwt?: Jwt;
  rateLimit?: RateLimit;
  metrics?: Metrics;
}
/**
 * What clients are told of errors.
 */
export interface Errors {
  /**
   * The form of bodies: `problem` is RFC 9457, `google` google.rpc.Status.
   */
  form?: "json" | "problem" | "google";
  /**
   * Maps upstream errors: to the gRPC status that clients derive, or that says most.
   */
  mapUpstream?: "standard" | "precise";
}
/**
 * The lines that the module writes into Envoy's log.
 */
export interface Log {
  /**
   * The form of a line: words and `key=value`, or a JSON object.
   */
  format?: "text" | "json";
  /**
   * Lines about refusals in a second of one worker; the next line counts those held back.
   */
  perSecond?: number;
}
/**
 * Cleans request headers before anything looks at them; changes those of responses and trailers.
 */
export interface Normalise {
  /**
   * What happens to names with _: `replace` makes it -, `reject` answers 400.
   */
  underscores?: "keep" | "replace" | "drop" | "reject";
  /**
   * Headers that clients may never set; every header that a section writes is added by itself.
   */
  strip?: HeaderPattern[];
  /**
   * Strips what proxies vouch with, refuses second lines and what is no HTTP.
   */
  preset?: "untrusted-edge";
  /**
   * Headers that may have one line: a second one is refused, or one of them left.
   */
  singletons?: {
    [k: string]: "reject" | "first" | "last";
  };
  /**
   * Headers that end here, and what `connection` names; with `preset` they go.
   */
  hopByHop?: "keep" | "strip";
  /**
   * Requests that are refused with 400: by a header, its value, conditions.
   *
   * @maxItems 2048
   */
  reject?: RejectRule[];
  rename?: RenameRules;
  map?: MapRules;
  remove?: RemoveRules;
  set?: SetRules;
  add?: AddRules;
  append?: AppendRules;
  rewrite?: RewriteRules;
  dedupe?: DedupeRules;
  /**
   * Values that become filter state of the request, under `wasm.` and the key.
   *
   * @maxItems 2048
   */
  filterState?: FilterStateRule[];
  /**
   * A value for `user-agent`, set on gRPC requests that carry none.
   */
  grpcUserAgent?: string;
  /**
   * Metadata of gRPC; names beginning with `grpc-` that no request has are stripped.
   */
  grpc?: {
    /**
     * `grpc-timeout`, and the same in a header of its own for those who speak HTTP.
     */
    timeout?: {
      /**
       * A header name without _ (it also stands for the one with -), such as x-trace-id.
       */
      header?: string;
      /**
       * The longest timeout that clients can ask for, at most 99999999ms.
       */
      max?: string;
      /**
       * What happens to a malformed one: it is removed, or the request is refused with 400.
       */
      onInvalid?: "drop" | "reject";
    };
    /**
     * Values of metadata whose name ends in `-bin`: they must be base64.
     */
    binary?: {
      /**
       * What happens to a malformed one: it is removed, or the request is refused with 400.
       */
      onInvalid?: "drop" | "reject";
      /**
       * Whether padding stays.
       */
      padding?: "keep" | "remove";
    };
    /**
     * What happens to metadata whose name or value gRPC does not allow.
     */
    invalidMetadata?: "pass" | "drop";
    /**
     * Translates names as grpc-gateway does: requests that go to gRPC, or calls that go to HTTP.
     */
    gateway?: "none" | "toMetadata" | "fromMetadata";
  };
  response?: OtherRules;
  requestTrailers?: OtherRules;
  responseTrailers?: OtherRules;
  /**
   * Whether Envoy chooses the route of requests that pass again, by headers as they are then.
   */
  clearRouteCache?: boolean;
}
/**
 * One of exact, prefix, suffix, contains and pattern, and perhaps not: a test of a line.
 */
export interface ValueTest {
  /**
   * The whole line.
   */
  exact?: string;
  /**
   * How the line begins.
   */
  prefix?: string;
  /**
   * How the line ends.
   */
  suffix?: string;
  /**
   * What stands somewhere in the line.
   */
  contains?: string;
  pattern?: ValuePattern;
  /**
   * Whether the lines that are meant are all others.
   */
  not?: boolean;
}
/**
 * An object of conditions on the request, at most one about the path; all must hold.
 */
export interface RuleConditions {
  /**
   * Whether the request is gRPC.
   */
  grpc?: boolean;
  /**
   * A path prefix of whole segments that begins with a slash, such as /healthz.
   */
  prefix?: string;
  /**
   * A path that begins with a slash; a slash at the end makes no difference.
   */
  path?: string;
  /**
   * A path such as /v1/{tenant}/*: {name} and * are one segment, ** at the end is any rest.
   */
  template?: string;
  /**
   * The last segments of a path without a slash in front, such as .well-known/jwks.json.
   */
  suffix?: string;
  /**
   * Methods of which the request has one.
   *
   * @minItems 1
   * @maxItems 16
   *
   * Items: A method in upper case, such as GET; requests may have it in any case.
   */
  methods?: string[];
  /**
   * Hosts of which the request names one.
   *
   * @minItems 1
   * @maxItems 32
   *
   * Items: A host without port, such as example.org, or *.example.org for all below it.
   */
  hosts?: string[];
  /**
   * Conditions about headers; of a header that is there twice one value is enough.
   *
   * @minItems 1
   * @maxItems 8
   */
  headers?: HeaderCondition[];
  /**
   * Conditions about claims of the verified token.
   *
   * @minItems 1
   * @maxItems 8
   */
  claims?: ClaimCondition[];
}
/**
 * A header and exactly one of exact, prefix and present.
 */
export interface HeaderCondition {
  name: HeaderName;
  /**
   * The value.
   */
  exact?: string;
  /**
   * How the value begins.
   */
  prefix?: string;
  /**
   * Whether the header is there.
   */
  present?: boolean;
}
/**
 * A claim and exactly one of equals, in, prefix and present.
 */
export interface ClaimCondition {
  claim: ClaimName;
  equals?: Text;
  in?: ConditionValues;
  prefix?: Text;
  /**
   * Whether the claim is there.
   */
  present?: boolean;
}
/**
 * A name and the one it becomes; a * stands at the same end of both, or in neither.
 */
export interface RenameRule {
  header: RuleName;
  to: RuleName;
  when?: RuleConditions;
}
/**
 * A mapping with `from` and `to`.
 */
export interface HeaderMapping {
  from: OneHeaderName;
  to: OneHeaderName;
  /**
   * A text put before the value unless it is there already, such as "Bearer ".
   */
  prefix?: string;
  when?: RuleConditions;
}
/**
 * A header and its value.
 */
export interface ValueRule {
  header: OneHeaderName;
  value: ValueTemplate;
  apply?: Operations;
  /**
   * What a value that cannot be written means: it is absent, or the request is refused.
   */
  onInvalid?: "remove" | "reject";
  when?: RuleConditions;
}
/**
 * A header and what its lines become: at least one of to, apply and lines.
 */
export interface RewriteRule {
  header: RuleName;
  pattern?: ValuePattern;
  to?: ValueTemplate;
  apply?: Operations;
  /**
   * Whether a line becomes one for each member of its list, or all lines one.
   */
  lines?: "split" | "join";
  /**
   * What a value that cannot be written means: the line goes, or stays as it was, or a refusal.
   */
  onInvalid?: "remove" | "reject" | "keep";
  when?: RuleConditions;
}
/**
 * A header that is a list.
 */
export interface DedupeRule {
  header: RuleName;
  /**
   * Which members stay: each once, the first or the last.
   */
  keep?: "unique" | "first" | "last";
  when?: RuleConditions;
}
/**
 * A key of filter state and its value.
 */
export interface FilterStateRule {
  /**
   * A key of 1 to 128 letters, digits and _ . - (Envoy puts `wasm.` in front).
   */
  key: string;
  value: ValueTemplate;
  apply?: Operations;
  /**
   * What a value that cannot be written means: it is absent, or the request is refused.
   */
  onInvalid?: "remove" | "reject";
  when?: RuleConditions;
}
/**
 * Rules about the headers of responses, or about trailers.
 */
export interface OtherRules {
  rename?: RenameRules;
  map?: MapRules;
  remove?: RemoveRules;
  set?: SetRules;
  add?: AddRules;
  append?: AppendRules;
  rewrite?: RewriteRules;
  dedupe?: DedupeRules;
}
/**
 * Continues the trace of a request in one format or another, or starts one.
 */
export interface Trace {
  /**
   * Who continues traces: we (`own`), somebody behind us (`yield`); `edge` starts each anew.
   */
  mode?: "own" | "yield" | "edge";
  extract?: TraceFormats;
  inject?: TraceFormats;
  /**
   * What responses and refusals tell of the trace, beside `x-trace-id` on refusals.
   *
   * @maxItems 2
   */
  response?: ("traceresponse" | "server-timing")[];
  sampling?: TraceSampling;
  /**
   * What goes on of `baggage`: all that is valid (not at the `edge`), none, or these keys.
   */
  baggage?:
    | ("pass" | "strip")
    | {
        /**
         * Keys of members that go on, in their case.
         *
         * @minItems 1
         * @maxItems 64
         */
        keys: string[];
      };
  export?: SpanExport;
}
/**
 * Whether traces are sampled that nobody has decided about; not with `yield`.
 */
export interface TraceSampling {
  /**
   * Left undecided, all, none, this share of trace-ids, or so many in each worker.
   */
  root?:
    | ("defer" | "always" | "never")
    | {
        /**
         * A probability from 0 to 1: a number, or a text of at most 18 decimals.
         */
        ratio: number | string;
      }
    | {
        rate: Rate;
      };
  /**
   * A header name without _ (it also stands for the one with -), such as x-trace-id.
   */
  force?: string;
}
/**
 * Where spans of refusals and of the module's calls go, as OTLP/HTTP in JSON.
 */
export interface SpanExport {
  /**
   * The Envoy cluster of the collector.
   */
  cluster: string;
  /**
   * The path of the collector, from / on.
   */
  path?: string;
  /**
   * The host that the collector is asked as, with a port where it has one.
   */
  authority?: string;
  /**
   * The name of the service that the spans are of (service.name).
   */
  service?: string;
}
/**
 * Admits requests by a signed token.
 */
export interface Jwt {
  /**
   * The realm in WWW-Authenticate: printable ASCII without " and \.
   */
  realm?: string;
  /**
   * The form of the bodies of this section's refusals; that of `errors` when absent.
   */
  errors?: "json" | "problem" | "google";
  /**
   * The HTTP status for a token that is meant for others: 401 or 403.
   */
  audienceStatus?: 401 | 403;
  /**
   * A URL that begins with https://: `resource_metadata` in WWW-Authenticate (RFC 9728).
   */
  resourceMetadata?: string;
  /**
   * True: refusals of this section become `x-sallyport-dry-run` on requests that pass.
   */
  dryRun?: boolean;
  /**
   * True: Envoy chooses the route again, by the headers that this section wrote.
   */
  clearRouteCache?: boolean;
  /**
   * Who verifies signatures: `host` (RS and ES alone), `wasm` (the module), `auto` the faster.
   */
  crypto?: "auto" | "host" | "wasm";
  /**
   * What several tokens for one provider do: 400, the first counts, or all must be good.
   */
  onMultiple?: "reject" | "first" | "all";
  /**
   * The providers by name; rules require their tokens.
   */
  providers: {
    [k: string]: Provider;
  };
  /**
   * Requirements by name, for rules and for each other; a name is not that of a provider.
   */
  requirements?: {
    [k: string]: Requirement;
  };
  /**
   * The first rule that matches decides; a request that none matches is refused.
   *
   * @minItems 1
   * @maxItems 256
   */
  rules: Rule[];
}
/**
 * A provider: whose tokens are accepted, and how they are checked.
 */
export interface Provider {
  /**
   * `rfc7519` is a plain JWT, `jwt-svid` a SPIFFE JWT-SVID, `at+jwt` RFC 9068.
   */
  profile?: "rfc7519" | "jwt-svid" | "at+jwt";
  /**
   * The places of tokens, in order; `authorization` with the scheme Bearer when absent.
   *
   * @minItems 1
   * @maxItems 8
   */
  from?: TokenLocation[];
  /**
   * A SPIFFE trust domain, such as example.org; required by jwt-svid.
   */
  trustDomain?: string;
  /**
   * The issuer (`iss`), compared exactly; any when absent.
   */
  issuer?: string;
  /**
   * A list of audiences (`aud`) of which a token must name one, or any.
   *
   * @minItems 1
   * @maxItems 16
   */
  audiences: Text[] | string;
  /**
   * `envoy` ignores http(s):// before audiences and one / behind them.
   */
  audMatch?: "exact" | "envoy";
  /**
   * The subjects (`sub`) that are accepted, or parts with *; any when absent.
   *
   * @minItems 1
   * @maxItems 64
   */
  subjects?: Text[];
  /**
   * The signature algorithms that are accepted; those of its keys when absent.
   *
   * @minItems 1
   * @maxItems 13
   */
  algorithms?: (
    | "RS256"
    | "RS384"
    | "RS512"
    | "PS256"
    | "PS384"
    | "PS512"
    | "ES256"
    | "ES384"
    | "ES512"
    | "EdDSA"
    | "HS256"
    | "HS384"
    | "HS512"
    | "Ed25519"
  )[];
  /**
   * A duration by which `exp` and `nbf` may be missed, such as 60s.
   */
  clockSkew?: string;
  /**
   * Whether a token must have `exp`; false only with the profile rfc7519.
   */
  requireExp?: boolean;
  maxLifetime?: Duration;
  maxAge?: Duration;
  /**
   * The types (`typ`) of which a token must have one, such as at+jwt.
   *
   * @minItems 1
   * @maxItems 8
   */
  types?: Text[];
  /**
   * The claims that a token must have.
   *
   * @minItems 1
   * @maxItems 16
   */
  requiredClaims?: ClaimName[];
  /**
   * What claims must say.
   *
   * @minItems 1
   * @maxItems 16
   */
  conditions?: Condition[];
  /**
   * Tokens and subjects that are refused, by `jti` and `sub`: listed here or fetched.
   */
  deny?: {
    jti?: Denied;
    sub?: Denied;
    remote?: DenySource;
  };
  confirmation?: Confirmation;
  keys: Keys;
  forward?: Forward;
}
/**
 * A place of tokens: exactly one of header, query and cookie.
 */
export interface TokenLocation {
  header?: HeaderName;
  /**
   * A scheme in front of the token, in any case, such as Bearer; only with `header`.
   */
  scheme?: string;
  /**
   * A text in front of the token, compared exactly; only with `header`.
   */
  prefix?: string;
  /**
   * The name of a query parameter: letters, digits and - . _ ~.
   */
  query?: string;
  /**
   * The name of a cookie, compared exactly.
   */
  cookie?: string;
}
/**
 * A condition: a claim and one of equals, in, prefix, contains…, present.
 */
export interface Condition {
  claim: ClaimName;
  /**
   * A text, a whole number or a boolean that the claim must be.
   */
  equals?: string | number | boolean;
  in?: ConditionValues;
  prefix?: Text;
  contains?: Text;
  containsAll?: ConditionValues;
  containsAny?: ConditionValues;
  /**
   * True: the claim is there.
   */
  present?: true;
}
/**
 * Where a deny-list is fetched from: a JSON object with lists of texts `jti`, `sub` or both.
 */
export interface DenySource {
  /**
   * An http:// or https:// URI: it says what the request asks the cluster for.
   */
  uri: string;
  /**
   * The Envoy cluster that is asked.
   */
  cluster: string;
  /**
   * A time between refreshes, unless an answer says another, such as 10m.
   */
  refresh?: string;
  /**
   * A time for which the list is used without news of it, at least refresh, such as 24h.
   */
  staleFor?: string;
  /**
   * A time after which a request is given up, such as 5s.
   */
  timeout?: string;
}
/**
 * The keys: exactly one of inline, pem, remote, discovery and bundle.
 */
export interface Keys {
  /**
   * A JSON Web Key Set (RFC 7517 §5).
   */
  inline?: {
    /**
     * The keys of the set.
     *
     * @minItems 1
     * @maxItems 32
     *
     * Items: A JSON Web Key (RFC 7517 §4).
     */
    keys: {
      [k: string]: unknown;
    }[];
    [k: string]: unknown;
  };
  /**
   * A text of PEM blocks PUBLIC KEY, or a list of such texts; `kid` is ignored.
   *
   * @minItems 1
   * @maxItems 32
   */
  pem?: string | Text[];
  remote?: KeySource;
  discovery?: KeyDiscovery;
  bundle?: KeySource;
}
/**
 * Where a JSON Web Key Set, or a SPIFFE bundle, is fetched from.
 */
export interface KeySource {
  /**
   * An http:// or https:// URI: it says what the request asks the cluster for.
   */
  uri: string;
  /**
   * The Envoy cluster that is asked.
   */
  cluster: string;
  /**
   * A time between refreshes, unless an answer says another, such as 10m.
   */
  refresh?: string;
  /**
   * A time for which keys are used without news of them, at least refresh, such as 24h.
   */
  staleFor?: string;
  /**
   * A time between requests that unknown keys cause, such as 30s.
   */
  cooldown?: string;
  /**
   * A time after which a request is given up, such as 5s.
   */
  timeout?: string;
}
/**
 * An issuer whose metadata says where its keys are (OpenID Connect Discovery 1.0).
 */
export interface KeyDiscovery {
  /**
   * An issuer, an http:// or https:// URI; that of the provider when absent.
   */
  issuer?: string;
  /**
   * The Envoy cluster that is asked.
   */
  cluster: string;
  /**
   * A time between refreshes, unless an answer says another, such as 10m.
   */
  refresh?: string;
  /**
   * A time for which keys are used without news of them, at least refresh, such as 24h.
   */
  staleFor?: string;
  /**
   * A time between requests that unknown keys cause, such as 30s.
   */
  cooldown?: string;
  /**
   * A time after which a request is given up, such as 5s.
   */
  timeout?: string;
}
/**
 * What the upstream gets to see of a token.
 */
export interface Forward {
  /**
   * `strip` removes the token from the request, `keep` forwards it.
   */
  token?: "strip" | "keep";
  payload?: HeaderName;
  /**
   * The claims that are forwarded in headers.
   *
   * @minItems 1
   * @maxItems 16
   *
   * Items: A pair of `claim` and `header`.
   */
  claims?: {
    claim: ClaimName;
    header: HeaderName;
    array?: ArrayForm;
  }[];
  /**
   * The claims that become filter state, for access logs and RBAC.
   *
   * @minItems 1
   * @maxItems 16
   *
   * Items: A pair of `claim` and `key`.
   */
  filterState?: {
    claim: ClaimName;
    /**
     * A key in letters, digits and _ . -; Envoy puts `wasm.` in front of it.
     */
    key: string;
    array?: ArrayForm;
  }[];
}
/**
 * A rule with `match` and `require`.
 */
export interface Rule {
  /**
   * An object of conditions, at most one of them about the path; all must hold.
   */
  match: {
    /**
     * A path prefix of whole segments that begins with a slash, such as /healthz.
     */
    prefix?: string;
    /**
     * A path that begins with a slash, compared exactly.
     */
    path?: string;
    /**
     * A path such as /v1/{tenant}/*: {name} and * are one segment, ** at the end is any rest.
     */
    template?: string;
    /**
     * The last segments of a path without a slash in front, such as .well-known/jwks.json.
     */
    suffix?: string;
    /**
     * Methods of which the request has one.
     *
     * @minItems 1
     * @maxItems 16
     *
     * Items: A method in upper case, such as GET.
     */
    methods?: string[];
    /**
     * Hosts of which the request names one.
     *
     * @minItems 1
     * @maxItems 32
     *
     * Items: A host without port, such as example.org, or *.example.org for all below it.
     */
    hosts?: string[];
    /**
     * Conditions about headers; a header that is there twice meets none.
     *
     * @minItems 1
     * @maxItems 8
     */
    headers?: HeaderCondition[];
  };
  /**
   * Whether a CORS preflight needs what the rule requires (`check`) or passes (`bypass`).
   */
  preflight?: "check" | "bypass";
  require: Requirement;
}
/**
 * Token buckets: in each worker, shared by all workers, in Redis, or of a service.
 */
export interface RateLimit {
  /**
   * What a store or clock that fails means; `local` uses a bucket of this worker.
   */
  onStoreFailure?: "deny" | "allow" | "local";
  /**
   * A whole number from 1 to 1000: among so many workers `local` divides a limit.
   */
  nodes?: number;
  /**
   * When RateLimit headers are sent: with refusals, or with every response.
   */
  headers?: "refused" | "always";
  /**
   * Whether X-RateLimit-Limit, -Remaining and -Reset are sent as well.
   */
  xRateLimitHeaders?: boolean;
  /**
   * The form of the bodies of this section's refusals; that of `errors` when absent.
   */
  errors?: "json" | "problem" | "google";
  /**
   * Stores outside of Envoy, by name.
   */
  stores?: {
    [k: string]: RateLimitStore;
  };
  /**
   * The limits; the first that is exhausted refuses.
   *
   * @minItems 1
   * @maxItems 1024
   */
  limits: Limit[];
}
/**
 * A store: exactly one of redis and rls.
 */
export interface RateLimitStore {
  /**
   * A Redis behind Webdis.
   */
  redis?: {
    /**
     * The Envoy cluster of Webdis.
     */
    cluster: string;
    /**
     * A duration from 1ms to 5s that one call may take, such as 50ms.
     */
    timeout?: string;
    /**
     * Whether requests `wait` for the first answer about a key or `pass` on credit.
     */
    onColdKey?: "wait" | "pass";
  };
  /**
   * A service of the protocol envoy.service.ratelimit.v3.
   */
  rls?: {
    /**
     * The Envoy cluster of the service.
     */
    cluster: string;
    /**
     * The domain of the limits in the service.
     */
    domain: string;
    /**
     * A duration from 1ms to 5s that one call may take, such as 20ms.
     */
    timeout?: string;
  };
}
/**
 * A limit: which requests it counts, how, and where.
 */
export interface Limit {
  /**
   * A name of 1 to 64 letters, digits and !#$%&'*+-.^_`|~ (it stands in header fields).
   */
  name: string;
  match?: LimitMatch;
  /**
   * The parts of the key: requests with the same key share a bucket; one bucket when absent.
   *
   * @minItems 1
   * @maxItems 8
   */
  key?: KeyPart[];
  /**
   * A whole number from 0 to 100000000: the tokens of a full bucket.
   */
  capacity?: number;
  refill?: Rate;
  cost?: Cost;
  /**
   * `shared` by all workers, of each `worker`, or the name of a store.
   */
  store?: string;
  /**
   * A whole number from 1 to 1000000: keys that have a bucket at the same time.
   */
  maxKeys?: number;
  /**
   * That of the section when absent.
   */
  onStoreFailure?: "deny" | "allow" | "local";
  /**
   * A whole number from 400 to 599: the HTTP status of refusals.
   */
  status?: number;
  /**
   * Whether what the limit would refuse passes, counted.
   */
  shadow?: boolean;
}
/**
 * Which requests the limit counts: an object of conditions that must all hold.
 */
export interface LimitMatch {
  /**
   * A path prefix of whole segments that begins with a slash, such as /healthz.
   */
  prefix?: string;
  /**
   * A path that begins with a slash; a slash at the end makes no difference.
   */
  path?: string;
  /**
   * A path such as /v1/{tenant}/*: {name} and * are one segment, ** at the end is any rest.
   */
  template?: string;
  /**
   * The last segments of a path without a slash in front, such as .well-known/jwks.json.
   */
  suffix?: string;
  /**
   * Methods of which the request has one.
   *
   * @minItems 1
   * @maxItems 16
   *
   * Items: A method in upper case, such as GET; requests may have it in any case.
   */
  methods?: string[];
  /**
   * Hosts of which the request names one.
   *
   * @minItems 1
   * @maxItems 32
   *
   * Items: A host without port, such as example.org, or *.example.org for all below it.
   */
  hosts?: string[];
  /**
   * Conditions about headers; of a header that is there twice one value is enough.
   *
   * @minItems 1
   * @maxItems 8
   */
  headers?: HeaderCondition[];
  /**
   * Conditions about claims of the verified token.
   *
   * @minItems 1
   * @maxItems 8
   */
  claims?: ClaimCondition[];
}
/**
 * A key part: one of claim, header, query, cookie, method, host, path…, and how it counts.
 */
export interface KeyPart {
  claim?: ClaimName;
  header?: HeaderName;
  /**
   * A query parameter.
   */
  query?: string;
  /**
   * A cookie.
   */
  cookie?: string;
  /**
   * True: the method.
   */
  method?: true;
  /**
   * True: the host without its port, in lower case.
   */
  host?: true;
  /**
   * True: the path without its query.
   */
  path?: true;
  /**
   * A path such as /v1/{tenant}/*: what stands in place of {tenant} counts.
   */
  pathTemplate?: string;
  /**
   * The client's address, seen through trusted proxies.
   */
  clientAddress?: {
    /**
     * A whole number from 0 to 16: how many proxies in front are trusted.
     */
    trustedHops?: number;
    /**
     * A whole number from 1 to 32: the bits of an IPv4 address that count.
     */
    ipv4Prefix?: number;
    /**
     * A whole number from 1 to 128: the bits of an IPv6 address that count.
     */
    ipv6Prefix?: number;
  };
  /**
   * A fixed text.
   */
  text?: string;
  /**
   * Requests without it `share` a bucket, `skip` the limit, or are refused (`deny`).
   */
  onMissing?: "share" | "skip" | "deny";
  /**
   * The value where it is missing.
   */
  default?: string;
  /**
   * The key of the descriptor's entry in a store of the kind rls.
   */
  as?: string;
}
/**
 * What is measured beside decisions.
 */
export interface Metrics {
  requests?: RequestMetrics;
}
/**
 * Counts requests by service, method and status, and measures how long they take.
 */
export interface RequestMetrics {
  /**
   * The services; the first with the host of a request counts it, else `other`.
   *
   * @minItems 1
   * @maxItems 64
   */
  services: MetricService[];
  /**
   * The methods that have a label of their own; all others are `other`.
   *
   * @minItems 1
   * @maxItems 16
   *
   * Items: A method in upper case.
   */
  methods?: string[];
  /**
   * Series of `sallyport_requests_total` in one worker; what comes later is `other`.
   */
  seriesMax?: number;
}
/**
 * A service and the hosts that requests for it have.
 */
export interface MetricService {
  /**
   * Hosts without port; *.example.org stands for all below it.
   *
   * @minItems 1
   * @maxItems 32
   *
   * Items: A host without port, such as example.org, or *.example.org for all below it.
   */
  hosts: string[];
  /**
   * The label `destination_service`, as Istio has it.
   */
  service: string;
}
