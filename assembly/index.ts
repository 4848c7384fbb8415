// The shipped module: the chain on top of the ABI. Nothing else knows both.

import { install } from "./abi/handler";
import { Chain } from "./chain";

export * from "./abi/exports";

install(new Chain());
