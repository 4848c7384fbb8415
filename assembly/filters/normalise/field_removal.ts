// Taking away fields of the request by where they stand on the wire, whether their name is one of
// the configuration or not.

import { equals } from "../../core/bytes/ascii";
import { Field } from "../../core/bytes/field";
import { NONE } from "../../core/bytes/none";
import { hashName } from "../../core/headers/names";
import {
  cancelExtras,
  REMOVED,
  removeExtra,
  removeHeader,
  RENAMED,
} from "../../core/headers/request";

/** Whether a field goes on under a name that the configuration does not mention. */
export function isUnlisted(field: Field): bool {
  return field.nameId == NONE || field.nameId == RENAMED;
}

/** Whether a field has these bytes as its name. */
export function isNamed(field: Field, ptr: usize, len: u32): bool {
  return field.nameLen == len && equals(field.namePtr, ptr, len);
}

/**
 * Takes away all that goes on under the name of a field, which the caller then marks or renames;
 * false when there is no room for the edit.
 */
export function takeAway(field: Field): bool {
  const ptr = field.namePtr;
  const len = field.nameLen;
  if (field.nameId == NONE) return removeExtra(ptr, len, hashName(ptr, len));
  if (field.nameId == RENAMED) cancelExtras(ptr, len);
  else if (field.nameId != REMOVED) removeHeader(field.nameId);
  return true;
}
