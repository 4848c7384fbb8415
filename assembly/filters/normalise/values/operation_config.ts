import { Value } from "../../../core/config/value";
export function readOperations(value: Value): usize {
  return 1;
}
