// What the preset `untrusted-edge` says of headers by their names. Read at configure only.

/** Beginnings of names by which proxies and servers tell each other whom they serve. */
export const STRIPPED_PREFIXES: string[] = [
  "cf-access-",
  "cf-connecting-",
  "client-cert",
  "forwarded-",
  "remote-",
  "ssl-client-",
  "x-amzn-",
  "x-appengine-",
  "x-auth-",
  "x-authenticated-",
  "x-client-cert",
  "x-consumer-",
  "x-envoy-",
  "x-forwarded-",
  "x-goog-authenticated-",
  "x-goog-iap-",
  "x-jwt-",
  "x-ms-client-principal",
  "x-ms-token-",
  "x-original-",
  "x-remote-",
  "x-rewrite-",
  "x-spiffe-",
  "x-ssl-",
  "x-user-",
  "x-webauth-",
];

/** The same as whole names, and what changes the method, the host or the path behind a check. */
export const STRIPPED_NAMES: string[] = [
  "cf-ipcountry",
  "cf-pseudo-ipv4",
  "cf-visitor",
  "client-ip",
  "fastly-client-ip",
  "fly-client-ip",
  "forwarded",
  "front-end-https",
  "proxy",
  "proxy-client-ip",
  "true-client-ip",
  "wl-proxy-client-ip",
  "x-anonymous-consumer",
  "x-azure-clientip",
  "x-azure-socketip",
  "x-client-ip",
  "x-cluster-client-ip",
  "x-credential-identifier",
  "x-forwarded",
  "x-host",
  "x-http-host-override",
  "x-http-method",
  "x-http-method-override",
  "x-method-override",
  "x-middleware-subrequest",
  "x-originating-ip",
  "x-proxyuser-ip",
  "x-real-ip",
  "x-scheme",
  "x-true-client-ip",
  "x-url-scheme",
  "x-user",
  "x-userid",
  "x-userinfo",
  "x-username",
];

/**
 * Names that begin so and stay: Envoy sets or sanitises them itself, gRPC-Web clients send
 * `x-user-agent`, and a trace is no identity.
 */
export const KEPT_NAMES: string[] = [
  "x-amzn-trace-id",
  "x-envoy-downstream-service-cluster",
  "x-envoy-downstream-service-node",
  "x-envoy-external-address",
  "x-envoy-internal",
  "x-envoy-ip-tags",
  "x-forwarded-client-cert",
  "x-forwarded-for",
  "x-forwarded-proto",
  "x-user-agent",
];

/** Names of which a second line refuses the request. */
export const SINGLETON_NAMES: string[] = [
  "access-control-request-method",
  "authorization",
  "content-location",
  "content-range",
  "content-type",
  "date",
  "dpop",
  "etag",
  "expect",
  "from",
  "grpc-timeout",
  "if-modified-since",
  "if-range",
  "if-unmodified-since",
  "location",
  "max-forwards",
  "origin",
  "proxy-authorization",
  "range",
  "x-forwarded-proto",
  "x-request-id",
];

/**
 * Headers that end at this hop and reach a filter, with `hopByHop: strip` (RFC 9110 §7.6.1, §11.7;
 * RFC 7540 §3.2.1).
 */
export const HOP_BY_HOP_NAMES: string[] = [
  "http2-settings",
  "keep-alive",
  "proxy-authenticate",
  "proxy-authorization",
  "proxy-connection",
];
