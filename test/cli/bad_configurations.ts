// Configuration files that `sallyport validate` refuses, and what it prints for each.

export interface BadConfiguration {
  name: string;
  text: string;
  printed: string;
}

/** Found by the YAML parser or the schema. */
export const BAD_FILES: readonly BadConfiguration[] = [
  {
    name: "an unknown member",
    text: "markCheked: true\ntrace: {}\n",
    printed: `f.yaml:1:1: $.markCheked: found an unknown member, allowed: \
markChecked, errors, log, normalise, trace, jwt, rateLimit, metrics
  1 | markCheked: true
    | ^^^^^^^^^^
`,
  },
  {
    name: "a wrong type",
    text: "normalise:\n  strip: x-spiffe-id\n",
    printed: `f.yaml:2:10: $.normalise.strip: found "x-spiffe-id", allowed: a list
  2 |   strip: x-spiffe-id
    |          ^^^^^^^^^^^
`,
  },
  {
    name: "a choice that there is not",
    text: "normalise: { underscores: maybe }\n",
    printed: `f.yaml:1:27: $.normalise.underscores: found "maybe", allowed: \
keep, replace, drop, reject
  1 | normalise: { underscores: maybe }
    |                           ^^^^^
`,
  },
  {
    name: "a form of errors that there is not",
    text: `jwt:
  errors: html
  providers:
    spire:
      audiences: [orders]
      keys: { inline: { keys: [{ kty: EC }] } }
  rules: [{ match: { prefix: / }, require: spire }]
`,
    printed: `f.yaml:2:11: $.jwt.errors: found "html", allowed: json, problem, google
  2 |   errors: html
    |           ^^^^
`,
  },
  {
    name: "a bad duration",
    text: `jwt:
  providers:
    spire:
      audiences: [orders]
      clockSkew: 5 seconds
      keys: { inline: { keys: [{ kty: EC }] } }
  rules: [{ match: { prefix: / }, require: spire }]
`,
    printed: `f.yaml:5:18: $.jwt.providers.spire.clockSkew: found "5 seconds", allowed: \
a duration by which \`exp\` and \`nbf\` may be missed, such as 60s
  5 |       clockSkew: 5 seconds
    |                  ^^^^^^^^^
`,
  },
  {
    name: "a bad refill and a capacity that is too large",
    text: `rateLimit:
  limits:
    - name: all
      key: [{ path: true }]
      capacity: 200000000
      refill: 50
`,
    printed: `f.yaml:5:17: $.rateLimit.limits[0].capacity: found 200000000, allowed: \
a whole number from 0 to 100000000: the tokens of a full bucket
  5 |       capacity: 200000000
    |                 ^^^^^^^^^

f.yaml:6:15: $.rateLimit.limits[0].refill: found 50, allowed: \
a rate: COUNT/s, COUNT/m, COUNT/h or COUNT/d with a count of 0 to 100000000, such as 50/s
  6 |       refill: 50
    |               ^^
`,
  },
  {
    name: "a missing member",
    text: `jwt:
  providers:
    spire:
      profile: jwt-svid
      audiences: [orders]
      keys: { inline: { keys: [{ kty: EC }] } }
  rules: [{ match: { prefix: / }, require: spire }]
`,
    printed: `f.yaml:3:5: $.jwt.providers.spire: found no member "trustDomain", allowed: \
"trustDomain"
  3 |     spire:
    |     ^^^^^
`,
  },
  {
    name: "keys from two places",
    text: `jwt:
  providers:
    idp:
      audiences: [orders]
      keys: { pem: 5, remote: { uri: "ftp://idp", cluster: idp } }
  rules: [{ match: { prefix: / }, require: idp }]
`,
    printed: `f.yaml:5:13: $.jwt.providers.idp.keys: found an object, allowed: \
the keys: exactly one of inline, pem, remote, discovery and bundle
  5 |       keys: { pem: 5, remote: { uri: "ftp://idp", cluster: idp } }
    |             ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^

f.yaml:5:20: $.jwt.providers.idp.keys.pem: found 5, allowed: \
a text of PEM blocks PUBLIC KEY, or a list of such texts; \`kid\` is ignored
  5 |       keys: { pem: 5, remote: { uri: "ftp://idp", cluster: idp } }
    |                    ^

f.yaml:5:38: $.jwt.providers.idp.keys.remote.uri: found "ftp://idp", allowed: \
an http:// or https:// URI: it says what the request asks the cluster for
  5 |       keys: { pem: 5, remote: { uri: "ftp://idp", cluster: idp } }
    |                                      ^^^^^^^^^^^
`,
  },
  {
    name: "a requirement that is none, a place that is none",
    text: `jwt:
  providers:
    spire:
      audiences: [orders]
      from: [{ query: access token }]
      keys: { inline: { keys: [{ kty: EC }] } }
  rules: [{ match: { prefix: / }, require: { any: [spire, 5] } }]
`,
    printed: `f.yaml:5:23: $.jwt.providers.spire.from[0].query: found "access token", allowed: \
the name of a query parameter: letters, digits and - . _ ~
  5 |       from: [{ query: access token }]
    |                       ^^^^^^^^^^^^

f.yaml:7:59: $.jwt.rules[0].require.any[1]: found 5, allowed: \
a requirement: a name, or one of any, all, optional, optionalOrFailed, extractOnly, provider
  7 |   rules: [{ match: { prefix: / }, require: { any: [spire, 5] } }]
    |                                                           ^
`,
  },
  {
    name: "claims that are asked for in the wrong form",
    text: `jwt:
  providers:
    idp:
      audiences: all
      requiredClaims: [[]]
      conditions:
        - { claim: scope, contains: a, equals: b }
        - { claim: level, equals: 1.5 }
      confirmation: mtls
      keys: { inline: { keys: [{ kty: EC }] } }
  rules: [{ match: { prefix: / }, require: idp }]
`,
    printed: `f.yaml:4:18: $.jwt.providers.idp.audiences: found "all", allowed: \
a list of audiences (\`aud\`) of which a token must name one, or any
  4 |       audiences: all
    |                  ^^^

f.yaml:5:24: $.jwt.providers.idp.requiredClaims[0]: found an empty list, allowed: \
a claim: a name, such as sub, or a list of names that leads to one
  5 |       requiredClaims: [[]]
    |                        ^^

f.yaml:7:11: $.jwt.providers.idp.conditions[0]: found an object, allowed: \
a condition: a claim and one of equals, in, prefix, contains…, present
  7 |         - { claim: scope, contains: a, equals: b }
    |           ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^

f.yaml:8:35: $.jwt.providers.idp.conditions[1].equals: found 1.5, allowed: \
a text, a whole number or a boolean that the claim must be
  8 |         - { claim: level, equals: 1.5 }
    |                                   ^^^

f.yaml:9:21: $.jwt.providers.idp.confirmation: found "mtls", allowed: \
refuse, ignore, or an object with mtls: what becomes of tokens with \`cnf\`
  9 |       confirmation: mtls
    |                     ^^^^
`,
  },
  {
    name: "a key part with two members",
    text: `rateLimit:
  limits:
    - { name: a, key: [{ claim: sub, path: true }], capacity: 1, refill: 1/s }
`,
    printed: `f.yaml:3:24: $.rateLimit.limits[0].key[0]: found 2 kinds of part, allowed: \
one of claim, header, query, cookie, method, host, path, pathTemplate, clientAddress, text
  3 |     - { name: a, key: [{ claim: sub, path: true }], capacity: 1, refill: 1/s }
    |                        ^^^^^^^^^^^^^^^^^^^^^^^^^^
`,
  },
  {
    name: "a header name with an underscore",
    text: "normalise:\n\n  map:\n    - { from: trace_id, to: x-trace-id }\n",
    printed: `f.yaml:4:15: $.normalise.map[0].from: found "trace_id", allowed: \
a header name without _ (it also stands for the one with -) and *, such as x-trace-id
  4 |     - { from: trace_id, to: x-trace-id }
    |               ^^^^^^^^
`,
  },
  {
    name: "header rules that are none",
    text: `normalise:
  reject: [x-*-a, { value: { exact: a } }]
  set:
    - { header: x-a*, value: "{host", apply: [lower, sort] }
  rewrite: [{ header: x-a, pattern: a }]
  rename: [{ header: "x-a-*", to: x-b }]
`,
    printed: `f.yaml:2:12: $.normalise.reject[0]: found "x-*-a", allowed: \
a name (x-a, x-a-*, *-a), or an object with header, when or both; value only beside header
  2 |   reject: [x-*-a, { value: { exact: a } }]
    |            ^^^^^

f.yaml:2:19: $.normalise.reject[1]: found an object, allowed: \
a name (x-a, x-a-*, *-a), or an object with header, when or both; value only beside header
  2 |   reject: [x-*-a, { value: { exact: a } }]
    |                   ^^^^^^^^^^^^^^^^^^^^^^^

f.yaml:4:17: $.normalise.set[0].header: found "x-a*", allowed: \
a header name without _ (it also stands for the one with -) and *, such as x-trace-id
  4 |     - { header: x-a*, value: "{host", apply: [lower, sort] }
    |                 ^^^^

f.yaml:4:30: $.normalise.set[0].value: found "{host", allowed: \
a text with parts such as {header:x-a}, {claim:sub}, {path:1}, {query:q}, {host}, {method}
  4 |     - { header: x-a*, value: "{host", apply: [lower, sort] }
    |                              ^^^^^^^

f.yaml:4:54: $.normalise.set[0].apply[1]: found "sort", allowed: \
one of trim, collapse, lower, upper, percentDecode, base64Decode…, sha256, truncate, default
  4 |     - { header: x-a*, value: "{host", apply: [lower, sort] }
    |                                                      ^^^^

f.yaml:5:13: $.normalise.rewrite[0]: found an object, allowed: \
a header and what its lines become: at least one of to, apply and lines
  5 |   rewrite: [{ header: x-a, pattern: a }]
    |             ^^^^^^^^^^^^^^^^^^^^^^^^^^^

f.yaml:6:12: $.normalise.rename[0]: found an object, allowed: \
a name and the one it becomes; a * stands at the same end of both, or in neither
  6 |   rename: [{ header: "x-a-*", to: x-b }]
    |            ^^^^^^^^^^^^^^^^^^^^^^^^^^^^
`,
  },
  {
    name: "a format that there is not",
    text: "trace: { extract: [tracecontext, w3] }\n",
    printed: `f.yaml:1:34: $.trace.extract[1]: found "w3", allowed: \
tracecontext, b3, b3multi, jaeger, xray, cloudtrace, datadog
  1 | trace: { extract: [tracecontext, w3] }
    |                                  ^^
`,
  },
  {
    name: "an export without a cluster, and a path that is a URI",
    text: "trace:\n  export: { path: http://otel/v1/traces }\n",
    printed: `f.yaml:2:11: $.trace.export: found no member "cluster", allowed: "cluster"
  2 |   export: { path: http://otel/v1/traces }
    |           ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^

f.yaml:2:19: $.trace.export.path: found "http://otel/v1/traces", allowed: \
the path of the collector, from / on
  2 |   export: { path: http://otel/v1/traces }
    |                   ^^^^^^^^^^^^^^^^^^^^^
`,
  },
  {
    name: "YAML that does not end",
    text: "normalise:\n  strip: [x-a, x-b\ntrace: {}\n",
    printed: `f.yaml:3:1: YAML: \
Flow sequence in block collection must be sufficiently indented and end with a ]
  3 | trace: {}
    | ^
`,
  },
  {
    name: "a member twice",
    text: "trace: {}\nmarkChecked: true\ntrace: {}\n",
    printed: `f.yaml:3:1: YAML: Map keys must be unique
  3 | trace: {}
    | ^
`,
  },
  {
    name: "two documents",
    text: "trace: {}\n---\ntrace: {}\n",
    printed: `f.yaml:2:1: YAML: more than one document
  2 | ---
    | ^^^
`,
  },
  {
    name: "an alias without an anchor",
    text: "trace: *elsewhere\n",
    printed: `f.yaml:1:8: YAML: \
Unresolved alias (the anchor must be set before the alias): elsewhere
  1 | trace: *elsewhere
    |        ^^^^^^^^^^
`,
  },
  {
    name: "an empty file",
    text: "",
    printed: "f.yaml:1:1: $: found null, allowed: an object\n  1 | \n    | ^\n",
  },
  {
    name: "a tab before the fault, in a file with CRLF",
    text: '{\r\n\t"markChecked":\t"yes"\r\n}\r\n',
    printed: `f.yaml:2:17: $.markChecked: found "yes", allowed: true, false
  2 | \t"markChecked":\t"yes"
    | \t              \t^^^^^
`,
  },
];
