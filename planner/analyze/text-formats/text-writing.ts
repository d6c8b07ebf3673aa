import { type DataType, field, quotedTypeName, struct } from '../../../columnar/types.js'
import { MillraceError } from '../../../common/errors/millrace-error.js'
import { quotedName } from '../../../common/errors/quoting.js'
import type { Options } from '../../../connectors/api.js'
import { call } from '../../plan/expression/build.js'
import type { Attribute, Expression } from '../../plan/expression/expression.js'
import type { OptionRules } from '../functions/text-options.js'

/** A column, as far as formats look at it. */
type NamedType = Pick<Attribute, 'name' | 'type'>

/** What is told of files, whatever their lines are. */
export interface FileOutput {
  readonly path?: string
  readonly compression?: string
  /** How many rows a file has at most. */
  readonly maxRecordsPerFile?: string
  /** What ends a line in place of `\n`. */
  readonly lineSep?: string
}

/** What rows are in files of texts. */
export interface WrittenRows {
  /** The line of a row without its end; a row has none where it is NULL. */
  readonly line: Expression
  /** The line that each file begins with, made of constants. */
  readonly header?: Expression
  readonly file: FileOutput
}

/** A format whose rows become lines of texts: an expression makes the line, and the sink `text` writes it. */
export interface TextWriting {
  readonly name: string
  /** The end of the names of files. */
  readonly extension: string
  readonly rules: OptionRules
  /** @throws UNSUPPORTED_DATA_TYPE_FOR_DATASOURCE */
  refuse(columns: readonly NamedType[]): void
  /** Of columns that are not refused. @throws UNSUPPORTED_FEATURE and the conditions of options */
  rows(columns: readonly Attribute[], options: Options): WrittenRows
}

/** @throws UNSUPPORTED_DATA_TYPE_FOR_DATASOURCE */
export function refuseTypes(
  columns: readonly NamedType[],
  format: string,
  isRefused: (type: DataType) => boolean,
): void {
  const refused = columns.find(({ type }) => isRefused(type))
  if (!refused) return
  const [columnName, columnType] = [quotedName(refused.name), quotedTypeName(refused.type)]
  throw new MillraceError('UNSUPPORTED_DATA_TYPE_FOR_DATASOURCE', { format, columnName, columnType })
}

/** A row of named values. */
export const structOf = (fields: readonly (readonly [name: string, value: Expression])[]): Expression =>
  call(
    'named_struct',
    struct(fields.map(([name, { type, nullable }]) => field(name, type, nullable))),
    fields.map(([, value]) => value),
  )
