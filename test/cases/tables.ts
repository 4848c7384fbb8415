// All tables of cases and the configurations that they name.

import type { Case } from "../support/case.ts";
import { chainCases } from "./chain.ts";
import { chainConfigurations } from "./configurations/chain.ts";
import { jwtConfigurations } from "./configurations/jwt.ts";
import { jwtKeyConfigurations } from "./configurations/jwt_keys.ts";
import { normaliseConfigurations } from "./configurations/normalise.ts";
import { rateLimitConfigurations } from "./configurations/ratelimit.ts";
import { traceConfigurations } from "./configurations/trace.ts";
import { jwtCases } from "./jwt.ts";
import { jwtAlgorithmCases } from "./jwt_algorithms.ts";
import { jwtKeyCases } from "./jwt_keys.ts";
import { normaliseCases } from "./normalise.ts";
import { rateLimitCases } from "./ratelimit.ts";
import { traceCases } from "./trace.ts";

export const TABLES: readonly { title: string; cases: readonly Case[] }[] = [
  { title: "normalise", cases: normaliseCases },
  { title: "trace", cases: traceCases },
  { title: "jwt", cases: jwtCases },
  { title: "jwt algorithms", cases: jwtAlgorithmCases },
  { title: "jwt keys", cases: jwtKeyCases },
  { title: "rateLimit", cases: rateLimitCases },
  { title: "chain", cases: chainCases },
];

export const CONFIGURATIONS: Readonly<Record<string, object>> = {
  ...normaliseConfigurations,
  ...traceConfigurations,
  ...jwtConfigurations,
  ...jwtKeyConfigurations,
  ...rateLimitConfigurations,
  ...chainConfigurations,
};
