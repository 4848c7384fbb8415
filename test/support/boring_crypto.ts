// Signature checks for the simulator as Envoy's BoringSSL makes them, by Node's OpenSSL.

import { createPublicKey, verify } from "node:crypto";
import type { KeyObject } from "node:crypto";
import { UnusableKey } from "../../host-sim/src/index.ts";
import type { SignatureCrypto } from "../../host-sim/src/index.ts";

/** RSA PKCS #1 v1.5 and ECDSA in DER. */
export const boringCrypto: SignatureCrypto = {
  verify(hash, key, signature, text) {
    return verify(hash, text, importKey(Buffer.from(key)), signature);
  },
};

function importKey(key: Buffer): KeyObject {
  try {
    return key.subarray(0, 5).toString("latin1") === "-----"
      ? createPublicKey({ key, format: "pem" })
      : createPublicKey({ key, format: "der", type: "spki" });
  } catch (error) {
    throw new UnusableKey("the key does not parse", { cause: error });
  }
}
