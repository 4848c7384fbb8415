// Places in a document by the names of the members that lead to them, as a tree: one pass over the
// document finds all of them, and a member costs as many comparisons as its object has names here.
//
//   PathTree ──► ┌───────────┬────────────────┐
//                │ count u32 │ root, PathNode │ ──► nodes of its members, a linked list each
//                └───────────┴────────────────┘

import { Text } from "../bytes/text";
import { Scanner } from "./scanner";

// @ts-ignore: decorator
@unmanaged
export class PathNode {
  name: Text;
  /** One more than the number of the place; 0 when the node only leads to others. */
  place: u32;
  /** Addresses of nodes, 0 for none. */
  firstChild: usize;
  next: usize;
}

export const PATH_NODE_BYTES: u32 = <u32>offsetof<PathNode>();

/** Bytes of a tree without places, which is all zeros. */
export const PATH_TREE_BYTES: u32 = 4 + PATH_NODE_BYTES;

/** Places of a tree: their numbers are 0 to one less. */
// @ts-ignore: decorator
@inline
export function placeCount(tree: usize): u32 {
  return load<u32>(tree);
}

export function setPlaceCount(tree: usize, count: u32): void {
  store<u32>(tree, count);
}

/** The node of the document itself. */
// @ts-ignore: decorator
@inline
export function rootNode(tree: usize): usize {
  return tree + 4;
}

/** Address of the node of the member that the scanner has just named; 0 when there is none. */
export function childNode(node: usize, scanner: Scanner): usize {
  if (node == 0) return 0;
  let child = changetype<PathNode>(node).firstChild;
  while (child != 0 && !scanner.nameIs(changetype<PathNode>(child).name)) {
    child = changetype<PathNode>(child).next;
  }
  return child;
}

// @ts-ignore: decorator
@inline
export function hasChildren(node: usize): bool {
  return node != 0 && changetype<PathNode>(node).firstChild != 0;
}
