import { withoutLimits } from '../../../columnar/text-types.js'
import { BIGINT, BOOLEAN, type Field, field, INT, STRING, type StructType, struct } from '../../../columnar/types.js'
import { MillraceError } from '../../../common/errors/millrace-error.js'
import type { SourceDescription, TextRows } from '../../../connectors/api.js'
import { call, cast, fieldOf, literal, reference } from '../../plan/expression/build.js'
import type { Attribute, Expression, NamedExpression } from '../../plan/expression/expression.js'
import type { LogicalPlan, LogicalScan } from '../../plan/logical/plan.js'
import { CORRUPT_RECORD } from '../functions/text-schema.js'
import type { IdGenerator } from '../id-generator.js'
import { columnsOf, keep } from '../names/visible.js'
import { charLengthOf, filledAs } from '../types/text-limits.js'
import { textFormat } from './registry.js'

/** The rows that are read from the texts of a source: those of their columns, and of the folders that files are in. */
export function rowsOfTexts(
  { texts, ...source }: SourceDescription & { readonly texts: TextRows },
  streaming: boolean,
  nextId: IdGenerator,
): LogicalPlan {
  const [line, ...folders] = columnsOf(source.schema, nextId)
  const scan: LogicalScan = Object.freeze({ kind: 'scan', source, output: [line!, ...folders], filters: [], streaming })
  const isFolder = ({ name }: Field): Attribute | undefined =>
    folders.find((folder) => folder.name.toLowerCase() === name.toLowerCase())
  const own = texts.schema.fields.filter((one) => !isFolder(one))
  const dropped = droppedBy(texts, own)
  const read = dropped && !own.includes(dropped) ? [...own, dropped] : own
  const { input, row, fields, malformed } = rowsIn(scan, line!, read, texts, nextId)
  const valid = dropped ? onlyValid(input, fieldOf(row, fields, read.indexOf(dropped))) : input
  const named = (name: string, expression: Expression, limit: { readonly charLength?: number } = {}): NamedExpression =>
    Object.freeze({ id: nextId(), name, expression, ...limit })
  const columns = texts.schema.fields.map((one) => {
    const folder = isFolder(one)
    const isMalformed = malformed !== undefined && one.name === corruptColumn(texts)
    const found = folder ? reference(folder) : fieldOf(row, fields, own.indexOf(one))
    const value = isMalformed ? call('coalesce', STRING, [found, malformed]) : found
    const charLength = charLengthOf(one.type)
    return named(one.name, filledAs(value, one.type), charLength === undefined ? {} : { charLength })
  })
  const others = folders.filter(({ name }) => !texts.schema.fields.some((one) => isFolder(one)?.name === name))
  const projections = [...columns, ...others.map((folder) => named(folder.name, reference(folder)))]
  return Object.freeze({ kind: 'project', input: valid, projections })
}

interface Rows {
  readonly input: LogicalPlan
  readonly row: Expression
  readonly fields: StructType['fields']
  /** The text of a row that is no list, where rows are in lists. */
  readonly malformed?: Expression
}

function rowsIn(
  scan: LogicalScan,
  line: Attribute,
  fields: readonly Field[],
  { format, options, isListed }: TextRows,
  nextId: IdGenerator,
): Rows {
  const type = struct(fields.map(({ name, type: inner }) => field(name, withoutLimits(inner))))
  const made = textFormat(format)!.rows(reference(line), type, options, isListed)
  if (!isListed) return { input: scan, row: made, fields: type.fields }
  const list: Attribute = Object.freeze({ id: nextId(), name: 'rows', type: made.type, nullable: true })
  const number: Attribute = Object.freeze({ id: nextId(), name: 'number', type: INT, nullable: false })
  const projections = [...scan.output.map(keep), Object.freeze({ id: list.id, name: list.name, expression: made })]
  const lists: LogicalPlan = Object.freeze({ kind: 'project', input: scan, projections })
  // What is no list is a row without values.
  const size = cast(call('size', INT, [reference(list)]), BIGINT, 'ansi')
  const times = call('coalesce', BIGINT, [size, literal(BIGINT, 1n)])
  const isNone = call('is_null', BOOLEAN, [reference(list)])
  const malformed: Expression = Object.freeze({
    kind: 'case',
    branches: [{ when: isNone, value: reference(line) }],
    type: STRING,
    nullable: true,
  })
  const input: LogicalPlan = Object.freeze({ kind: 'replicate', input: lists, times, number })
  return {
    input,
    row: call('get', type, [reference(list), reference(number)], { nullable: true }),
    fields: type.fields,
    malformed,
  }
}

/** The column that gets the texts of malformed rows. */
function corruptColumn({ options }: TextRows): string {
  const name = Object.keys(options).find((key) => key.toLowerCase() === 'columnnameofcorruptrecord')
  return name === undefined ? CORRUPT_RECORD : options[name]!
}

/** The column that tells whether a row is malformed, where such rows are dropped. */
function droppedBy(texts: TextRows, fields: readonly Field[]): Field | undefined {
  const { options, isListed, format } = texts
  const named = new Map(Object.entries(options).map(([key, value]) => [key.toLowerCase(), value]))
  if (named.get('mode')?.toUpperCase() !== 'DROPMALFORMED') return undefined
  if (isListed)
    throw new MillraceError('UNSUPPORTED_FEATURE', {
      feature: `mode => 'DROPMALFORMED' of the data source ${format} with lists of rows`,
    })
  const corrupt = corruptColumn(texts)
  return fields.find(({ name }) => name === corrupt) ?? field(corrupt, STRING)
}

const onlyValid = (input: LogicalPlan, malformed: Expression): LogicalPlan =>
  Object.freeze({ kind: 'filter', input, condition: call('is_null', BOOLEAN, [malformed]) })
