// Every bound in the module, with its unit and its reason. What exceeds one is refused, never half
// done.

// Memory ---------------------------------------------------------------------------------------

/**
 * Bytes of one callback's arena. Above Envoy's default max_request_headers_kb (60) plus the edits
 * and the configuration.
 */
export const ARENA_BYTES: u32 = 1 << 20;
/** Bytes of it that only a refusal may take: its answer has room however large the request is. */
export const ARENA_RESERVE_BYTES: u32 = 16384;
/**
 * Bytes that must be free in the arena before a foreign call: the host writes the result without
 * checking it.
 */
export const FOREIGN_HEADROOM_BYTES: u32 = 4096;
/** Bytes of one root's block: the compiled configuration, its keys and its token cache. */
export const ROOT_BYTES: u32 = 1 << 20;
/**
 * Root contexts that can be alive in one VM: several plugins, each old and new during a push, and
 * one to parse into.
 */
export const ROOTS_MAX: u32 = 17;
/** Streams that can wait for a later callback in one VM; the table has twice as many places. */
export const STREAMS_MAX: u32 = 8192;
/** Bytes that a waiting stream can keep. */
export const STREAM_DATA_BYTES: u32 = 160;
/**
 * Calls of the module itself that can be on their way in one VM: requests that wait for a verdict
 * about a limit make one each, and WAITERS_MAX can wait.
 */
export const CALLOUTS_MAX: u32 = 1024;
/** Bytes of an answer to a gRPC call: a larger one counts as none. */
export const GRPC_MESSAGE_BYTES_MAX: u32 = 65536;
/** Bytes for names and constants that live as long as the program. */
export const TEXT_POOL_BYTES: u32 = 16384;

// Configuration --------------------------------------------------------------------------------

/** Bytes of a configuration document: a thousand limits in lines of their own, and more. */
export const CONFIG_BYTES_MAX: u32 = 512 * 1024;
/**
 * Values (objects, lists, scalars) in a configuration document; bounds the heap while it is read.
 */
export const CONFIG_NODES_MAX: u32 = 16384;

// JSON -----------------------------------------------------------------------------------------

/** Nesting of objects and lists. */
export const JSON_DEPTH_MAX: u32 = 16;
/** Members of one object: member names are compared with each other. */
export const JSON_MEMBERS_MAX: u32 = 256;

// Headers --------------------------------------------------------------------------------------

/** Header fields of a request. Envoy's default is 100, its codec's largest setting is higher. */
export const HEADERS_MAX: u32 = 512;
/** Bytes of a header name that the module looks at. */
export const HEADER_NAME_BYTES_MAX: u32 = 256;
/** Bytes of a header value that the module writes. */
export const HEADER_VALUE_BYTES_MAX: u32 = 8192;
/** Distinct header names that one configuration can mention. */
export const NAMES_MAX: u32 = 2048;
/** `strip` prefixes of one configuration. */
export const STRIP_PREFIXES_MAX: u32 = 64;
/** `singletons` of one configuration. */
export const SINGLETONS_MAX: u32 = 64;
/** Options of one `connection`: each is looked for among all fields. */
export const CONNECTION_OPTIONS_MAX: u32 = 16;
/**
 * Largest number in a `grpc-timeout`: its eight digits. The largest timeout of a configuration is
 * as many milliseconds, so that it can be written exactly.
 */
export const GRPC_TIMEOUT_COUNT_MAX: u64 = 99999999;
/** Bytes of all names with `_` of one request, written with `-`. */
export const TWIN_BYTES_MAX: u32 = 16384;
/** Bytes of a request path that rules look at. */
export const PATH_BYTES_MAX: u32 = 8192;

/** Fields that a refusal adds to its answer. */
export const REPLY_FIELDS_MAX: u32 = 11;
/**
 * Bytes of the body of a refusal: its longest constant texts, twice the longest reason, a limit's
 * name, a trace-id and a number.
 */
