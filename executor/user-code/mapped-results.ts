import type { Data, Table } from 'apache-arrow'
import { blocksFromArrow, isArrowTable } from '../../columnar/arrow/arrow-input.js'
import { schemaOfArrow } from '../../columnar/arrow/arrow-types.js'
import type { Block } from '../../columnar/blocks/block.js'
import { blockFromRows } from '../../columnar/blocks/block-from-rows.js'
import { rowKeys } from '../../columnar/row-keys.js'
import { type Field, quotedTypeName, type Schema, sameType } from '../../columnar/types.js'
import { MillraceError } from '../../common/errors/millrace-error.js'
import { MAX_BATCH_ROWS } from '../../connectors/api.js'
import { invalidResult, type Signature } from './failure.js'

/** Makes blocks of what a function of the user gives, which is checked against the schema that was told of it. */
export interface ResultBlocks {
  /** @throws INVALID_UDF_RESULT, RESULT_COLUMN_NAMES_MISMATCH, RESULT_COLUMN_TYPES_MISMATCH, INVALID_UDF_RESULT_VALUE */
  of(given: readonly unknown[]): Iterable<Block>
  /** Those of what was kept until there is enough of it. */
  rest(): Iterable<Block>
}

const quotedFunction = ({ name }: Signature): string => `\`${name}\``

/** Of tables and batches of Arrow; their columns may stand in another order. */
export function arrowResults(signature: Signature, schema: Schema): ResultBlocks {
  return {
    *of(given) {
      for (const value of given) {
        const table = tableOf(value)
        if (!table) throw invalidResult(signature, value)
        const order = placesOf(signature, schema, table)
        refuseNulls(signature, schema, table, order)
        yield* blocksFromArrow(schema, table, MAX_BATCH_ROWS, order)
      }
    },
    rest: () => [],
  }
}

type Batches = Pick<Table, 'schema' | 'batches'>

function tableOf(value: unknown): Batches | undefined {
  if (typeof value !== 'object' || value === null) return undefined
  if (isArrowTable(value)) return value
  const isBatch = 'data' in value && 'schema' in value && 'numRows' in value
  return isBatch ? ({ schema: value.schema, batches: [value] } as unknown as Batches) : undefined
}

/** Where in the table each column of the schema is. */
function placesOf(signature: Signature, { fields }: Schema, table: Batches): readonly number[] {
  const given = schemaOfArrow(table).fields
  const places = fields.map(({ name }) => given.findIndex((one) => one.name === name))
  refuseNames(
    signature,
    fields.filter((_, i) => places[i]! < 0),
    given.filter((_, i) => !places.includes(i)).map(({ name }) => name),
  )
  const wrong = fields.flatMap(({ name, type }, i) => {
    const actual = given[places[i]!]!.type
    const told = `column \`${name}\` (expected ${quotedTypeName(type)}, actual ${quotedTypeName(actual)})`
    return sameType(type, actual) ? [] : [told]
  })
  if (wrong.length === 0) return places
  const parameters = { functionName: quotedFunction(signature), mismatch: wrong.join(', ') }
  throw new MillraceError('RESULT_COLUMN_TYPES_MISMATCH', parameters)
}

function refuseNames(signature: Signature, missing: readonly Field[], extra: readonly string[]): void {
  if (missing.length === 0 && extra.length === 0) return
  const listed = (title: string, names: readonly string[]): string =>
    names.length === 0 ? '' : ` ${title}: ${names.join(', ')}.`
  throw new MillraceError('RESULT_COLUMN_NAMES_MISMATCH', {
    functionName: quotedFunction(signature),
    missing: listed(
      'Missing',
      missing.map(({ name }) => name),
    ),
    extra: listed('Unexpected', extra),
  })
}

function refuseNulls(signature: Signature, { fields }: Schema, { batches }: Batches, order: readonly number[]): void {
  for (const { data, numRows } of batches)
    for (const [i, column] of fields.entries())
      refuseNullsOf(signature, column, column.name, data.children[order[i]!]!, numRows, () => true)
}

/** @param isThere whether what the value is part of is not NULL in a row */
function refuseNullsOf(
  signature: Signature,
  { type, nullable }: Field,
  path: string,
  data: Data,
  rows: number,
  isThere: (row: number) => boolean,
): void {
  const isNull = (row: number): boolean => isThere(row) && !data.getValid(row)
  for (let row = 0; !nullable && data.nullCount > 0 && row < rows; row++)
    if (isNull(row)) throw invalidValue(signature, path, row, 'NULL', 'the column may not be NULL')
  if (type.kind !== 'struct') return
  for (const [i, part] of type.fields.entries())
    refuseNullsOf(signature, part, `${path}.${part.name}`, data.children[i]!, rows, (row) => data.getValid(row))
}

const invalidValue = (signature: Signature, column: string, row: number, value: string, reason: string) =>
  new MillraceError('INVALID_UDF_RESULT_VALUE', {
    functionName: quotedFunction(signature),
    column: `\`${column}\``,
    row,
    value,
    reason,
  })

/** Of rows as objects, which are put together to blocks. A column that a row does not have is NULL in it. */
export function rowResults(signature: Signature, schema: Schema): ResultBlocks {
  const known: ReadonlySet<string> = new Set(rowKeys(schema.fields))
  const isUnknown = (key: string): boolean => !known.has(key)
  const rows: object[] = []
  const taken = (most: number): Block => blockOf(signature, schema, rows.splice(0, most))
  return {
    of(given) {
      for (const value of given) {
        if (typeof value !== 'object' || value === null) throw invalidResult(signature, value)
        const keys = Object.keys(value)
        if (keys.some(isUnknown)) refuseNames(signature, [], keys.filter(isUnknown))
        rows.push(value)
      }
      const blocks: Block[] = []
      while (rows.length >= MAX_BATCH_ROWS) blocks.push(taken(MAX_BATCH_ROWS))
      return blocks
    },
    rest: () => (rows.length === 0 ? [] : [taken(rows.length)]),
  }
}

function blockOf(signature: Signature, schema: Schema, rows: readonly object[]): Block {
  try {
    return blockFromRows(schema, rows)
  } catch (error) {
    if (!MillraceError.is(error) || error.condition !== 'INVALID_ROW_VALUE') throw error
    const { column, row, value, reason } = error.parameters
    throw invalidValue(signature, String(column), Number(row), String(value), String(reason))
  }
}
