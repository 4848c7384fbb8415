// Kinds of requests that host calls are made to fail under.

import type { HeaderList } from "../../host-sim/src/index.ts";
import {
  boundToken,
  CERTIFICATE,
  forgedToken,
  goodToken,
  hostileHeaders,
  SUBJECT,
} from "./full_configuration.ts";
import type { Identity } from "./full_filter.ts";
import { CHECKED, SPIRE_IDENTITY } from "./full_filter.ts";

export interface Kind {
  name: string;
  headers: () => HeaderList;
  /** Why it is refused when the host does its part, null when it passes. */
  reason: string | null;
  /** What it leaves with. */
  identity?: Identity;
  /** What else it may be refused for when the host does not. */
  alsoFor?: readonly string[];
  /** Whether it may pass then. */
  failsOpen?: boolean;
  /** Single faults that there are at least. */
  faultsMin: number;
}

export const KEPT = goodToken();
const KIND: [string, string] = ["x-kind", "tree"];
const BOUND: Identity = { "x-jwt-device": SUBJECT, "x-jwt-proxy": SUBJECT };
const HINT: Identity = { "x-jwt-hint": SUBJECT, "x-jwt-status": "unverified" };
const TREE: Identity = { ...SPIRE_IDENTITY, ...BOUND, ...HINT };
/** What a token proves that is bound to a certificate. */
const UNPROVED = ["jwt:confirmation_refused"];

/** A request that a tree of requirements is about, with tokens in six places. */
function tree(api: string | null, certificate = CERTIFICATE): HeaderList {
  const headers: HeaderList = [
    ...hostileHeaders(goodToken(), "/v1/shop/tree"),
    KIND,
    certificate,
    ["x-device-token", boundToken()],
    ["x-proxy-token", boundToken()],
    ["x-hint-token", forgedToken()],
  ];
  if (api !== null) headers.push(["x-api-token", api]);
  return headers;
}

export const KINDS: readonly Kind[] = [
  {
    name: "a good token",
    headers: () => hostileHeaders(goodToken()),
    reason: null,
    faultsMin: 286,
  },
  {
    name: "a token seen before",
    headers: () => hostileHeaders(KEPT),
    reason: null,
    faultsMin: 273,
  },
  {
    name: "a forged token",
    headers: () => hostileHeaders(forgedToken()),
    reason: "jwt:signature_invalid",
    faultsMin: 104,
  },
  { name: "no token", headers: () => hostileHeaders(null), reason: "jwt:missing", faultsMin: 91 },
];

/** Those that are about something else than whose the token is. */
export const MORE_KINDS: readonly Kind[] = [
  {
    name: "a token in the query",
    headers: () => hostileHeaders(null, `/orders?a=b&access_token=${goodToken()}&c=d`),
    reason: null,
    faultsMin: 286,
  },
  {
    name: "a token in a cookie",
    headers: () => [...hostileHeaders(null), ["cookie", `a=b; session=${goodToken()}; c=d`]],
    reason: null,
    faultsMin: 286,
  },
  {
    name: "two tokens",
    headers: () => hostileHeaders(goodToken(), `/orders?access_token=${goodToken()}`),
    reason: "jwt:multiple",
    faultsMin: 91,
  },
  {
    name: "a good tree",
    headers: () => tree(goodToken()),
    reason: null,
    identity: { ...TREE, "x-jwt-api": SUBJECT },
    alsoFor: UNPROVED,
    faultsMin: 400,
  },
  {
    name: "a tree without what is optional",
    headers: () => tree(null),
    reason: null,
    identity: TREE,
    alsoFor: UNPROVED,
    faultsMin: 400,
  },
  {
    name: "a tree with a forged leaf",
    headers: () => tree(forgedToken()),
    reason: "jwt:signature_invalid",
    alsoFor: UNPROVED,
    faultsMin: 200,
  },
  {
    name: "a tree by another client",
    headers: () => tree(goodToken(), ["x-forwarded-client-cert", `Hash=${"cd".repeat(32)}`]),
    reason: "jwt:confirmation_refused",
    faultsMin: 200,
  },
  {
    name: "a token for other audiences",
    headers: () => hostileHeaders(goodToken({ aud: "orders" }), "/x/billing"),
    reason: "jwt:audience_refused",
    faultsMin: 91,
  },
  {
    name: "a token that a condition refuses",
    headers: () => hostileHeaders(goodToken({ scope: "reader" })),
    reason: "jwt:claim_refused",
    faultsMin: 91,
  },
  {
    name: "a token that is revoked",
    headers: () => hostileHeaders(goodToken({ jti: "stolen" })),
    reason: "jwt:revoked",
    faultsMin: 91,
  },
  {
    name: "any of three",
    headers: () => [...hostileHeaders(null, "/fetched"), ["x-mesh-token", goodToken()]],
    reason: null,
    identity: { ...CHECKED, "x-jwt-mesh": SUBJECT },
    faultsMin: 250,
  },
  {
    name: "any of three, one of them forged",
    headers: () => [
      ...hostileHeaders(null, "/fetched"),
      ["x-api-token", forgedToken()],
      ["x-idp-token", goodToken()],
    ],
    reason: null,
    identity: { ...CHECKED, "x-jwt-idp": SUBJECT },
    alsoFor: ["jwt:signature_invalid"],
    faultsMin: 250,
  },
  {
    name: "a failure that may be",
    headers: () => [...hostileHeaders(null, "/failed"), ["x-mesh-token", forgedToken()]],
    reason: null,
    identity: CHECKED,
    faultsMin: 91,
  },
  {
    name: "a preflight",
    headers: () => [
      ...hostileHeaders(null, "/idp", "OPTIONS"),
      ["origin", "https://shop.test"],
      ["access-control-request-method", "GET"],
    ],
    reason: null,
    identity: CHECKED,
    faultsMin: 91,
  },
];
