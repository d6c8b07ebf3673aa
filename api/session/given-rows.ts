import type { Table } from 'apache-arrow'
import { blocksFromArrow, isArrowTable } from '../../columnar/arrow/arrow-input.js'
import { schemaOfArrow } from '../../columnar/arrow/arrow-types.js'
import type { Block } from '../../columnar/blocks/block.js'
import { blockFromRows } from '../../columnar/blocks/block-from-rows.js'
import { inferSchema } from '../../columnar/infer-schema.js'
import type { Schema } from '../../columnar/types.js'
import { MillraceError } from '../../common/errors/millrace-error.js'
import type { QuerySettings } from '../../planner/plan/query-settings.js'
import { parseSchema } from '../../planner/sql/types.js'
import type { MadeRows } from '../engine/engine.js'

/** Rows of a local relation are divided into blocks of this many, so that tasks can share them. */
const LOCAL_BLOCK_ROWS = 8192

/** Blocks of rows, or of a table of Arrow, that a program gives. @throws INVALID_ROW_VALUE, INVALID_API_USE, PARSE_SYNTAX_ERROR */
export function givenRows(
  rows: readonly object[] | Table,
  schema: string | Schema | undefined,
  settings: QuerySettings,
): MadeRows {
  if (!Array.isArray(rows)) return fromArrow(rows as Table)
  const given = typeof schema === 'string' ? parseSchema(schema, settings) : schema
  const named = namedRows(rows, given)
  const known = given ?? inferSchema(named)
  const blocks: Block[] = []
  for (let at = 0; at < named.length; at += LOCAL_BLOCK_ROWS)
    blocks.push(blockFromRows(known, named.slice(at, at + LOCAL_BLOCK_ROWS)))
  return { schema: known, blocks }
}

/** Rows that are lists have a value for each column, in their order; without a schema these are called `_1`, `_2` and so on, as in Spark. */
function namedRows(rows: readonly object[], schema: Schema | undefined): readonly object[] {
  if (!rows.some((row) => Array.isArray(row))) return rows
  return rows.map((row, at) => {
    if (!Array.isArray(row)) return row
    const names = schema?.fields.map(({ name }) => name) ?? row.map((_, i) => `_${i + 1}`)
    if (row.length === names.length) return Object.fromEntries(names.map((name, i) => [name, row[i]]))
    const reason = `row ${at} of createDataFrame has ${row.length} values, and there are ${names.length} columns`
    throw new MillraceError('INVALID_API_USE', { reason })
  })
}

function fromArrow(table: Table): MadeRows {
  if (typeof table !== 'object' || table === null || !isArrowTable(table)) {
    throw new MillraceError('INVALID_API_USE', { reason: 'createDataFrame needs an array of rows or an Arrow table' })
  }
  const schema = schemaOfArrow(table)
  return { schema, blocks: [...blocksFromArrow(schema, table, LOCAL_BLOCK_ROWS)] }
}
