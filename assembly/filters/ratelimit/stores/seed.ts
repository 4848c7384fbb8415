// The secret that keys are hashed with. All workers must agree on it and clients must not know it:
// who did could make a key that shares a bucket with another's. So the first VM of an Envoy draws
// it, and shared data hands it on.

import {
  CAS_IF_ABSENT,
  answerCas,
  answerLen,
  answerPtr,
  getSharedData,
  setSharedData,
} from "../../../abi/host";
import { randomBytes } from "../../../abi/random";
import { Status } from "../../../abi/types";
import { text, textLen, textPtr } from "../../../core/bytes/text";
import { CAS_ATTEMPTS_MAX } from "../../../core/limits";
import { KeySeed } from "../../../core/ratelimit/key";

const NAME = text("sallyport/rl1/seed");
const SEED_BYTES: u32 = 16;
const SEED: usize = memory.data(16, 8);
if (offsetof<KeySeed>() != <usize>SEED_BYTES) ERROR("KeySeed is not 16 bytes");
let known = false;

/** The seed, once `fetchSeed` has answered OK. */
// @ts-ignore: decorator
@inline
export function keySeed(): KeySeed {
  return changetype<KeySeed>(SEED);
}

/** Makes the seed known to this VM; after the first time that costs nothing. */
export function fetchSeed(): Status {
  if (known) return Status.OK;
  let status = Status.CAS_MISMATCH;
  for (let i: u32 = 0; i < CAS_ATTEMPTS_MAX && status == Status.CAS_MISMATCH; i++) {
    status = agree();
  }
  known = status == Status.OK;
  return status;
}

/** Takes the seed that is there, or offers one. CAS_MISMATCH: another worker was faster. */
function agree(): Status {
  const status = getSharedData(textPtr(NAME), textLen(NAME));
  if (status != Status.OK && status != Status.NOT_FOUND) return status;
  if (status == Status.OK && answerLen == SEED_BYTES) {
    memory.copy(SEED, answerPtr, SEED_BYTES);
    return Status.OK;
  }
  const cas = status == Status.OK ? answerCas : CAS_IF_ABSENT;
  const random = randomBytes(SEED_BYTES);
  if (random == 0) return Status.INTERNAL_FAILURE;
  memory.copy(SEED, random, SEED_BYTES);
  return setSharedData(textPtr(NAME), textLen(NAME), SEED, SEED_BYTES, cas);
}