export const ERROR_BODY_BYTES_MAX: u32 = 576;

// JWT ------------------------------------------------------------------------------------------

/** Bytes of a token (RFC 7519 sets none; the usual limit of one header is 8 KiB). */
export const TOKEN_BYTES_MAX: u32 = 8192;
/** Providers of one configuration. */
export const PROVIDERS_MAX: u32 = 128;
/** Keys of one provider. */
export const KEYS_MAX: u32 = 32;
/** Keys of one type without names (PEM) that are tried for one token. */
export const PEM_KEYS_OF_TYPE_MAX: u32 = 4;
/** Bytes of a key's `kid`. */
export const KEY_ID_BYTES_MAX: u32 = 1024;
/** Bytes of a shared secret: longer ones are hashed before use anyway (RFC 2104 §2). */
export const SECRET_BYTES_MAX: u32 = 1024;
/** Audiences of one provider. */
export const AUDIENCES_MAX: u32 = 16;
/** Subjects and beginnings of subjects of one provider. */
export const SUBJECTS_MAX: u32 = 64;
/** Bytes of an issuer, an audience or a subject in the configuration. */
export const IDENTIFIER_BYTES_MAX: u32 = 2048;
/** Bytes of a claim's name. */
export const CLAIM_NAME_BYTES_MAX: u32 = 256;
/** Bytes of the realm in WWW-Authenticate. */
export const REALM_BYTES_MAX: u32 = 256;
/** Bytes of the URL of the resource's metadata in WWW-Authenticate. */
export const RESOURCE_METADATA_BYTES_MAX: u32 = 1024;
/** Seconds in Retry-After when keys or a store fail: about what one fetch of keys takes. */
export const RETRY_AFTER_SECONDS: u32 = 2;
/** Milliseconds that clocks may differ: "no more than a few minutes" (RFC 7519 §4.1.4). */
export const CLOCK_SKEW_MILLISECONDS_MAX: u32 = 300000;
/** Rules of one configuration. */
export const RULES_MAX: u32 = 256;
/** Names that lead to one claim; below JSON_DEPTH_MAX, or nothing could lie there. */
export const CLAIM_PATH_MAX: u32 = 8;
/** Methods of one rule. */
export const METHODS_MAX: u32 = 16;
/** Bytes of a method. */
export const METHOD_BYTES_MAX: u32 = 32;
/** Hosts of one rule. */
export const HOSTS_MAX: u32 = 32;
/** Bytes of a host (RFC 1035 §2.3.4) and a star in front. */
export const HOST_BYTES_MAX: u32 = 255;
/** Conditions of one rule about headers. */
export const HEADER_CONDITIONS_MAX: u32 = 8;
/** Conditions of one limit about claims. */
export const CLAIM_CONDITIONS_MAX: u32 = 8;
/** Requirements of one configuration that have a name. */
export const REQUIREMENTS_MAX: u32 = 64;
/** Nodes of all requirements of one configuration, those of named ones wherever they are used. */
export const REQUIREMENT_NODES_MAX: u32 = 512;
/** Nesting of a requirement: each level has a frame while it is checked. */
export const REQUIREMENT_DEPTH_MAX: u32 = 8;
/** Members of one `any` or `all`. */
export const REQUIREMENT_MEMBERS_MAX: u32 = 16;
/** Providers with other audiences: with all providers they have numbers of eight bits. */
export const AUDIENCE_OVERRIDES_MAX: u32 = 128;
/** Headers that say what became of unverified tokens: each is removed from every request. */
export const STATUS_HEADERS_MAX: u32 = 16;
/** Places where one provider looks for tokens: each is searched for every request. */
export const TOKEN_LOCATIONS_MAX: u32 = 8;
/** Tokens of one provider in one request: each may cost a verification. */
export const TOKENS_MAX: u32 = 8;
/** Bytes of a scheme, a prefix, or the name of a parameter or cookie. */
export const TOKEN_LOCATION_BYTES_MAX: u32 = 128;
/** Claims that one configuration keeps (forwarded, part of a limit's key, a confirmation). */
export const CLAIMS_MAX: u32 = 16;
/** Bytes of the key of filter state that a claim becomes. */
export const FILTER_STATE_KEY_BYTES_MAX: u32 = 128;
/** Bytes of a claim's value that is kept, or that meets a condition. */
export const CLAIM_BYTES_MAX: u32 = 2048;
/** Claims that one provider requires beside those of its profile. */
export const REQUIRED_CLAIMS_MAX: u32 = 16;
/** Conditions of one provider. */
export const CONDITIONS_MAX: u32 = 16;
/** Values of one condition: found ones are bits of a word. */
export const CONDITION_VALUES_MAX: u32 = 32;
/** Claims that one provider looks at: required, seven of a profile, in conditions, and `jti`. */
export const CHECKED_CLAIMS_MAX: u32 = 40;
/** Values of `typ` of one provider. */
export const TYPES_MAX: u32 = 8;
/** Bytes of one (RFC 6838 §4.2: 127 for each of its two names). */
export const TYPE_BYTES_MAX: u32 = 255;
/** Values of a deny-list in the configuration: found by bisection, in nine comparisons at most. */
export const DENIED_MAX: u32 = 256;
/** Milliseconds of the largest `maxLifetime` and `maxAge`: 365 days. */
export const TOKEN_AGE_MILLISECONDS_MAX: u64 = 31536000000;
/** Seconds for which a token without `exp` is kept before it is verified again. */
export const ENDLESS_TOKEN_SECONDS: u32 = 300;
/** Bytes of a SPIFFE ID (SPIFFE-ID.md §2.3). */
export const SPIFFE_ID_BYTES_MAX: u32 = 2048;
/** Bytes of the cache of verified tokens of one root. */
export const TOKEN_CACHE_BYTES: u32 = 256 * 1024;
/** Tokens that the cache of one root can hold. */
export const TOKEN_CACHE_ENTRIES: u32 = 1024;
/**
 * Bytes of the cache of refused tokens of one root: a part of its own, so that no number of bad
 * tokens pushes a good one out. The largest token that fits is a quarter of it.
 */
