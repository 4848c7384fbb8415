// The member `confirmation` of a provider.

import { text } from "../../core/bytes/text";
import { internPath } from "../../core/config/claim";
import { fixedNameId } from "../../core/config/scalars";
import { Value } from "../../core/config/value";
import { CLAIMS_MAX } from "../../core/limits";
import { ClaimRules, Confirmation } from "./claim_rules";

const CONFIRMATION_CLAIM = text("cnf");
const CERTIFICATE_DIGEST = text("x5t#S256");
const CLIENT_CERT = text("x-forwarded-client-cert");

/** Reads it, which may be absent; `names` and `claims` are the tables of names that it adds to. */
export function readConfirmation(
  value: Value | null,
  names: usize,
  claims: usize,
  rules: ClaimRules,
): void {
  if (value === null) return;
  if (!value.isObject) {
    if (value.isString) rules.confirmation = value.choice(["refuse", "ignore"]);
    else value.refuse("refuse, ignore, an object with mtls");
    return;
  }
  const mtls = value.required("mtls");
  value.done();
  const source = mtls.choice(["connection", "x-forwarded-client-cert"]);
  if (value.error.failed) return;
  rules.confirmation = source == 0 ? Confirmation.CONNECTION : Confirmation.FORWARDED;
  if (source != 0) rules.certificateHeader = fixedNameId(names, mtls, CLIENT_CERT);
  const path = [CONFIRMATION_CLAIM, CERTIFICATE_DIGEST];
  const claim = internPath(claims, path, value.block, CLAIMS_MAX);
  if (claim < 0) value.refuseFound("one claim too many", CLAIMS_MAX.toString() + " claims in all");
  rules.certificateClaim = <u32>max(claim, 0);
}
