// Envoy's foreign functions. Source: envoy source/extensions/common/wasm/foreign.cc and
// source/extensions/common/wasm/ext/*.proto for the field numbers.

import { SimError } from "./errors.ts";
import { latin1, latin1Bytes } from "./latin1.ts";
import { bytesField, encodeMessage, parseMessage } from "./protobuf.ts";
import { Status } from "./types.ts";
import type { SignatureCrypto } from "./api.ts";
import type { Vm } from "./vm.ts";

/** VerifySignatureArguments. */
const VERIFY = { HASH: 1, KEY_DER: 2, SIGNATURE: 3, TEXT: 4, KEY_PEM: 5 } as const;
/** VerifySignatureResult. */
const RESULT = { RESULT: 1, ERROR: 2 } as const;

const NOT_MODELLED = new Set([
  "sign",
  "compress",
  "uncompress",
  "set_envoy_filter_state",
  "expr_create",
  "expr_evaluate",
  "expr_delete",
]);
const DECLARE_PROPERTY_NAME = 1;

/** Status of the call; `out` and `outLen` may be 0 when the guest wants no result. */
export function callForeignFunction(
  vm: Vm,
  name: string,
  argument: Uint8Array,
  out: number,
  outLen: number,
): number {
  const { crypto } = vm.services;
  switch (name) {
    case "verify_signature": {
      if (crypto === undefined) return Status.NOT_FOUND;
      const answer = verifySignature(crypto, argument);
      return typeof answer === "number"
        ? giveResult(vm, null, out, outLen, answer)
        : giveResult(vm, answer, out, outLen, Status.OK);
    }
    case "clear_route_cache":
      vm.effective.stream?.clearRouteCache();
      return giveResult(vm, null, out, outLen, Status.OK);
    case "declare_property":
      return giveResult(vm, null, out, outLen, declareProperty(vm, argument));
    default:
      if (NOT_MODELLED.has(name)) {
        throw new SimError("not_modelled", `proxy_call_foreign_function(${name})`, "not modelled");
      }
      return Status.NOT_FOUND;
  }
}

/**
 * Envoy writes the result into what malloc answered without looking: a malloc that gives nothing
 * is a write to address 0 of the process, not a status.
 */
function giveResult(
  vm: Vm,
  result: Uint8Array | null,
  out: number,
  outLen: number,
  status: Status,
): number {
  let address = 0;
  if (result !== null && out !== 0) {
    address = vm.allocate(result.length);
    if (address === 0 && result.length > 0) {
      throw new SimError(
        "host_crash",
        "proxy_call_foreign_function",
        "the guest gave no memory for the result: Envoy writes through a null pointer",
      );
    }
    vm.memory.write(address, result);
  }
  if (out !== 0 && !vm.memory.writeU32(out, address)) return Status.INVALID_MEMORY_ACCESS;
  const size = result?.length ?? 0;
  if (outLen !== 0 && !vm.memory.writeU32(outLen, size)) return Status.INVALID_MEMORY_ACCESS;
  return status;
}

function verifySignature(crypto: SignatureCrypto, argument: Uint8Array): Uint8Array | Status {
  const fields = parseMessage(argument);
  if (fields === null) return Status.BAD_ARGUMENT;
  const der = bytesField(fields, VERIFY.KEY_DER);
  const pem = bytesField(fields, VERIFY.KEY_PEM);
  if (der.length > 0 === pem.length > 0) return Status.BAD_ARGUMENT;
  const hash = latin1(bytesField(fields, VERIFY.HASH));
  if (!HASHES.has(hash)) return verificationError(`${hash} is not supported.`);
  const signature = bytesField(fields, VERIFY.SIGNATURE);
  const text = bytesField(fields, VERIFY.TEXT);
  try {
    return crypto.verify(hash, der.length > 0 ? der : pem, signature, text)
      ? encodeMessage([[RESULT.RESULT, 1n]])
      : verificationError("Failed to verify digest. Error code: 0");
  } catch {
    return verificationError("Failed to initialize digest verify.");
  }
}

/** Digests of envoy source/common/crypto/crypto_impl.cc. */
const HASHES = new Set(["sha1", "sha224", "sha256", "sha384", "sha512"]);

function verificationError(message: string): Uint8Array {
  return encodeMessage([[RESULT.ERROR, latin1Bytes(message)]]);
}

function declareProperty(vm: Vm, argument: Uint8Array): Status {
  const fields = parseMessage(argument);
  if (fields === null) return Status.BAD_ARGUMENT;
  const name = latin1(bytesField(fields, DECLARE_PROPERTY_NAME));
  const { declaredProperties } = vm.effective.root;
  if (declaredProperties.has(name)) return Status.BAD_ARGUMENT;
  declaredProperties.add(name);
  return Status.OK;
}
