// Test-only: RSA, its power alone, and its encodings without a key.

export { prepareRsa, rsaKeyBytes, verifyRsaPkcs1, verifyRsaPss } from "../../core/crypto/rsa";
export { isPkcs1 as rsaIsPkcs1 } from "../../core/crypto/rsa/pkcs1";
export { raise as rsaRaise } from "../../core/crypto/rsa/power";
export { isPss as rsaIsPss } from "../../core/crypto/rsa/pss";