export const REFUSED_CACHE_BYTES: u32 = 32 * 1024;
/** Tokens that it can hold. */
export const REFUSED_CACHE_ENTRIES: u32 = 64;
/**
 * Seconds that a refusal is remembered: a client that tries again at once makes no work, and a
 * verdict that was wrong is not for long.
 */
export const REFUSED_TOKEN_SECONDS: u32 = 10;

/** Bytes of a provider's name as a label of metrics. */
export const METRIC_LABEL_BYTES_MAX: u32 = 64;
/** Names of providers that one VM counts apart, one for all others included. */
export const PROVIDER_ROWS_MAX: u32 = 65;

/** Requests of one VM that wait for keys; what comes on top is refused at once. */
export const WAITERS_MAX: u32 = 1024;
/** Milliseconds that a request waits for keys. */
export const KEY_WAIT_MILLISECONDS: u32 = 5000;
// Fetched keys and deny-lists ------------------------------------------------------------------

/** Sources of keys and deny-lists of one configuration. */
export const SOURCES_MAX: u32 = 16;
/** Fetched sets in one VM: room for three roots of the largest configuration. */
export const FETCHED_SETS_MAX: u32 = 48;
/** Bytes of one fetched set: KEYS_MAX keys of RSA with 4096 bits and the longest `kid`. */
export const FETCHED_SET_BYTES: u32 = 192 * 1024;
/** Bytes of a document that is fetched. */
export const DOCUMENT_BYTES_MAX: u32 = 64 * 1024;
/** Values of a deny-list that is fetched: each is four bytes of its document at least. */
export const DENY_ENTRIES_MAX: u32 = 16384;
/** Header fields of an answer that are looked at. */
export const ANSWER_FIELDS_MAX: u32 = 128;
/** Bytes of an entity tag that is sent back: a longer one is forgotten. */
export const ENTITY_TAG_BYTES_MAX: u32 = 256;
/** Bytes of a URI of a source. */
export const URI_BYTES_MAX: u32 = 2048;
/** Bytes of the name of an Envoy cluster. */
export const CLUSTER_BYTES_MAX: u32 = 256;
/** Milliseconds between refreshes, whoever asks for them: the configuration or an answer. */
export const REFRESH_MILLISECONDS_MIN: u32 = 30000;
export const REFRESH_MILLISECONDS_MAX: u32 = 86400000;
/** Milliseconds that a fetched set is used without news of it: at most a week. */
export const STALE_FOR_MILLISECONDS_MAX: u32 = 604800000;
/** Milliseconds between refetches that unknown keys ask for. */
export const COOLDOWN_MILLISECONDS_MIN: u32 = 1000;
export const COOLDOWN_MILLISECONDS_MAX: u32 = 3600000;
/** Milliseconds until a request for a document is given up. */
export const FETCH_TIMEOUT_MILLISECONDS_MIN: u32 = 100;
export const FETCH_TIMEOUT_MILLISECONDS_MAX: u32 = 30000;
/** Milliseconds between attempts after failures: they double from one to the other. */
export const BACKOFF_MILLISECONDS_MIN: u32 = 1000;
export const BACKOFF_MILLISECONDS_MAX: u32 = 30000;
/** Milliseconds that Retry-After may ask for. */
export const RETRY_AFTER_MILLISECONDS_MAX: u32 = 300000;

