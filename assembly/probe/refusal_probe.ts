// Test-only module: refuses every request for the reason, and in the form, whose numbers are its
// path: `/26/1`. What it is built of is the shipped code.

import { Handler, install } from "../abi/handler";
import { Action } from "../abi/types";
import { Char, findByte } from "../core/bytes/ascii";
import { parseUnsigned } from "../core/bytes/decimal";
import { ErrorForm } from "../core/headers/error_body";
import { FixedName, internFixedNames } from "../core/headers/fixed_names";
import { NAME_TABLE_BYTES } from "../core/headers/names";
import { HeaderPolicy } from "../core/headers/policy";
import { beginReply } from "../core/headers/reply";
import { headerLen, headerPtr } from "../core/headers/request";
import { Reason } from "../core/reason";
import { refuse } from "../refusal";
import { isGrpc, takeSnapshot } from "../snapshot";

export * from "../abi/exports";

const NAMES: usize = memory.data(<i32>NAME_TABLE_BYTES, 16);
const POLICY: usize = memory.data(64, 8);

internFixedNames(NAMES);

class Refuser extends Handler {
  onConfigure(root: u32, configurationLen: u32): bool {
    return true;
  }

  onRequestHeaders(root: u32, stream: u32, headerCount: u32, endOfStream: bool): Action {
    takeSnapshot(NAMES, changetype<HeaderPolicy>(POLICY));
    const begin = headerPtr(FixedName.PATH) + 1;
    const end = headerPtr(FixedName.PATH) + headerLen(FixedName.PATH);
    const slash = findByte(begin, end, Char.SLASH);
    const form = parseUnsigned(slash + 1, <u32>(end - slash - 1));
    beginReply(<ErrorForm>form);
    return refuse(<Reason>parseUnsigned(begin, <u32>(slash - begin)), isGrpc);
  }
}

install(new Refuser());
