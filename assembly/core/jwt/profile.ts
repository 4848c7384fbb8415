// The sets of rules that a token can be held against.

export const enum Profile {
  /** JSON Web Token (RFC 7519) under the best practices of RFC 8725. */
  RFC7519,
  /** SPIFFE JWT-SVID: https://github.com/spiffe/spiffe/blob/main/standards/JWT-SVID.md */
  JWT_SVID,
  /** JWT profile for OAuth 2.0 access tokens (RFC 9068). */
  AT_JWT,
}
