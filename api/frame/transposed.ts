import { blockFromRows } from '../../columnar/blocks/block-from-rows.js'
import { rowKeys } from '../../columnar/row-keys.js'
import { type DataType, type Field, field, isNested, quotedTypeName, STRING, sameType } from '../../columnar/types.js'
import type { Value } from '../../columnar/value-reader.js'
import { MillraceError } from '../../common/errors/millrace-error.js'
import type { UnresolvedExpression } from '../../planner/plan/unresolved/expression.js'
import { UNNAMED_QUERY, type UnresolvedRelation } from '../../planner/plan/unresolved/relation.js'
import { namedExpression } from '../column/column-name.js'
import type { Session } from '../session/session.js'
import { collectRows } from './actions.js'
import type { DataFrame } from './data-frame.js'

const MOST_ROWS = 500

/** Types of numbers of which each holds those before it, or comes near. */
const WIDER = ['tinyint', 'smallint', 'int', 'bigint', 'float', 'double']

/**
 * A row for each column but the index, with the names of columns in `key`, and a column for each row, called by its value of the index.
 * @throws TRANSPOSE_EXCEED_ROW_LIMIT, TRANSPOSE_INVALID_INDEX_COLUMN, TRANSPOSE_NO_LEAST_COMMON_TYPE
 */
export async function transposed(
  session: Session,
  input: UnresolvedRelation,
  indexName: string | undefined,
): Promise<DataFrame> {
  const { fields } = await session.engine.analyze(input)
  const index = await indexOf(session, input, fields, indexName)
  const others = fields.filter((_, i) => i !== index)
  const type = others.map((one) => one.type).reduce<DataType | undefined>(common, undefined) ?? STRING
  const rows = await collectRows<{ key: string; values: readonly Value[] }>(
    session.engine,
    rowsInOrder(input, fields, index, type),
  )
  if (rows.length > MOST_ROWS) throw new MillraceError('TRANSPOSE_EXCEED_ROW_LIMIT', { maxRows: MOST_ROWS })
  const schema = { fields: [field('key', STRING, false), ...rows.map(({ key }) => field(key, type))] }
  const keys = rowKeys(schema.fields)
  const made = others.map(({ name }, column) =>
    Object.fromEntries([name, ...rows.map(({ values }) => values[column]!)].map((value, i) => [keys[i]!, value])),
  )
  return session.dataFrameOf(schema, [blockFromRows(schema, made)])
}

/** The place of the index: of the column that is named, or the first one. */
async function indexOf(
  session: Session,
  input: UnresolvedRelation,
  fields: readonly Field[],
  name: string | undefined,
): Promise<number> {
  let place = 0
  if (name !== undefined) {
    const chosen = await session.engine.analyze({ kind: 'project', input, expressions: [namedExpression(name)] })
    place = fields.findIndex((one) => one.name === chosen.fields[0]?.name)
  }
  const type = fields[place]?.type
  if (type && !isNested(type) && type.kind !== 'variant') return place
  const reason = `Index column must be of atomic type, but found: ${type ? quotedTypeName(type) : 'none'}`
  throw new MillraceError('TRANSPOSE_INVALID_INDEX_COLUMN', { reason })
}

/** The type of both, where one holds the values of the other. */
function common(a: DataType | undefined, b: DataType): DataType {
  if (a === undefined || a.kind === 'void' || sameType(a, b)) return b
  if (b.kind === 'void') return a
  const [left, right] = [WIDER.indexOf(a.kind), WIDER.indexOf(b.kind)]
  if (left >= 0 && right >= 0) return left > right ? a : b
  throw new MillraceError('TRANSPOSE_NO_LEAST_COMMON_TYPE', { dt1: quotedTypeName(a), dt2: quotedTypeName(b) })
}

/** The rows by their index, which names them as a text, with a list of their other values. */
function rowsInOrder(
  input: UnresolvedRelation,
  fields: readonly Field[],
  index: number,
  type: DataType,
): UnresolvedRelation {
  const columns = fields.map((_, i) => String(i))
  const at = (i: number): UnresolvedExpression => ({ kind: 'attribute', parts: [columns[i]!] })
  const cast = (child: UnresolvedExpression, to: DataType) => ({ kind: 'cast', child, type: to, mode: 'ansi' }) as const
  const others = fields.flatMap((_, i) => (i === index ? [] : [cast(at(i), type)]))
  const numbered: UnresolvedRelation = { kind: 'subqueryAlias', input, alias: UNNAMED_QUERY, columns }
  const known: UnresolvedRelation = {
    kind: 'filter',
    input: numbered,
    condition: { kind: 'function', name: 'isnotnull', args: [at(index)] },
  }
  const sorted: UnresolvedRelation = {
    kind: 'sort',
    input: known,
    orders: [{ kind: 'sortOrder', child: at(index), direction: 'asc' }],
  }
  const expressions: readonly UnresolvedExpression[] = [
    { kind: 'alias', child: cast(at(index), STRING), name: 'key' },
    { kind: 'alias', child: { kind: 'function', name: 'array', args: others }, name: 'values' },
  ]
  const most: UnresolvedRelation = { kind: 'limit', input: sorted, limit: MOST_ROWS + 1, offset: 0 }
  return { kind: 'project', input: most, expressions }
}
