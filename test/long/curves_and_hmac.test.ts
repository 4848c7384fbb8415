// ECDSA, EdDSA and HMAC: the module and node:crypto give the same answer to every signature.

import { test } from "vitest";

import { CURVE_CASES, HMAC_CASES } from "../support/against_node.ts";
import { SEED } from "../support/random.ts";
import { loadVerifier } from "../support/verifier.ts";
import { compareAtLength } from "./against_node.ts";

const KEYS = 100;

const verifier = await loadVerifier();

test.each([...CURVE_CASES, ...HMAC_CASES])(
  `$name has Node's answer to every signature (seed ${SEED})`,
  (each) => compareAtLength(verifier, each, KEYS),
);
