import { append } from '../../../common/append.js'
import type { Origin } from '../../../common/errors/condition.js'
import { MillraceError } from '../../../common/errors/millrace-error.js'
import type { UnresolvedExpression } from './expression.js'
import { unresolvedInputs, withUnresolvedInputs } from './inputs.js'
import type { RowDivision, UnresolvedRelation } from './relation.js'

/** What a query asks of how it is run: `BROADCAST(t)`, `REPARTITION(4, a)`. */
export interface Hint {
  /** In upper case. */
  readonly name: string
  readonly parameters: readonly UnresolvedExpression[]
  readonly origin?: Origin
}

const BROADCASTS: ReadonlySet<string> = new Set(['BROADCAST', 'BROADCASTJOIN', 'MAPJOIN'])
export const isBroadcast = ({ name }: Hint): boolean => BROADCASTS.has(name)

/** Hints about joins, which name relations. */
const JOINS: ReadonlySet<string> = new Set([
  ...BROADCASTS,
  ...'SHUFFLE_MERGE MERGE MERGEJOIN SHUFFLE_HASH SHUFFLE_REPLICATE_NL'.split(' '),
])

/** How each partitioning hint divides rows by columns. */
const DIVISIONS: Readonly<Record<string, RowDivision>> = {
  COALESCE: 'byTask',
  REPARTITION: 'hash',
  REPARTITION_BY_RANGE: 'range',
  REBALANCE: 'hash',
}
export const isPartitioning = ({ name }: Hint): boolean => Object.hasOwn(DIVISIONS, name)

/** How an expression is printed. */
type Texts = (e: UnresolvedExpression) => string

/** Rows divided as a partitioning hint asks. @throws _LEGACY_ERROR_TEMP_1047, _LEGACY_ERROR_TEMP_1048, INVALID_SQL_SYNTAX */
export function partitioned(input: UnresolvedRelation, hint: Hint, texts: Texts): UnresolvedRelation {
  const { name: hintName, parameters, origin } = hint
  const [first, ...rest] = parameters
  const partitions = first?.kind === 'literal' && first.type.kind === 'int' ? Number(first.value) : undefined
  const expressions = partitions === undefined ? parameters : rest
  if (hintName === 'COALESCE' && (partitions === undefined || rest.length > 0))
    throw new MillraceError('_LEGACY_ERROR_TEMP_1048', { hintName }, { origin })
  const invalid = expressions.filter((e) => e.kind !== 'attribute')
  if (invalid.length > 0) {
    const invalidParams = invalid.map((e) => `"${texts(e)}"`).join(', ')
    throw new MillraceError('_LEGACY_ERROR_TEMP_1047', { hintName, invalidParams }, { origin })
  }
  if (partitions !== undefined && (partitions < 1 || partitions > MOST_PARTITIONS)) {
    const reason = `the hint ${hintName} takes from 1 to ${MOST_PARTITIONS} partitions, not ${partitions}`
    throw new MillraceError('INVALID_SQL_SYNTAX', { reason }, { origin })
  }
  const by = hintName !== 'COALESCE' && expressions.length === 0 ? 'inTurn' : DIVISIONS[hintName]!
  return { kind: 'repartition', input, by, expressions, ...(partitions === undefined ? {} : { partitions }) }
}

const MOST_PARTITIONS = 10_000

/** The relations that a hint about joins names, in lower case. @throws _LEGACY_ERROR_TEMP_1046 */
export function relationsNamed(hint: Hint, texts: Texts): readonly string[] {
  if (!JOINS.has(hint.name)) return []
  return hint.parameters.map((e) => {
    if (e.kind === 'attribute') return e.parts.at(-1)!.toLowerCase()
    if (e.kind === 'literal' && typeof e.value === 'string') return e.value.toLowerCase()
    const parameters = { unsupported: texts(e), class: e.kind }
    throw new MillraceError('_LEGACY_ERROR_TEMP_1046', parameters, { origin: hint.origin })
  })
}

/** The joins of a FROM, those with a side of these names broadcasting it. */
export function broadcasting(relation: UnresolvedRelation, names: ReadonlySet<string>): UnresolvedRelation {
  if (names.size === 0 || (relation.kind !== 'join' && relation.kind !== 'filter')) return relation
  const over = withUnresolvedInputs(relation, (input) => broadcasting(input, names))
  if (over.kind !== 'join') return over
  const isNamed = (side: UnresolvedRelation): boolean => names.has(nameOf(side) ?? '')
  if (isNamed(over.right)) return { ...over, hint: 'broadcast-right' }
  return isNamed(over.left) ? { ...over, hint: 'broadcast-left' } : over
}

/** What hints call a relation, in lower case. */
function nameOf(relation: UnresolvedRelation): string | undefined {
  const name =
    relation.kind === 'subqueryAlias' ? relation.alias : relation.kind === 'table' ? relation.name.at(-1) : ''
  return name?.toLowerCase() || undefined
}

/** The names of the relations of a FROM. */
export function namesIn(relation: UnresolvedRelation): readonly string[] {
  const isOpen = relation.kind === 'join' || relation.kind === 'filter'
  const name = nameOf(relation)
  return isOpen ? unresolvedInputs(relation).flatMap(namesIn) : name === undefined ? [] : [name]
}

/** The hints of a plan that nothing follows, each once. */
export function ignoredHints(relation: UnresolvedRelation): ReadonlySet<string> {
  const found = new Set<string>()
  const open = [relation]
  for (let next = open.pop(); next; next = open.pop()) {
    if (next.kind === 'hint') found.add(next.name)
    append(open, unresolvedInputs(next))
  }
  return found
}

/** A relation with a hint that is not about broadcasting it. */
export const hinted = (input: UnresolvedRelation, hint: Hint, texts: Texts): UnresolvedRelation =>
  isPartitioning(hint) ? partitioned(input, hint, texts) : { kind: 'hint', input, name: hint.name }
