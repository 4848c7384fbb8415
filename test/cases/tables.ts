// All tables of cases and the configurations that they name.

import type { Case } from "../support/case.ts";
import { chainCases } from "./chain.ts";
import { chainConfigurations } from "./configurations/chain.ts";
import { headerRulesConfigurations } from "./configurations/header_rules.ts";
import { jwtConfigurations } from "./configurations/jwt.ts";
import { jwtDryRunConfigurations } from "./configurations/jwt_dry_run.ts";
import { jwtClaimConfigurations } from "./configurations/jwt_claims.ts";
import { jwtKeyConfigurations } from "./configurations/jwt_keys.ts";
import { jwtOutputConfigurations } from "./configurations/jwt_output.ts";
import { jwtRefusalConfigurations } from "./configurations/jwt_refusals.ts";
import { jwtLocationConfigurations } from "./configurations/jwt_locations.ts";
import { jwtMatchingConfigurations } from "./configurations/jwt_matching.ts";
import { jwtRequirementConfigurations } from "./configurations/jwt_requirements.ts";
import { normaliseConfigurations } from "./configurations/normalise.ts";
import { normaliseHygieneConfigurations } from "./configurations/normalise_hygiene.ts";
import { normaliseGrpcConfigurations } from "./configurations/normalise_grpc.ts";
import { rateLimitConfigurations } from "./configurations/ratelimit.ts";
import { rateLimitKeyConfigurations } from "./configurations/ratelimit_keys.ts";
import { rateLimitMatchConfigurations } from "./configurations/ratelimit_match.ts";
import { rateLimitAnswerConfigurations } from "./configurations/ratelimit_answers.ts";
import { traceConfigurations } from "./configurations/trace.ts";
import { traceAnswerConfigurations } from "./configurations/trace_answers.ts";
import { traceSamplingConfigurations } from "./configurations/trace_sampling.ts";
import { headerRulesClaimCases } from "./header_rules_claims.ts";
import {
  headerRulesMoveCases,
  headerRulesRejectCases,
  headerRulesRemoveCases,
} from "./header_rules_names.ts";
import { headerRulesResponseCases } from "./header_rules_response.ts";
import { headerRulesRewriteCases, headerRulesWriteCases } from "./header_rules_values.ts";
import { jwtCases } from "./jwt.ts";
import { jwtClaimCases } from "./jwt_claims.ts";
import { jwtConfirmationCases } from "./jwt_confirmation.ts";
import { jwtAlgorithmCases } from "./jwt_algorithms.ts";
import { jwtKeyCases } from "./jwt_keys.ts";
import { jwtInputConfigurations, jwtInputSignatureCases } from "./jwt_inputs_signatures.ts";
import { jwtInputTokenCases } from "./jwt_inputs_tokens.ts";
import { jwtDryRunCases } from "./jwt_dry_run.ts";
import { jwtOutputCases } from "./jwt_output.ts";
import { jwtRefusalCases } from "./jwt_refusals.ts";
import { jwtLocationCases } from "./jwt_locations.ts";
import { jwtMatchingCases } from "./jwt_matching.ts";
import { jwtRequirementCases } from "./jwt_requirements.ts";
import { normaliseCases } from "./normalise.ts";
import { normaliseHygieneCases } from "./normalise_hygiene.ts";
import { normaliseGatewayCases } from "./normalise_gateway.ts";
import { normaliseGrpcCases } from "./normalise_grpc.ts";
import { normaliseGrpcNameCases } from "./normalise_grpc_names.ts";
import { rateLimitCases } from "./ratelimit.ts";
import { rateLimitCostCases } from "./ratelimit_costs.ts";
import { rateLimitKeyCases } from "./ratelimit_keys.ts";
import { rateLimitMissingCases } from "./ratelimit_missing.ts";
import { rateLimitMatchCases } from "./ratelimit_match.ts";
import { rateLimitAnswerCases } from "./ratelimit_answers.ts";
import { rateLimitShadowCases } from "./ratelimit_shadow.ts";
import { traceCases } from "./trace.ts";
import { traceAnswerCases } from "./trace_answers.ts";
import { traceB3Cases } from "./trace_b3.ts";
import { traceBaggageCases } from "./trace_baggage.ts";
import { traceFormatCases } from "./trace_formats.ts";
import { traceInputCases } from "./trace_inputs.ts";
import { traceModeCases } from "./trace_modes.ts";
import { traceSamplingCases } from "./trace_sampling.ts";

