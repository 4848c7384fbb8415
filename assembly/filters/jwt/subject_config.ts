// The member `subjects` of a provider.

import { text, Text, textLen, textPtr } from "../../core/bytes/text";
import { Value } from "../../core/config/value";
import { IDENTIFIER_BYTES_MAX, SUBJECTS_MAX } from "../../core/limits";
import { ClaimRules, Subject, SUBJECT_BYTES, subjectAt, SubjectMatch } from "./claim_rules";

const MARK = "*";
const ALLOWED = "a subject, or a part of one with a * before it, behind it or both";
const NO_TEXT = text("");

/** Reads it into the block. */
export function readSubjects(value: Value, rules: ClaimRules): void {
  const subjects = value.items(1, SUBJECTS_MAX);
  rules.subjects = value.block.allocate(<u32>subjects.length * SUBJECT_BYTES);
  for (let i = 0; i < subjects.length; i++) {
    readSubject(subjects[i], subjectAt(rules, <u32>i));
    if (value.error.failed) return;
  }
  rules.subjectCount = <u32>subjects.length;
}

function readSubject(value: Value, subject: Subject): void {
  subject.text = value.text(1, IDENTIFIER_BYTES_MAX);
  if (value.error.failed) return;
  const characters = value.string();
  if (characters == MARK) {
    subject.match = SubjectMatch.PREFIX;
    subject.text = NO_TEXT;
    return;
  }
  const before = characters.startsWith(MARK);
  const behind = characters.endsWith(MARK);
  const end = characters.length - i32(behind);
  const part = characters.substring(i32(before), end);
  if (part.length == 0 || part.includes(MARK)) value.refuse(ALLOWED);
  if (before) subject.match = behind ? SubjectMatch.CONTAINS : SubjectMatch.SUFFIX;
  else if (behind) subject.match = SubjectMatch.PREFIX;
  subject.text = within(value, subject.text, u32(before), u32(behind));
}

/** A text without bytes at its ends. */
function within(value: Value, whole: Text, before: u32, behind: u32): Text {
  if (before + behind == 0 || textLen(whole) <= before + behind) return whole;
  return value.block.text(textPtr(whole) + before, textLen(whole) - before - behind);
}
