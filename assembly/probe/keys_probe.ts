// Test-only: what keys of rate limits are made of.

export { writeCaptures } from "../core/headers/path_template";
export { NETWORK_BYTES_MAX, writeNetwork } from "../core/ratelimit/address";
export { startKey } from "../core/ratelimit/key";
