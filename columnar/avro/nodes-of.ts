import type { AvroType } from './avro-type.js'

/** How many types a schema is as a tree. What a name stands for is counted once and added wherever the name is, since the tree can be too large to walk. */
export function nodesOf(schema: AvroType, known = new Map<AvroType, number>()): number {
  const found = known.get(schema)
  if (found !== undefined) return found
  const nodes = partsOf(schema).reduce((sum, part) => sum + nodesOf(part, known), 1)
  known.set(schema, nodes)
  return nodes
}

function partsOf(schema: AvroType): readonly AvroType[] {
  switch (schema.kind) {
    case 'array':
      return [schema.items]
    case 'map':
      return [schema.values]
    case 'record':
      return schema.fields.map(({ type }) => type)
    case 'union':
      return schema.branches
    default:
      return []
  }
}
