// A claim that the configuration names: a text is a member of the payload itself, whatever
// characters it has; a list leads through objects.

import { equalsText } from "../bytes/ascii";
import { Text, textLen, textPtr } from "../bytes/text";
import { PATH_NODE_BYTES, PathNode, placeCount, rootNode, setPlaceCount } from "../json/path_tree";
import { CLAIM_NAME_BYTES_MAX, CLAIM_PATH_MAX, CLAIMS_MAX } from "../limits";
import { Block } from "./block";
import { Value } from "./value";

/** Number of the claim in the table that the jwt filter fills for each request. */
export function claimId(value: Value, claims: usize): u32 {
  return placeOf(value, claims, CLAIMS_MAX);
}

/** Number of the claim in a tree of at most `most` claims; 0 after an error. */
export function placeOf(value: Value, tree: usize, most: u32): u32 {
  const names = readNames(value);
  if (value.error.failed) return 0;
  const place = internPath(tree, names, value.block, most);
  if (place >= 0) return <u32>place;
  value.refuseFound("one claim too many", most.toString() + " claims in all");
  return 0;
}

/** Number of the claim that is this member of the payload, a part of a text. */
export function claimNamed(value: Value, characters: string, claims: usize): u32 {
  const encoded = String.UTF8.encode(characters);
  const len = <u32>encoded.byteLength;
  if (len == 0 || len > CLAIM_NAME_BYTES_MAX) {
    value.refuse("claims with names of 1 to " + CLAIM_NAME_BYTES_MAX.toString() + " bytes");
    return 0;
  }
  const name = value.block.text(changetype<usize>(encoded), len);
  const place = internPath(claims, [name], value.block, CLAIMS_MAX);
  if (place >= 0) return <u32>place;
  value.refuseFound("one claim too many", CLAIMS_MAX.toString() + " claims in all");
  return 0;
}

function readNames(value: Value): Text[] {
  const names: Text[] = [];
  if (!value.isArray) {
    names.push(value.text(1, CLAIM_NAME_BYTES_MAX));
    return names;
  }
  const items = value.items(1, CLAIM_PATH_MAX);
  for (let i = 0; i < items.length; i++) names.push(items[i].text(1, CLAIM_NAME_BYTES_MAX));
  return names;
}

/** Number of the place that the names lead to; -1 when the tree has `most` others. */
export function internPath(tree: usize, names: Text[], block: Block, most: u32): i32 {
  let node = changetype<PathNode>(rootNode(tree));
  for (let i = 0; i < names.length; i++) node = childOf(node, names[i], block);
  if (node.place == 0) {
    const count = placeCount(tree);
    if (count >= most) return -1;
    setPlaceCount(tree, count + 1);
    node.place = count + 1;
  }
  return <i32>node.place - 1;
}

function childOf(node: PathNode, name: Text, block: Block): PathNode {
  let at = node.firstChild;
  while (at != 0) {
    const child = changetype<PathNode>(at);
    if (equalsText(textPtr(name), textLen(name), child.name)) return child;
    at = child.next;
  }
  const made = changetype<PathNode>(block.allocate(PATH_NODE_BYTES));
  made.name = name;
  made.next = node.firstChild;
  node.firstChild = changetype<usize>(made);
  return made;
}
