// Names of signature algorithms in tokens, keys and configurations (RFC 7518 §3.1, RFC 8037 §3.1,
// RFC 9864 §2.2), and of the hash functions of those that a host can verify.

import { equalsText } from "../bytes/ascii";
import { Text, text } from "../bytes/text";
import { Algorithm, algorithmHash, ALGORITHMS } from "../crypto/algorithm";
import { Hash } from "../crypto/hash";

const NAMES: usize = memory.data(56, 4);
if (ALGORITHMS * 4 != 56) ERROR("the table of names is not 56 bytes");

define(Algorithm.UNKNOWN, text(""));
define(Algorithm.RS256, text("RS256"));
define(Algorithm.RS384, text("RS384"));
define(Algorithm.RS512, text("RS512"));
define(Algorithm.PS256, text("PS256"));
define(Algorithm.PS384, text("PS384"));
define(Algorithm.PS512, text("PS512"));
define(Algorithm.ES256, text("ES256"));
define(Algorithm.ES384, text("ES384"));
define(Algorithm.ES512, text("ES512"));
define(Algorithm.EDDSA, text("EdDSA"));
define(Algorithm.HS256, text("HS256"));
define(Algorithm.HS384, text("HS384"));
define(Algorithm.HS512, text("HS512"));

const ED25519 = text("Ed25519");

const SHA256 = text("sha256");
const SHA384 = text("sha384");
const SHA512 = text("sha512");

function define(algorithm: Algorithm, name: Text): void {
  store<u32>(NAMES + ((<u32>algorithm) << 2), <u32>name);
}

/** The algorithm of a name, compared byte by byte; UNKNOWN for every other name. */
export function algorithmNamed(ptr: usize, len: u32): Algorithm {
  for (let algorithm: u32 = 1; algorithm < ALGORITHMS; algorithm++) {
    if (equalsText(ptr, len, algorithmName(algorithm))) return algorithm;
  }
  return equalsText(ptr, len, ED25519) ? Algorithm.EDDSA : Algorithm.UNKNOWN;
}

/** The name in `alg`; of EdDSA the older one. */
export function algorithmName(algorithm: Algorithm): Text {
  return load<u32>(NAMES + (min(<u32>algorithm, ALGORITHMS - 1) << 2));
}

/** Name of the hash function, as Envoy's `verify_signature` spells it. */
export function algorithmHashName(algorithm: Algorithm): Text {
  const hash = algorithmHash(algorithm);
  return hash == Hash.SHA256 ? SHA256 : hash == Hash.SHA384 ? SHA384 : SHA512;
}