// Signatures -----------------------------------------------------------------------------------

/**
 * Bytes of all tables of multiples of keys in one VM. Envoy has one VM for each worker; with 4 MiB
 * nine P-256 keys have tables of width 8, thirty-six of width 6, ninety-eight of width 4.
 */
export const TABLE_POOL_BYTES: u32 = 4 << 20;
/** Keys of one VM that can have tables: more distinct keys than tables fit are only verified. */
export const TABLE_KEYS_MAX: u32 = 1024;
/** Bits of a scalar that one entry of a table stands for: a wider one does not pay. */
export const TABLE_WIDTH_MAX: u32 = 8;
/** A narrower one saves too little of the work to be worth its room. */
export const TABLE_WIDTH_MIN: u32 = 4;

// Rate limit -----------------------------------------------------------------------------------

/** Limits of one configuration. */
export const RATE_LIMITS_MAX: u32 = 1024;
/** Stores outside of Envoy of one configuration. */
export const STORES_MAX: u32 = 16;
/** Milliseconds that a call to one may take: requests wait for it. */
export const STORE_TIMEOUT_MILLISECONDS_MAX: u32 = 5000;
/**
 * Limits of one configuration that one rate limit service keeps: all that apply to a request go to
 * it in one call, of which this is a bound.
 */
export const SERVICE_LIMITS_MAX: u32 = 32;
/** Bytes of a value in a descriptor: of a longer one its hash is sent. */
export const DESCRIPTOR_VALUE_BYTES_MAX: u32 = 256;
/** Bytes of the key of an entry in a descriptor. */
export const DESCRIPTOR_KEY_BYTES_MAX: u32 = 256;
/** Workers among which a limit can be divided. */
export const NODES_MAX: u32 = 1000;
/** Names of limits that one VM counts apart, one for all others included. */
export const LIMIT_ROWS_MAX: u32 = 1025;
/** Keys of one limit that can have a bucket at the same time. */
export const RATE_LIMIT_KEYS_MAX: u32 = 1000000;
/** Bytes of a limit's name: it is part of a shared-data key and of a header field. */
export const RATE_LIMIT_NAME_BYTES_MAX: u32 = 64;
/** Parts of one limit's key. */
export const RATE_LIMIT_KEY_PARTS_MAX: u32 = 8;
/** Proxies in front whose addresses in x-forwarded-for a key can skip. */
export const TRUSTED_HOPS_MAX: u32 = 16;
/**
 * Largest capacity and largest count of a refill: a capacity in units, which are as many for each
 * token as a day has microseconds, stays below 2^63.
 */
