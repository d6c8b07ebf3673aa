import { MillraceError } from '../../common/errors/millrace-error.js'
import { quotedName } from '../../common/errors/quoting.js'
import type { UnresolvedExpression } from '../plan/unresolved/expression.js'
import { readName } from './expressions.js'
import { readLiteral, readSignedNumber } from './literals.js'
import type { TokenStream } from './token-stream.js'

/** A column of PARTITION, and the constant that it is to be; none where rows say it, or any will do. */
export interface PartitionItem {
  readonly name: string
  readonly value?: UnresolvedExpression
}

export type PartitionSpec = readonly PartitionItem[]

/** `PARTITION (a = 1, b)`; takes nothing when something else comes. @throws DUPLICATE_KEY */
export function acceptPartitionSpec(tokens: TokenStream): PartitionSpec | undefined {
  return tokens.at('PARTITION', '(') ? readPartitionSpec(tokens) : undefined
}

/** @throws PARSE_SYNTAX_ERROR, DUPLICATE_KEY */
function readPartitionSpec(tokens: TokenStream): PartitionSpec {
  const start = tokens.peek()
  tokens.expect('PARTITION', '(')
  const items = tokens.list((): PartitionItem => {
    const name = readName(tokens, 'expected a partition column')
    if (!tokens.accept('=')) return { name }
    const value = readSignedNumber(tokens) ?? readLiteral(tokens)
    if (value === undefined) throw tokens.unexpected('expected a constant')
    return { name, value }
  })
  tokens.expect(')')
  const keys = items.map(({ name }) => name.toLowerCase())
  const twice = items.find((_, i) => keys.indexOf(keys[i]!) < i)
  if (twice === undefined) return items
  throw new MillraceError('DUPLICATE_KEY', { keyColumn: quotedName(twice.name) }, { origin: tokens.originFrom(start) })
}

/** One of which each column has a value. @throws INVALID_SQL_SYNTAX.EMPTY_PARTITION_VALUE */
export function readFullPartitionSpec(tokens: TokenStream): PartitionSpec {
  const start = tokens.peek()
  const spec = readPartitionSpec(tokens)
  const empty = spec.find(({ value }) => value === undefined)
  if (empty === undefined) return spec
  const origin = tokens.originFrom(start)
  throw new MillraceError('INVALID_SQL_SYNTAX.EMPTY_PARTITION_VALUE', { partKey: quotedName(empty.name) }, { origin })
}
