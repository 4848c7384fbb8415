// The two verdicts on a token.

import { errors, jwtVerify } from "jose";

import type { Simulated } from "../simulated_filter.ts";
import { requestOn } from "../simulated_filter.ts";
import type { Generated } from "./generate.ts";
import { NOW } from "./world.ts";

/**
 * Null when jose accepts the token, else its error: the code, of a claim its name and what is wrong
 * with it, of the codes for several things the message.
 */
export async function judgeByJose({ provider, token }: Generated): Promise<string | null> {
  const { issuer, audiences, skewSeconds, algorithms, joseKey } = provider;
  try {
    await jwtVerify(token, joseKey, {
      ...(issuer === undefined ? {} : { issuer }),
      audience: [...audiences],
      algorithms: [...algorithms],
      clockTolerance: skewSeconds,
      currentDate: new Date(NOW * 1000),
      requiredClaims: ["exp"],
    });
    return null;
  } catch (error) {
    return describe(error);
  }
}

const OF_SEVERAL = new Set(["ERR_JWS_INVALID", "ERR_JWT_INVALID", "ERR_JOSE_NOT_SUPPORTED"]);

function describe(error: unknown): string {
  if (error instanceof errors.JWTClaimValidationFailed) {
    return `${error.code}: ${error.claim} ${error.reason}`;
  }
  if (error instanceof errors.JOSEError) {
    if (!OF_SEVERAL.has(error.code)) return error.code;
    return `${error.code}: ${error.message.replace(/Parameter ".*"/s, 'Parameter "…"')}`;
  }
  // jose lets errors of the platform through.
  if (error instanceof Error) return `${error.name}: ${error.message}`;
  return String(error);
}

/** Null when the module lets the request through, else its reason. */
export function judgeByModule(filter: Simulated, { provider, token }: Generated): string | null {
  const stream = filter.open();
  try {
    return requestOn(stream, [["authorization", `Bearer ${token}`]], provider.path).reason;
  } finally {
    stream.close();
  }
}
