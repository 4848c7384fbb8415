// Bounds of header rules and of what is edited in one header map, as limits.ts has all others.

import { CLAIMS_MAX, HEADERS_MAX, PROVIDERS_MAX } from "./limits";

// Header maps ----------------------------------------------------------------------------------

/** Members of all lines of one header that a rule takes apart. */
export const LIST_MEMBERS_MAX: u32 = 1024;
/** Fields of a header map that is handled: those that came, and lines that four lists become. */
export const FIELDS_MAX: u32 = HEADERS_MAX + 4 * LIST_MEMBERS_MAX;
/** Names of one header map that the configuration does not have and something is done about. */
export const ADOPTED_NAMES_MAX: u32 = 2 * HEADERS_MAX;
/** Names that are removed unseen: stripped by prefix, or spelled with `_`. */
export const UNLISTED_REMOVALS_MAX: u32 = HEADERS_MAX;

// Rules ----------------------------------------------------------------------------------------

/** Rules of one configuration for one header map: numbers of rules have sixteen bits. */
export const HEADER_RULES_MAX: u32 = 2048;
/** Rules for responses and trailers with `when`: whether it holds is a bit that a stream keeps. */
export const KEPT_CONDITIONS_MAX: u32 = 64;
/** Values that become filter state of one request: of all claims of all providers, and of rules. */
export const FILTER_STATES_MAX: u32 = PROVIDERS_MAX * CLAIMS_MAX + HEADER_RULES_MAX;
/** Bytes of a pattern of values: what is compared at one place of a value. */
export const PATTERN_BYTES_MAX: u32 = 256;
/** Captures of one pattern: each has a place of its own. */
export const PATTERN_CAPTURES_MAX: u32 = 8;
/** Parts of one template: each is written for each value. */
export const TEMPLATE_PARTS_MAX: u32 = 16;
/** Operations of one rule: each may copy the value. */
export const OPERATIONS_MAX: u32 = 8;
/** Segment of the path with the largest number that a template can name. */
export const TEMPLATE_SEGMENT_MAX: u32 = 32;
