import { isCollated } from '../../../columnar/text-types.js'
import { isNested, quotedTypeName, type Schema, STRING, typeName } from '../../../columnar/types.js'
import { MillraceError } from '../../../common/errors/millrace-error.js'
import type { Buckets } from '../../../connectors/api.js'
import { bucketNumber } from '../../plan/expression/bucket-number.js'
import { cast, literal, reference } from '../../plan/expression/build.js'
import type { Attribute, NamedExpression, SortOrder } from '../../plan/expression/expression.js'
import { outputOf, schemaOf } from '../../plan/logical/output.js'
import type { LogicalPlan } from '../../plan/logical/plan.js'
import type { IdGenerator } from '../id-generator.js'
import { refuseTwice } from '../names/duplicates.js'
import { sameName } from '../names/names.js'

/** A column that divides rows into folders. One with a text is the same for all, and none of the rows' own. */
export interface PartitionColumn {
  readonly name: string
  readonly text?: string | null
}

interface Divided {
  readonly analyzed: LogicalPlan
  /** Of the columns that go into files. */
  readonly schema: Schema
}

/** What divides rows into folders and files. */
export interface RowDivisions {
  readonly partitionBy: readonly PartitionColumn[]
  readonly buckets?: Buckets | undefined
}

/**
 * Rows with what divides them behind their other columns, and in the order of it: the texts that name their folders, then the number of their bucket. A task then
 * fills one file after the other, and those of a bucket are in one task.
 * @throws _LEGACY_ERROR_TEMP_1155, COLUMN_ALREADY_EXISTS, ALL_PARTITION_COLUMNS_NOT_ALLOWED, INVALID_PARTITION_COLUMN_DATA_TYPE
 */
export function dividedRows(
  rows: LogicalPlan,
  { partitionBy: columns, buckets }: RowDivisions,
  nextId: IdGenerator,
): Divided {
  if (columns.length === 0 && !buckets) return { analyzed: rows, schema: schemaOf(rows) }
  refuseTwice(columns)
  const output = outputOf(rows)
  const sources = columns.map(({ name, text }) => (text === undefined ? partitionColumn(output, name) : undefined))
  const kept = output.filter((attribute) => !sources.includes(attribute))
  if (kept.length === 0) throw new MillraceError('ALL_PARTITION_COLUMNS_NOT_ALLOWED')
  const texts = columns.map(({ name, text }, i) => folderText(name, sources[i], text, nextId))
  const data = kept.map((a): NamedExpression => Object.freeze({ id: a.id, name: a.name, expression: reference(a) }))
  const bucket = buckets ? [bucketOf(kept, buckets, nextId)] : []
  const projections = [...data, ...texts, ...bucket]
  const projected: LogicalPlan = Object.freeze({ kind: 'project', input: rows, projections })
  const schema = { fields: kept.map(({ name, type, nullable }) => ({ name, type, nullable })) }
  const dividers = outputOf(projected).slice(kept.length)
  const varying = dividers.filter((_, i) => i >= columns.length || sources[i])
  if (varying.length === 0) return { analyzed: projected, schema }
  const input = buckets ? inTasks(projected, dividers.at(-1)!) : projected
  const orders = [...varying, ...(buckets?.sortColumns ?? []).map((name) => columnOf(kept, name))].map(ascending)
  return { analyzed: Object.freeze({ kind: 'sort', isGlobal: false, isOfFiles: true, input, orders }), schema }
}

function folderText(
  name: string,
  source: Attribute | undefined,
  text: PartitionColumn['text'],
  nextId: IdGenerator,
): NamedExpression {
  const expression = source
    ? source.type.kind === 'string'
      ? reference(source)
      : cast(reference(source), STRING, 'ansi')
    : literal(STRING, text ?? null)
  return Object.freeze({ id: nextId(), name, expression })
}

function bucketOf(
  columns: readonly Attribute[],
  { columns: by, count }: Buckets,
  nextId: IdGenerator,
): NamedExpression {
  const keys = by.map((name) => reference(columnOf(columns, name)))
  return Object.freeze({ id: nextId(), name: 'bucket', expression: bucketNumber(keys, count) })
}

/** The rows of a bucket in one task, so that few files have them. */
const inTasks = (input: LogicalPlan, bucket: Attribute): LogicalPlan =>
  Object.freeze({ kind: 'repartition', by: 'hash', input, orders: [ascending(bucket)] })

const ascending = (column: Attribute): SortOrder =>
  Object.freeze({ expression: reference(column), direction: 'asc', nulls: 'first' })

/** Of those that a table has: which they are was checked when it was made. */
const columnOf = (columns: readonly Attribute[], name: string): Attribute =>
  columns.find((column) => sameName(column.name, name))!

function partitionColumn(output: readonly Attribute[], name: string): Attribute {
  const found = output.find((attribute) => sameName(attribute.name, name))
  if (found === undefined) {
    const schemaCatalog = typeName({ kind: 'struct', fields: output })
    throw new MillraceError('_LEGACY_ERROR_TEMP_1155', { col: name, schemaCatalog })
  }
  refusePartitionType(found)
  return found
}

/** @throws INVALID_PARTITION_COLUMN_DATA_TYPE for types whose values name no folders */
export function refusePartitionType({ type }: Pick<Attribute, 'type'>): void {
  if (isNested(type) || type.kind === 'variant' || type.kind === 'void' || isCollated(type))
    throw new MillraceError('INVALID_PARTITION_COLUMN_DATA_TYPE', { type: quotedTypeName(type) })
}