export const TABLES: readonly { title: string; cases: readonly Case[] }[] = [
  { title: "normalise", cases: normaliseCases },
  { title: "normalise hygiene", cases: normaliseHygieneCases },
  { title: "gRPC metadata", cases: [...normaliseGrpcCases, ...normaliseGrpcNameCases] },
  { title: "grpc-gateway names", cases: normaliseGatewayCases },
  { title: "header rules that refuse", cases: headerRulesRejectCases },
  {
    title: "header rules about names",
    cases: [...headerRulesMoveCases, ...headerRulesRemoveCases],
  },
  {
    title: "header rules about values",
    cases: [...headerRulesWriteCases, ...headerRulesRewriteCases],
  },
  { title: "header rules about claims", cases: headerRulesClaimCases },
  { title: "header rules of responses", cases: headerRulesResponseCases },
  { title: "trace", cases: traceCases },
  { title: "trace in answers", cases: traceAnswerCases },
  { title: "trace inputs", cases: traceInputCases },
  { title: "trace modes", cases: traceModeCases },
  { title: "trace formats", cases: [...traceB3Cases, ...traceFormatCases] },
  { title: "trace sampling", cases: traceSamplingCases },
  { title: "trace baggage", cases: traceBaggageCases },
  { title: "jwt", cases: jwtCases },
  { title: "jwt claims", cases: [...jwtClaimCases, ...jwtConfirmationCases] },
  { title: "jwt algorithms", cases: jwtAlgorithmCases },
  { title: "jwt keys", cases: jwtKeyCases },
  { title: "jwt inputs", cases: [...jwtInputTokenCases, ...jwtInputSignatureCases] },
  { title: "jwt output", cases: jwtOutputCases },
  { title: "jwt dry run", cases: jwtDryRunCases },
  { title: "jwt refusals", cases: jwtRefusalCases },
  { title: "jwt locations", cases: jwtLocationCases },
  { title: "jwt matching", cases: jwtMatchingCases },
  { title: "jwt requirements", cases: jwtRequirementCases },
  { title: "rateLimit", cases: rateLimitCases },
  { title: "rateLimit keys", cases: [...rateLimitKeyCases, ...rateLimitMissingCases] },
  { title: "rateLimit costs", cases: rateLimitCostCases },
  { title: "rateLimit matching", cases: rateLimitMatchCases },
  { title: "rateLimit answers", cases: [...rateLimitAnswerCases, ...rateLimitShadowCases] },
  { title: "chain", cases: chainCases },
];

export const CONFIGURATIONS: Readonly<Record<string, object>> = {
  ...normaliseConfigurations,
  ...normaliseHygieneConfigurations,
  ...normaliseGrpcConfigurations,
  ...headerRulesConfigurations,
  ...traceConfigurations,
  ...traceAnswerConfigurations,
  ...traceSamplingConfigurations,
  ...jwtConfigurations,
  ...jwtKeyConfigurations,
  ...jwtInputConfigurations,
  ...jwtClaimConfigurations,
  ...jwtOutputConfigurations,
  ...jwtDryRunConfigurations,
  ...jwtRefusalConfigurations,
  ...jwtLocationConfigurations,
  ...jwtMatchingConfigurations,
  ...jwtRequirementConfigurations,
  ...rateLimitConfigurations,
  ...rateLimitKeyConfigurations,
  ...rateLimitMatchConfigurations,
  ...rateLimitAnswerConfigurations,
  ...chainConfigurations,
};
