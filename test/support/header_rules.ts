// The rules of the section `normalise`, as a configuration has them.

export interface ValueTest {
  exact?: string;
  prefix?: string;
  suffix?: string;
  contains?: string;
  pattern?: string;
  not?: boolean;
}

export type Operation =
  | "trim"
  | "collapse"
  | "lower"
  | "upper"
  | "percentDecode"
  | "base64Decode"
  | "base64urlDecode"
  | "base64Encode"
  | "base64urlEncode"
  | "sha256"
  | { truncate: number }
  | { default: string };

export interface HeaderCondition {
  name: string;
  exact?: string;
  prefix?: string;
  present?: boolean;
}

export interface ClaimCondition {
  claim: string;
  equals?: string;
  in?: string[];
  prefix?: string;
  present?: boolean;
}

export interface When {
  prefix?: string;
  path?: string;
  template?: string;
  suffix?: string;
  methods?: string[];
  hosts?: string[];
  headers?: HeaderCondition[];
  claims?: ClaimCondition[];
  grpc?: boolean;
}

interface Conditional {
  when?: When;
}

export interface RejectRule extends Conditional {
  header?: string;
  value?: ValueTest;
}

export interface RenameRule extends Conditional {
  header: string;
  to: string;
}

export interface MapRule extends Conditional {
  from: string;
  to: string;
  prefix?: string;
}

export interface RemoveRule extends Conditional {
  header: string;
  value?: ValueTest;
}

/** One of `set`, `add`, `append`. */
export interface WriteRule extends Conditional {
  header: string;
  value: string;
  apply?: Operation[];
  onInvalid?: "remove" | "reject";
}

export interface RewriteRule extends Conditional {
  header: string;
  pattern?: string;
  to?: string;
  apply?: Operation[];
  onInvalid?: "remove" | "keep" | "reject";
  lines?: "split" | "join";
}

export interface DedupeRule extends Conditional {
  header: string;
  keep?: "unique" | "first" | "last";
}

/** What responses and trailers have, too. */
export interface RuleLists {
  rename?: RenameRule[];
  map?: MapRule[];
  remove?: (RemoveRule | string)[];
  set?: WriteRule[];
  add?: WriteRule[];
  append?: WriteRule[];
  rewrite?: RewriteRule[];
  dedupe?: DedupeRule[];
}

export interface NormaliseRules extends RuleLists {
  underscores?: "keep" | "replace" | "drop" | "reject";
  strip?: string[];
  reject?: (RejectRule | string)[];
  response?: RuleLists;
  requestTrailers?: RuleLists;
  responseTrailers?: RuleLists;
}

/** What rules see of a request beside its header lines. */
export interface RequestFacts {
  method: string;
  /** With its query; only such as all readers read alike. */
  path: string;
  authority: string;
  isGrpc: boolean;
  /** Of a verified token. */
  claims: ModelClaims | null;
}

export type ModelClaims = Readonly<Record<string, string | number | boolean | readonly string[]>>;
