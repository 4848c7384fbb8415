import { fileURLToPath } from "node:url";

/** The scenario's API, and the package that it declares. */
export const API_FILE = fileURLToPath(new URL("orders.proto", import.meta.url));
export const API_PACKAGE = "shop.v1";
