// The member `apply`.

import { isFieldValue } from "../../../core/bytes/ascii";
import { textLen, textPtr } from "../../../core/bytes/text";
import { Value } from "../../../core/config/value";
import { HEADER_VALUE_BYTES_MAX } from "../../../core/limits";
import { OPERATIONS_MAX } from "../../../core/rule_limits";
import {
  Operation,
  OPERATION_BYTES,
  operationAt,
  OperationKind,
  Operations,
  OPERATIONS_BYTES,
} from "./operation";

/** In the order of the enum. */
const NAMES: string[] = [
  "trim",
  "collapse",
  "lower",
  "upper",
  "percentDecode",
  "base64Decode",
  "base64urlDecode",
  "base64Encode",
  "base64urlEncode",
  "sha256",
];
const ONE_OF_TWO = "one of truncate, default";

/** Reads a list; returns the address of Operations. */
export function readOperations(value: Value): usize {
  const items = value.items(1, OPERATIONS_MAX);
  const operations = changetype<Operations>(value.block.allocate(OPERATIONS_BYTES));
  operations.items = value.block.allocate(OPERATION_BYTES * <u32>items.length);
  for (let i = 0; i < items.length && !value.error.failed; i++) {
    readOperation(items[i], operationAt(operations, <u32>i));
    operations.count++;
  }
  return changetype<usize>(operations);
}

function readOperation(value: Value, out: Operation): void {
  if (!value.isObject) {
    out.kind = <OperationKind>value.choice(NAMES);
    return;
  }
  const truncate = value.optional("truncate");
  const byDefault = value.optional("default");
  value.done();
  if ((truncate === null) == (byDefault === null)) value.refuse(ONE_OF_TWO);
  if (truncate !== null) {
    out.kind = OperationKind.TRUNCATE;
    out.most = truncate.integer(1, HEADER_VALUE_BYTES_MAX);
  } else if (byDefault !== null) {
    out.kind = OperationKind.DEFAULT;
    out.text = byDefault.text(0, HEADER_VALUE_BYTES_MAX);
    if (!value.error.failed && !isFieldValue(textPtr(out.text), textLen(out.text))) {
      byDefault.refuse("a text without control characters");
    }
  }
}
