// Whether the host's verifier tells right from wrong, for every algorithm: the examples of RFC 7515
// A.2 and A.3, as they are and with one bit of their text changed. Runs when a configuration is
// activated, so it may be made of strings.

import { Algorithm } from "../../core/jwt/algorithm";
import { Compact, readCompact } from "../../core/jwt/compact";
import { Jwk, readJwk, SPKI_BYTES_MAX } from "../../core/jwt/jwk";
import { JwkVerdict } from "../../core/jwt/jwk_verdict";
import { Profile } from "../../core/jwt/profile";
import { Scanner, SCANNER_BYTES } from "../../core/json/scanner";
import { Reason } from "../../core/reason";
import { Key } from "./model";
import { verifySignature } from "./signature";

const PAYLOAD =
  "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ";
const RS256_TOKEN =
  "eyJhbGciOiJSUzI1NiJ9." +
  PAYLOAD +
  ".cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7AAuHIm4Bh-0Qc_lF5YKt_O8W2Fp5" +
  "jujGbds9uJdbF9CUAr7t1dnZcAcQjbKBYNX4BAynRFdiuB--f_nZLgrnbyTyWzO75vRK5h6xBArLIARNPvkSjtQBMHlb" +
  "1L07Qe7K0GarZRmB_eSN9383LcOLn6_dO--xi12jzDwusC-eOkHWEsqtFZESc6BfI7noOPqvhJ1phCnvWh6IeYI2w9QO" +
  "YEUipUTI8np6LbgGY9Fs98rqVt5AXLIhWkWywlVmtVrBp0igcN_IoypGlUPQGe77Rw";
const RS256_KEY =
  '{"kty":"RSA","e":"AQAB","n":"' +
  "ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp-Vaw-4qPCJrcS2mJPMEzP1Pt0Bm4" +
  "d4QlL-yRT-SFd2lZS-pCgNMsD1W_YpRPEwOWvG6b32690r2jZ47soMZo9wGzjb_7OMg0LOL-bSf63kpaSHSXndS5z5re" +
  "xMdbBYUsLA9e-KXBdQOS-UTo7WTBEMa2R2CapHg665xsmtdVMTBQY4uDZlxvb3qCo5ZwKh9kG4LT6_I5IhlJH7aGhyxX" +
  'FvUK-DWNmoudF8NAco9_h9iaGNj8q2ethFkMLs91kzk2PAcDTW9gb54h4FRWyuXpoQ"}';
const ES256_TOKEN =
  "eyJhbGciOiJFUzI1NiJ9." +
  PAYLOAD +
  ".DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q";
const ES256_KEY =
  '{"kty":"EC","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",' +
  '"y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"}';

const SCANNER = changetype<Scanner>(heap.alloc(SCANNER_BYTES));
const COMPACT = changetype<Compact>(heap.alloc(offsetof<Compact>()));
const JWK = changetype<Jwk>(heap.alloc(offsetof<Jwk>()));
const KEY = changetype<Key>(heap.alloc(offsetof<Key>()));
/** The key as a Text: its length, then its bytes. */
const SPKI: usize = heap.alloc(4 + SPKI_BYTES_MAX);

/** Whether the host verifies what is right and nothing else. */
export function verifierWorks(): bool {
  return (
    works(Algorithm.RS256, RS256_KEY, RS256_TOKEN) && works(Algorithm.ES256, ES256_KEY, ES256_TOKEN)
  );
}

function works(algorithm: Algorithm, jwk: string, token: string): bool {
  const jwkBytes = String.UTF8.encode(jwk);
  SCANNER.begin(changetype<usize>(jwkBytes), <u32>jwkBytes.byteLength);
  const verdict = readJwk(SCANNER, Profile.RFC7519, SPKI + 4, JWK);
  if (verdict != JwkVerdict.USABLE) return false;
  store<u32>(SPKI, JWK.spkiLen);
  KEY.kid = 0;
  KEY.keyType = JWK.keyType;
  KEY.signatureLen = JWK.signatureLen;
  KEY.spki = SPKI;

  const tokenBytes = String.UTF8.encode(token);
  const tokenPtr = changetype<usize>(tokenBytes);
  const tokenLen = <u32>tokenBytes.byteLength;
  const decoded = new ArrayBuffer(<i32>tokenLen);
  const shape = readCompact(tokenPtr, tokenLen, changetype<usize>(decoded), COMPACT);
  if (shape != Reason.OK) return false;
  if (verifySignature(COMPACT, algorithm, KEY) != Reason.OK) return false;
  store<u8>(tokenPtr, load<u8>(tokenPtr) ^ 1);
  return verifySignature(COMPACT, algorithm, KEY) == Reason.JWT_SIGNATURE_INVALID;
}
