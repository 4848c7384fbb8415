// RSA: the module and node:crypto give the same answer to every signature.

import { test } from "vitest";

import { rsaCases } from "../support/against_node.ts";
import { SEED } from "../support/random.ts";
import { keptRsaKeys } from "../support/rsa_keys.ts";
import { loadVerifier } from "../support/verifier.ts";
import { compareAtLength } from "./against_node.ts";

const verifier = await loadVerifier();
const pairs = [
  ...(await keptRsaKeys(100, 2048)),
  ...(await keptRsaKeys(4, 3072)),
  ...(await keptRsaKeys(2, 4096)),
];

test.each(rsaCases(pairs))(`$name has Node's answer to every signature (seed ${SEED})`, (each) =>
  compareAtLength(verifier, each, pairs.length),
);
