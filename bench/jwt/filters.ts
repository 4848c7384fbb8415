// The same work for a token, once as Sallyport's jwt section and once as Envoy's jwt_authn: issuer,
// audience, times and signature checked, sub handed on in a header, the token stripped.

import type { JsonObject } from "../../envoy/http_filters.ts";
import { ourFilters } from "../harness/ours.ts";
import type { PublicKey } from "./samples.ts";
import { AUDIENCE, ISSUER } from "./samples.ts";

export const SUBJECT_HEADER = "x-subject";
const PROVIDER = "bench";
/** As many tokens as the module keeps, and as large ones. */
const NATIVE_CACHE = { jwt_cache_size: 1024, jwt_max_token_size: 8192 };
const JWT_AUTHN =
  "type.googleapis.com/envoy.extensions.filters.http.jwt_authn.v3.JwtAuthentication";

export interface OursOptions {
  modulePath: string;
  /** Of the listener; each has a VM of its own. */
  name: string;
  keys: readonly PublicKey[];
  /** Keys of other providers, one each, with rules in front of the one that counts. */
  otherProviders?: readonly PublicKey[];
}

export function ours({ name, modulePath, ...options }: OursOptions): JsonObject[] {
  return ourFilters(modulePath, name, oursConfiguration(options));
}

export function oursConfiguration(
  options: Pick<OursOptions, "keys" | "otherProviders">,
): JsonObject {
  const others = (options.otherProviders ?? []).map((key, index) => ({ key, name: `p${index}` }));
  const otherProviders = others.map(({ key, name }) => {
    return [name, oursProvider(`${ISSUER}/${name}`, [key])] as const;
  });
  return {
    jwt: {
      providers: {
        ...Object.fromEntries(otherProviders),
        [PROVIDER]: oursProvider(ISSUER, options.keys),
      },
      rules: [
        ...others.map(({ name }) => ({ match: { prefix: `/${name}` }, require: name })),
        { match: { prefix: "/" }, require: PROVIDER },
      ],
    },
  };
}

function oursProvider(issuer: string, keys: readonly PublicKey[]): JsonObject {
  return {
    issuer,
    audiences: [AUDIENCE],
    keys: { inline: { keys: [...keys] } },
    forward: { claims: [{ claim: "sub", header: SUBJECT_HEADER }] },
  };
}

export function native(
  keys: readonly PublicKey[],
  isCached: boolean,
  otherKeys: readonly PublicKey[] = [],
): JsonObject[] {
  const others = otherKeys.map((key, index) => ({ key, name: `p${index}` }));
  const otherProviders = others.map(({ key, name }) => {
    return [name, nativeProvider(`${ISSUER}/${name}`, [key], isCached)] as const;
  });
  return [
    {
      name: "envoy.filters.http.jwt_authn",
      typed_config: {
        "@type": JWT_AUTHN,
        providers: {
          ...Object.fromEntries(otherProviders),
          [PROVIDER]: nativeProvider(ISSUER, keys, isCached),
        },
        rules: [
          ...others.map(({ name }) => nativeRule(`/${name}`, name)),
          nativeRule("/", PROVIDER),
        ],
      },
    },
  ];
}

function nativeProvider(issuer: string, keys: readonly PublicKey[], isCached: boolean): JsonObject {
  return {
    issuer,
    audiences: [AUDIENCE],
    local_jwks: { inline_string: JSON.stringify({ keys }) },
    claim_to_headers: [{ header_name: SUBJECT_HEADER, claim_name: "sub" }],
    ...(isCached ? { jwt_cache_config: NATIVE_CACHE } : {}),
  };
}

function nativeRule(prefix: string, provider: string): JsonObject {
  return { match: { prefix }, requires: { provider_name: provider } };
}
