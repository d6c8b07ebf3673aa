import type { Expression } from '../../plan/expression/expression.js'
import type { LiteralValue } from '../../plan/expression/literal.js'

/** The value of a literal, seen through the widening that made the list one type; undefined when it is no constant. */
export function constantMember(e: Expression): LiteralValue | undefined {
  if (e.kind === 'literal') return e.value
  if (e.kind !== 'cast' || e.child.kind !== 'literal') return undefined
  const { value, type } = e.child
  if (value === null) return null
  if (e.type.kind === 'bigint' && typeof value === 'number') return BigInt(value)
  if (e.type.kind === 'decimal' && (typeof value === 'number' || type.kind === 'bigint') && type.kind !== 'double') {
    return BigInt(value as number | bigint) * 10n ** BigInt(e.type.scale)
  }
  if (e.type.kind === 'decimal' && type.kind === 'decimal' && e.type.scale >= type.scale) {
    return (value as bigint) * 10n ** BigInt(e.type.scale - type.scale)
  }
  const widened = ['smallint', 'int', 'double'].includes(e.type.kind) && typeof value === 'number'
  return widened ? value : undefined
}
