// Tests of values in the configuration (value_test.ts).

import { Value } from "../config/value";
import { HEADER_VALUE_BYTES_MAX } from "../limits";
import { readPattern } from "./pattern_config";
import { VALUE_TEST_BYTES, ValueTest, ValueTestKind } from "./value_test";

const ONE_TEST = "one of exact, prefix, suffix, contains, pattern";

/** Returns the address of a ValueTest. */
export function readValueTest(value: Value): usize {
  const address = value.block.allocate(VALUE_TEST_BYTES);
  const out = changetype<ValueTest>(address);
  const exact = value.optional("exact");
  const prefix = value.optional("prefix");
  const suffix = value.optional("suffix");
  const contains = value.optional("contains");
  const pattern = value.optional("pattern");
  const not = value.optional("not");
  value.done();
  if (value.error.failed) return address;
  if (not !== null) out.isNegated = not.bool();
  const count = value.json.items.length - (not === null ? 0 : 1);
  if (count != 1) {
    value.refuseFound(count.toString() + " tests", ONE_TEST);
  } else if (exact !== null) {
    out.kind = ValueTestKind.EXACT;
    out.operand = exact.text(0, HEADER_VALUE_BYTES_MAX);
  } else if (prefix !== null) {
    putText(prefix, ValueTestKind.PREFIX, out);
  } else if (suffix !== null) {
    putText(suffix, ValueTestKind.SUFFIX, out);
  } else if (contains !== null) {
    putText(contains, ValueTestKind.CONTAINS, out);
  } else if (pattern !== null) {
    out.kind = ValueTestKind.PATTERN;
    out.operand = readPattern(pattern);
  }
  return address;
}

function putText(value: Value, kind: ValueTestKind, out: ValueTest): void {
  out.kind = kind;
  out.operand = value.text(1, HEADER_VALUE_BYTES_MAX);
}
