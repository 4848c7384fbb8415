// Reading a document of any source into the staging area, where it stays until the set takes it.

import { bundleSequence, droppedKeys, readKeyDocument, stagedContentHash } from "./key_document";
import { deniedHash, readDenyDocument } from "./deny_document";
import { KeySet } from "./key_set";
import { Source, SourceKind } from "./source";
import { stagingArea } from "./fetched_store";

/** The keys of the document that was read last: none of a deny-list. */
export const STAGED = changetype<KeySet>(memory.data(16, 8));
if (offsetof<KeySet>() > 16) ERROR("KeySet needs more room");
/** Tells contents apart, not spellings. */
export let stagedHash: u64 = 0;
/** `spiffe_sequence` plus one; 0 without one. */
export let stagedSequence: u64 = 0;
/** Keys that the document lost. */
export let stagedDropped: u32 = 0;

/** Reads a document of a source; false when it is none of its kind. */
export function stageDocument(source: Source, ptr: usize, len: u32): bool {
  if (source.kind == SourceKind.DENY_LIST) {
    STAGED.keyCount = 0;
    stagedSequence = 0;
    stagedDropped = 0;
    if (!readDenyDocument(ptr, len, stagingArea())) return false;
    stagedHash = deniedHash;
    return true;
  }
  if (!readKeyDocument(ptr, len, source.kind, source.profile, stagingArea(), STAGED)) return false;
  stagedHash = stagedContentHash;
  stagedSequence = bundleSequence;
  stagedDropped = droppedKeys;
  return true;
}
