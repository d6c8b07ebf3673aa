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
  const known = given ?? inferSchema(rows)
  const blocks: Block[] = []
  for (let at = 0; at < rows.length; at += LOCAL_BLOCK_ROWS)
    blocks.push(blockFromRows(known, rows.slice(at, at + LOCAL_BLOCK_ROWS)))
  return { schema: known, blocks }
}

function fromArrow(table: Table): MadeRows {
  if (!isArrowTable(table)) {
    throw new MillraceError('INVALID_API_USE', { reason: 'createDataFrame needs an array of rows or an Arrow table' })
  }
  const schema = schemaOfArrow(table)
  return { schema, blocks: [...blocksFromArrow(schema, table, LOCAL_BLOCK_ROWS)] }
}