export const RATE_LIMIT_TOKENS_MAX: u32 = 100000000;
/** Pages of buckets of one limit: their number has four hexadecimal digits. */
export const RATE_LIMIT_PAGES_MAX: u32 = 65536;
/** Slots of one page: 31 buckets and the mark. */
export const RATE_LIMIT_PAGE_SLOTS: u32 = 32;
/** Keys for which there is one page: half of its slots, so that few pages are ever crowded. */
export const RATE_LIMIT_PAGE_KEYS: u32 = 16;
/** Keys of which one VM can hold a lease: 256 KiB, and more keys than are hot at one time. */
export const LEASES_MAX: u32 = 4096;
/** Leases that one tick returns: each costs two host calls, and those left expire by themselves. */
export const LEASES_RETURNED_MAX: u32 = 64;
/** Buckets of one VM's own store: 1 MiB. */
export const POOL_SLOTS: u32 = 32768;
/** Names of limits that one VM's own store tells apart: two full configurations. */
export const POOL_ROWS: u32 = 2 * RATE_LIMITS_MAX;
/**
 * Attempts to write a page before the limiter gives up (reliability: the loser is never starved for
 * ever).
 */
export const CAS_ATTEMPTS_MAX: u32 = 64;
/** Keys in Redis of which one VM can hold a lease: 416 KiB. */
export const REDIS_LEASES_MAX: u32 = 4096;
/** Places that one of them can have: all are looked at. */
export const REDIS_LEASE_WAYS: u32 = 8;
/** Calls about leases on their way in one VM: an eighth of all. */
export const REDIS_FLIGHTS_MAX: u32 = 128;
/** Those of them that keys new to the worker leave to others: a flood of keys is all new. */
export const REDIS_FLIGHTS_KEPT: u32 = 32;
/**
 * Calls on their way with which no request asks a service any more: fetches of keys and calls about
 * leases find room however many clients go while they wait.
 */
export const CALLOUTS_OF_VERDICTS_MAX: u32 = CALLOUTS_MAX - REDIS_FLIGHTS_MAX - FETCHED_SETS_MAX;

// Trace ----------------------------------------------------------------------------------------

/** Members of a tracestate (W3C Trace Context §3.3.1.1). */
export const TRACESTATE_MEMBERS_MAX: u32 = 32;
/** Bytes of a tracestate that are propagated (W3C Trace Context §3.3.1.5 asks for at least 512). */
export const TRACESTATE_BYTES_MAX: u32 = 512;
/** Members of a baggage, and its bytes, that go on (W3C Baggage §3.3.2 asks for at least these). */
export const BAGGAGE_MEMBERS_MAX: u32 = 64;
export const BAGGAGE_BYTES_MAX: u32 = 8192;
/** Random bytes drawn from the host at once: one call costs 0.9 µs whatever its size. */
export const RANDOM_BLOCK_BYTES: u32 = 1024;

// Logs -----------------------------------------------------------------------------------------

/** Log lines of refusals in a second of one VM, unless the configuration says otherwise. */
export const LOG_LINES_PER_SECOND: u32 = 10;
export const LOG_LINES_PER_SECOND_MAX: u32 = 1000;
/** Bytes of a log line: constant words, a trace-id, numbers, and a name with all bytes escaped. */
export const LOG_LINE_BYTES_MAX: u32 = 768;

// Time -----------------------------------------------------------------------------------------

/** Milliseconds between ticks of a root, */
export const TICK_MILLISECONDS: u32 = 1000;
/** while a request waits, a set has never been fetched or leases are held. */
export const BUSY_TICK_MILLISECONDS: u32 = 100;
