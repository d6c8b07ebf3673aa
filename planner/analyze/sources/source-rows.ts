import type { Schema } from '../../../columnar/types.js'
import type { SourceDescription } from '../../../connectors/api.js'
import { literal } from '../../plan/expression/build.js'
import { outputOf } from '../../plan/logical/output.js'
import type { LogicalPlan } from '../../plan/logical/plan.js'
import type { IdGenerator } from '../id-generator.js'
import { sameName } from '../names/names.js'
import { columnsOf } from '../names/visible.js'
import { rowsOfTexts } from '../text-formats/rows-of-texts.js'
import { withNamedMetadata } from './file-metadata.js'
import { queriedSchema, scanOf } from './scanned.js'
import { rowsOfState } from './state-rows.js'

/** The rows of a source, with what it tells of files where the query has the name of that and the files have not. */
export function rowsOfSource(
  source: SourceDescription,
  streaming: boolean,
  isNamed: (name: string) => boolean,
  nextId: IdGenerator,
): LogicalPlan {
  if (source.rows) return givenRows(source.schema, source.rows, nextId)
  if (source.state) return rowsOfState({ ...source, state: source.state }, nextId)
  const rows = source.texts
    ? rowsOfTexts({ ...source, texts: source.texts }, streaming, nextId)
    : scanOf(source, columnsOf(queriedSchema(source.schema), nextId), streaming, nextId)
  const named = source.metadata?.named
  if (!named || !isNamed(named.name) || outputOf(rows).some(({ name }) => sameName(name, named.name))) return rows
  return withNamedMetadata(rows, { ...named, id: nextId() }, nextId)
}

/** Rows that a source told when it was described. */
function givenRows(schema: Schema, rows: NonNullable<SourceDescription['rows']>, nextId: IdGenerator): LogicalPlan {
  const output = columnsOf(schema, nextId)
  const cells = rows.map((row) => row.map((value, i) => literal(output[i]!.type, value)))
  return Object.freeze({ kind: 'values', rows: cells, output })
}
