// Taking away all lines of a name, whether it is one of the configuration or not.

import { Field } from "../../core/bytes/field";
import { NONE } from "../../core/bytes/none";
import { hashName } from "../../core/headers/names";
import { adoptName, headerCount, REMOVED, removeHeader } from "../../core/headers/request";

/** Whether a field, or all with its name, go no further. */
export function isGone(field: Field): bool {
  const id = field.nameId;
  return id == REMOVED || (id != NONE && headerCount(id) == 0);
}

/** Number of the name of a field that goes on; NONE when there is no room for the edit. */
export function numberOf(field: Field): u32 {
  const id = field.nameId;
  if (id != NONE) return id;
  return adoptName(field.namePtr, field.nameLen, hashName(field.namePtr, field.nameLen));
}

/** Takes away all that goes on under the name of a field; false when there is no room for it. */
export function takeAway(field: Field): bool {
  const id = numberOf(field);
  if (id == NONE) return false;
  removeHeader(id);
  return true;
}
