import { withNulls } from '../../../columnar/type-parts.js'
import { type DataType, quotedTypeName, STRING, type StructType, struct } from '../../../columnar/types.js'
import { MillraceError } from '../../../common/errors/millrace-error.js'
import { quotedName } from '../../../common/errors/quoting.js'
import type { Expression } from '../../plan/expression/expression.js'
import { sqlText } from '../../plan/expression/sql-text.js'
import type { TextOptions } from '../../plan/expression/text-options.js'
import { typeFromJson } from '../../sql/json-types.js'
import { parseSchema, parseToldType } from '../../sql/types.js'
import { constantOf } from '../constants/constants.js'
import { analysisSession } from '../session.js'
import { expectType, unexpectedType } from '../types/coercion.js'
import type { CallSite } from './definition.js'
import type { OptionSite } from './text-options.js'

/** An operand that is a text: numbers are none here. */
export function textOperand(text: Expression, site: CallSite): Expression {
  if (text.type.kind !== 'string' && text.type.kind !== 'void') throw unexpectedType(text, '"STRING"', 0, site)
  return expectType(text, STRING, 0, site)
}

/** The text of a call that describes one, which must be known before the query runs. @throws DATATYPE_MISMATCH.* */
export function sampleText(text: Expression, input: string, site: CallSite): string {
  const constant = constantOf(textOperand(text, site))
  const { sql: sqlExpr, origin } = site
  if (constant === undefined) {
    const inputExpr = site.argumentSql?.(0) ?? ''
    const parameters = { sqlExpr, inputName: `\`${input}\``, inputType: '"STRING"', inputExpr }
    throw new MillraceError('DATATYPE_MISMATCH.NON_FOLDABLE_INPUT', parameters, { origin })
  }
  if (constant.value === null)
    throw new MillraceError('DATATYPE_MISMATCH.UNEXPECTED_NULL', { sqlExpr, exprName: input }, { origin })
  return String(constant.value)
}

/** The type that a text is to be read as: DDL of a type or of columns, whose nullability does not count, as in Spark: what a text does not hold is NULL. @throws INVALID_SCHEMA.NON_STRING_LITERAL, PARSE_SYNTAX_ERROR */
export function schemaOf(written: Expression, position: number, site: CallSite): DataType {
  const ddl = constantOf(written)?.value
  if (typeof ddl !== 'string') {
    const inputSchema = site.argumentSql?.(position) ?? `"${sqlText(written)}"`
    throw new MillraceError('INVALID_SCHEMA.NON_STRING_LITERAL', { inputSchema }, { origin: site.origin })
  }
  return withNulls(typeOf(ddl))
}

/** A type, or else columns; a name alone is a type. */
function typeOf(ddl: string): DataType {
  const isJson = ddl.trimStart().startsWith('{')
  if (ddl.trim() === '') throw new MillraceError('PARSE_EMPTY_STATEMENT')
  const told = isJson ? typeFromJson(ddl) : undefined
  if (told) return told
  try {
    return parseToldType(ddl, analysisSession())
  } catch (error) {
    if (!MillraceError.is(error) || error.condition === 'UNSUPPORTED_CHAR_OR_VARCHAR_AS_STRING') throw error
    return columnsOf(ddl, error)
  }
}

/** @throws why it is no type either: UNSUPPORTED_DATATYPE, PARSE_SYNTAX_ERROR */
function columnsOf(ddl: string, asType: MillraceError): DataType {
  try {
    return struct(parseSchema(ddl, analysisSession()).fields)
  } catch (error) {
    const isOfColumn = !MillraceError.is(error) || error.condition === 'UNSUPPORTED_CHAR_OR_VARCHAR_AS_STRING'
    throw isOfColumn ? error : asType
  }
}

/** How rows that are not of the schema are dealt with, and the column that gets them. */
export const MODE_OPTIONS = {
  mode: { kind: 'choice', choices: ['PERMISSIVE', 'FAILFAST', 'DROPMALFORMED'] },
  columnNameOfCorruptRecord: { kind: 'text' },
} as const

/** The name of that column without an option. */
export const CORRUPT_RECORD = '_corrupt_record'

/** The options with the name of the column for malformed texts where the schema has it. @throws PARSE_MODE_UNSUPPORTED, INVALID_CORRUPT_RECORD_TYPE */
export function checkedMode(type: DataType, options: TextOptions, site: OptionSite): TextOptions {
  const { columnNameOfCorruptRecord = CORRUPT_RECORD, ...others } = options
  if (options['mode'] === 'DROPMALFORMED') {
    const parameters = { funcName: quotedName(site.name), mode: 'DROPMALFORMED' }
    throw new MillraceError('PARSE_MODE_UNSUPPORTED', parameters, { origin: site.origin })
  }
  const corrupt = (type as StructType).fields?.find(({ name }) => name === columnNameOfCorruptRecord)
  if (!corrupt) return others
  if (corrupt.type.kind !== 'string') {
    const parameters = { columnName: quotedName(corrupt.name), actualType: quotedTypeName(corrupt.type) }
    throw new MillraceError('INVALID_CORRUPT_RECORD_TYPE', parameters, { origin: site.origin })
  }
  return { ...others, columnNameOfCorruptRecord }
}
