// What the nodes of Avro (interface/avro.ts) say.
import { AVRO_CHILDREN, AVRO_DETAIL, AVRO_FLAG, AVRO_KIND, AVRO_NODE_BYTES, AVRO_NOWHERE } from '../../interface/avro'

@inline
export function kindOf(node: usize): u32 {
  return load<u32>(node, AVRO_KIND)
}

@inline
export function childCount(node: usize): u32 {
  return load<u32>(node, AVRO_CHILDREN)
}

@inline
export function childOf(node: usize, index: u32): usize {
  return node + load<u32>(node + (<usize>index << 2), AVRO_NODE_BYTES)
}

/** Where what a node says of a list or an enum is. */
@inline
export function detailOf(node: usize): usize {
  return node + load<u32>(node, AVRO_DETAIL)
}

@inline
export function isWanted(node: usize): bool {
  return load<u32>(node, AVRO_FLAG) != AVRO_NOWHERE
}
