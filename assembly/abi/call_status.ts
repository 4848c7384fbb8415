// The status of an answer to a call.

import { equalsText } from "../core/bytes/ascii";
import { parseUnsigned } from "../core/bytes/decimal";
import { fieldAt } from "../core/bytes/field";
import { text } from "../core/bytes/text";
import { ANSWER_FIELDS_MAX } from "../core/limits";
import { arenaAllocate } from "./arena";
import { answerLen, answerPtr, getHeaderPairs } from "./host";
import { decodePairs, fieldsLen } from "./pairs";
import { MapType, Status } from "./types";

const STATUS = text(":status");

/** Status of the answer in hand to an HTTP call; 0 when it has none that can be read. */
export function httpCallStatus(): u32 {
  const fields = arenaAllocate(fieldsLen(ANSWER_FIELDS_MAX));
  if (fields == 0) return 0;
  if (getHeaderPairs(MapType.HTTP_CALL_RESPONSE_HEADERS) != Status.OK) return 0;
  const count = decodePairs(answerPtr, answerLen, fields, ANSWER_FIELDS_MAX);
  for (let i: i32 = 0; i < count; i++) {
    const field = fieldAt(fields, <u32>i);
    if (!equalsText(field.namePtr, field.nameLen, STATUS)) continue;
    return <u32>max<i64>(parseUnsigned(field.valuePtr, min<u32>(field.valueLen, 4)), 0);
  }
  return 0;
}
