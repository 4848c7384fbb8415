// The JSON reader of the request path: nothing is read while something else is.

import { Scanner, SCANNER_BYTES } from "../../core/json/scanner";

export const SCANNER = changetype<Scanner>(heap.alloc(SCANNER_BYTES));
