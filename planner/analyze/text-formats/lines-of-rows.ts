import { field, type Schema, STRING } from '../../../columnar/types.js'
import type { Options } from '../../../connectors/api.js'
import { call, literal, reference } from '../../plan/expression/build.js'
import type { Expression, NamedExpression } from '../../plan/expression/expression.js'
import { outputOf } from '../../plan/logical/output.js'
import type { LogicalPlan } from '../../plan/logical/plan.js'
import type { IdGenerator } from '../id-generator.js'
import { type AnalysisSession, withSession } from '../session.js'
import { given } from './file-options.js'
import { textWriting } from './registry.js'
import type { TextWriting } from './text-writing.js'

/** Rows as a sink takes them. */
export interface SinkRows {
  readonly analyzed: LogicalPlan
  /** Of the columns that go into files. */
  readonly schema: Schema
  readonly format: string
  readonly options: Options
  /** What each file begins with, of constants: an option of the sink, once it is computed. */
  readonly header?: Expression
}

const LINES: Schema = { fields: [field('value', STRING)] }

/**
 * Rows of a format that is lines of texts as one column of these, with their ends, so that a block holds what a file does; of another format as they
 * are. The texts of partitions stay behind. @throws the conditions of the format
 */
export const linesOfRows = (rows: SinkRows, nextId: IdGenerator, session: AnalysisSession): SinkRows => {
  const format = textWriting(rows.format)
  return format ? withSession(session, () => asLines(rows, format, nextId)) : rows
}

function asLines({ analyzed, schema, options }: SinkRows, format: TextWriting, nextId: IdGenerator): SinkRows {
  const output = outputOf(analyzed)
  const columns = output.slice(0, schema.fields.length)
  format.refuse(columns)
  const { line, header, file } = format.rows(columns, options)
  const { lineSep = '\n', ...ofFiles } = file
  const named = (name: string, expression: Expression): NamedExpression =>
    Object.freeze({ id: nextId(), name, expression })
  const folders = output.slice(schema.fields.length).map((column) => named(column.name, reference(column)))
  const projections = [named('value', ended(line, lineSep)), ...folders]
  return {
    analyzed: Object.freeze({ kind: 'project', input: analyzed, projections }),
    schema: LINES,
    format: 'text',
    options: given({ ...ofFiles, 'lines.extension': format.extension }),
    ...(header ? { header: ended(header, lineSep) } : {}),
  }
}

/** The text with its end; NULL has none, and no bytes in a block. */
const ended = (text: Expression, lineSep: string): Expression =>
  call('concat', STRING, [text, literal(STRING, lineSep)])
