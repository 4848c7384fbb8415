// The member `deny` of a provider: tokens and subjects that are refused, whatever else holds. They
// are listed here, in a document that is fetched, or both. Never tokens by their bytes: one token
// can be written in several ways that all verify (ECDSA).

import { compareText } from "../../core/bytes/sorted_texts";
import { text, Text, textLen, textPtr } from "../../core/bytes/text";
import { internPath } from "../../core/config/claim";
import { Value } from "../../core/config/value";
import { CHECKED_CLAIMS_MAX, DENIED_MAX, IDENTIFIER_BYTES_MAX } from "../../core/limits";
import { ClaimRules } from "./claim_rules";
import { deniesTokens } from "./deny_list";
import { JwtConfig, Provider } from "./model";
import { SourceKind } from "./source";
import { readSource } from "./source_config";

const TOKEN_ID = text("jti");

/** Reads it, which may be absent, into the block. */
export function readDenied(
  value: Value | null,
  config: JwtConfig,
  provider: Provider,
  rules: ClaimRules,
): void {
  if (value === null) return;
  const tokens = value.optional("jti");
  const subjects = value.optional("sub");
  const remote = value.optional("remote");
  value.done();
  if (tokens === null && subjects === null && remote === null) {
    value.refuse("an object with jti, sub, remote");
  }
  if (remote !== null) {
    rules.denySource = readSource(remote, SourceKind.DENY_LIST, config, provider);
  }
  if (tokens !== null) {
    rules.deniedTokens = readSorted(tokens);
    rules.deniedTokenCount = <u32>tokens.json.items.length;
  }
  if (deniesTokens(rules)) {
    rules.tokenId = <u32>internPath(rules.checked, [TOKEN_ID], value.block, CHECKED_CLAIMS_MAX);
  }
  if (subjects !== null) {
    rules.deniedSubjects = readSorted(subjects);
    rules.deniedSubjectCount = <u32>subjects.json.items.length;
  }
}

function readSorted(value: Value): usize {
  const items = value.items(1, DENIED_MAX);
  const texts: Text[] = [];
  for (let i = 0; i < items.length; i++) texts.push(items[i].text(1, IDENTIFIER_BYTES_MAX));
  texts.sort((a, b) => compareText(a, textPtr(b), textLen(b)));
  const list = value.block.allocate(4 * <u32>texts.length);
  for (let i = 0; i < texts.length; i++) store<u32>(list + 4 * i, <u32>texts[i]);
  return list;
}
