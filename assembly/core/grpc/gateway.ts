// How grpc-gateway writes headers as metadata and the other way round:
// https://github.com/grpc-ecosystem/grpc-gateway/blob/main/runtime/context.go (MetadataPrefix,
// MetadataHeaderPrefix, isPermanentHTTPHeader).

import { startsWithText } from "../bytes/ascii";
import { NONE } from "../bytes/none";
import { text } from "../bytes/text";
import { findName, hashName, internName, NAME_TABLE_BYTES } from "../headers/names";
import { isHostName } from "../headers/host_names";
import { isMetadataName, RESERVED_PREFIX } from "./metadata";

/** In front of the names of metadata, where they are header names. */
export const METADATA_PREFIX = text("grpc-metadata-");
/** In front of the names of permanent headers, where they are metadata. */
export const GATEWAY_PREFIX = text("grpcgateway-");

/** A table of names (headers/names.ts): the headers that IANA lists as permanent, but host. */
export const PERMANENT_NAMES: usize = memory.data(<i32>NAME_TABLE_BYTES, 16);
/** Names that tell what a message is and where it ends; never made from another. */
const MESSAGE_NAMES: usize = memory.data(<i32>NAME_TABLE_BYTES, 16);

function permanent(name: string): void {
  internName(PERMANENT_NAMES, text(name));
}

function ofMessage(name: string): void {
  internName(MESSAGE_NAMES, text(name));
}

permanent("accept");
permanent("accept-charset");
permanent("accept-language");
permanent("accept-ranges");
permanent("authorization");
permanent("cache-control");
permanent("content-type");
permanent("cookie");
permanent("date");
permanent("expect");
permanent("from");
permanent("if-match");
permanent("if-modified-since");
permanent("if-none-match");
permanent("if-schedule-tag-match");
permanent("if-unmodified-since");
permanent("max-forwards");
permanent("origin");
permanent("pragma");
permanent("referer");
permanent("user-agent");
permanent("via");
permanent("warning");

ofMessage("connection");
ofMessage("content-encoding");
ofMessage("content-type");
ofMessage("expect");
ofMessage("host");
ofMessage("te");
ofMessage("trailer");
ofMessage("upgrade");

/** Whether a name has `grpcgateway-` in front of it as metadata. */
export function isPermanentName(ptr: usize, len: u32): bool {
  return findName(PERMANENT_NAMES, ptr, len, hashName(ptr, len)) != NONE;
}

/** Whether the proxy or the protocol acts on a name. */
export function isProtocolName(ptr: usize, len: u32): bool {
  return isHostName(ptr, len) || findName(MESSAGE_NAMES, ptr, len, hashName(ptr, len)) != NONE;
}

/**
 * Whether a name is neither gRPC's, nor the gateway's, nor one that the proxy or the protocol acts
 * on: a client may send it in any disguise.
 */
export function isFreeName(ptr: usize, len: u32): bool {
  return (
    isMetadataName(ptr, len) &&
    !startsWithText(ptr, len, RESERVED_PREFIX) &&
    !startsWithText(ptr, len, GATEWAY_PREFIX) &&
    !isProtocolName(ptr, len)
  );
}
