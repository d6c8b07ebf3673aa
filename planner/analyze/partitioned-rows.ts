import { isCollated } from '../../columnar/text-types.js'
import { isNested, quotedTypeName, type Schema, STRING, typeName } from '../../columnar/types.js'
import { MillraceError } from '../../common/errors/millrace-error.js'
import { cast, literal, reference } from '../plan/expression/build.js'
import type { Attribute, NamedExpression } from '../plan/expression/expression.js'
import { outputOf, schemaOf } from '../plan/logical/output.js'
import type { LogicalPlan } from '../plan/logical/plan.js'
import type { IdGenerator } from './analyze.js'
import { refuseTwice } from './duplicates.js'
import { sameName } from './names.js'

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

/**
 * Rows with the texts that name their folders behind their other columns, and in the order of these: a task then fills one folder after the other.
 * @throws _LEGACY_ERROR_TEMP_1155, COLUMN_ALREADY_EXISTS, ALL_PARTITION_COLUMNS_NOT_ALLOWED, INVALID_PARTITION_COLUMN_DATA_TYPE
 */
export function inPartitions(rows: LogicalPlan, columns: readonly PartitionColumn[], nextId: IdGenerator): Divided {
  if (columns.length === 0) return { analyzed: rows, schema: schemaOf(rows) }
  refuseTwice(columns)
  const output = outputOf(rows)
  const sources = columns.map(({ name, text }) => (text === undefined ? partitionColumn(output, name) : undefined))
  const kept = output.filter((attribute) => !sources.includes(attribute))
  if (kept.length === 0) throw new MillraceError('ALL_PARTITION_COLUMNS_NOT_ALLOWED')
  const texts = columns.map(({ name, text }, i): NamedExpression => {
    const source = sources[i]
    const expression = source
      ? source.type.kind === 'string'
        ? reference(source)
        : cast(reference(source), STRING, 'ansi')
      : literal(STRING, text ?? null)
    return Object.freeze({ id: nextId(), name, expression })
  })
  const data = kept.map((a): NamedExpression => Object.freeze({ id: a.id, name: a.name, expression: reference(a) }))
  const projected: LogicalPlan = Object.freeze({ kind: 'project', input: rows, projections: [...data, ...texts] })
  const schema = { fields: kept.map(({ name, type, nullable }) => ({ name, type, nullable })) }
  const varying = outputOf(projected).filter((_, i) => i >= kept.length && sources[i - kept.length])
  if (varying.length === 0) return { analyzed: projected, schema }
  const orders = varying.map((a) =>
    Object.freeze({ expression: reference(a), direction: 'asc' as const, nulls: 'first' as const }),
  )
  return { analyzed: Object.freeze({ kind: 'sort', isGlobal: false, input: projected, orders }), schema }
}

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
