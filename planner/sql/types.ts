import { knownCollation } from '../../columnar/known-collation.js'
import { hasLimits, isCollated, withoutLimits } from '../../columnar/text-types.js'
import {
  array,
  BIGINT,
  BINARY,
  BOOLEAN,
  collatedString,
  DATE,
  type DataType,
  DOUBLE,
  decimal,
  type Field,
  FLOAT,
  field,
  INT,
  INTERVAL,
  MAX_DECIMAL_PRECISION,
  MAX_TIME_PRECISION,
  type Schema,
  SMALLINT,
  STRING,
  schema,
  struct,
  TIME,
  TIMESTAMP,
  TIMESTAMP_NTZ,
  TINYINT,
  time,
  VARIANT,
  VOID,
} from '../../columnar/types.js'
import { MillraceError } from '../../common/errors/millrace-error.js'
import type { QuerySettings } from '../plan/query-settings.js'
import { readCollationName } from './collation-name.js'
import { readIntervalType } from './interval-type.js'
import type { Token } from './token.js'
import { TokenStream } from './token-stream.js'

const SIMPLE: Readonly<Record<string, DataType>> = {
  BOOLEAN,
  TINYINT,
  BYTE: TINYINT,
  SMALLINT,
  SHORT: SMALLINT,
  INT,
  INTEGER: INT,
  BIGINT,
  LONG: BIGINT,
  FLOAT,
  REAL: FLOAT,
  DOUBLE,
  STRING,
  BINARY,
  DATE,
  TIMESTAMP_LTZ: TIMESTAMP,
  TIMESTAMP_NTZ,
  VARIANT,
  VOID,
}
const DEFAULT_DECIMAL = decimal(10, 0)

/** Reads a schema as Spark writes it in DDL: `id bigint not null, s struct<a: int, b: string>`; a colon after a name is allowed. @throws PARSE_SYNTAX_ERROR, UNSUPPORTED_CHAR_OR_VARCHAR_AS_STRING */
export function parseSchema(text: string, settings?: QuerySettings): Schema {
  const tokens = new TokenStream(text, undefined, settings ? { settings } : {})
  const fields = tokens.list(() => readField(tokens))
  tokens.expectEnd()
  if (fields.some(({ type }) => hasLimits(type))) throw new MillraceError('UNSUPPORTED_CHAR_OR_VARCHAR_AS_STRING')
  return schema(fields)
}

/** Reads a type: `decimal(12,2)`, `array<int>`. @throws PARSE_SYNTAX_ERROR */
export function parseDataType(text: string, settings?: QuerySettings): DataType {
  const tokens = new TokenStream(text, undefined, settings ? { settings } : {})
  const type = readDataType(tokens)
  tokens.expectEnd()
  return type
}

/** A type that a function is told, of texts without limits. @throws PARSE_SYNTAX_ERROR, UNSUPPORTED_CHAR_OR_VARCHAR_AS_STRING */
export function parseToldType(text: string, settings?: QuerySettings): DataType {
  const tokens = new TokenStream(text, undefined, settings ? { settings } : {})
  const type = readWholeType(tokens)
  if (hasLimits(type)) throw new MillraceError('UNSUPPORTED_CHAR_OR_VARCHAR_AS_STRING')
  return type
}

/** The type that all of a text is. What stands behind one word is told before that the word names no type. */
function readWholeType(tokens: TokenStream): DataType {
  const first = tokens.peek()
  try {
    const type = readDeclaredType(tokens)
    tokens.expectEnd()
    return type
  } catch (error) {
    const isName = MillraceError.is(error) && error.condition === 'UNSUPPORTED_DATATYPE'
    if (isName && tokens.takenUntil === first.end) tokens.expectEnd()
    throw error
  }
}

/** A type of values in queries, where `char` and `varchar` are texts. */
export const readDataType = (tokens: TokenStream): DataType => withoutLimits(readDeclaredType(tokens))

/** The type of a parameter of a function, or of what it returns. @throws UNSUPPORTED_CHAR_OR_VARCHAR_AS_STRING */
export function readParameterType(tokens: TokenStream): DataType {
  const type = readDeclaredType(tokens)
  if (hasLimits(type)) throw new MillraceError('UNSUPPORTED_CHAR_OR_VARCHAR_AS_STRING')
  return type
}

/** The type of a column of a table, whose texts may have limits. */
export const readDeclaredType = (tokens: TokenStream): DataType => tokens.nested(() => readAnyType(tokens))

/** `CHAR(5)`. @throws DATATYPE_MISSING_SIZE */
function readLimited(tokens: TokenStream, start: Token): DataType {
  if (!tokens.accept('(')) {
    const parameters = { type: `"${start.match}"` }
    throw new MillraceError('DATATYPE_MISSING_SIZE', parameters, { origin: tokens.originFrom(start) })
  }
  const length = readCount(tokens)
  tokens.expect(')')
  if (tokens.at('COLLATE')) throw tokens.unsupported('collations of char and varchar', start)
  const limit = { kind: start.match === 'VARCHAR' ? 'varchar' : 'char', length } as const
  return Object.freeze({ kind: 'string', limit })
}

/** `STRING COLLATE de_CI`; before the name of a collation may stand where those of Spark are. @throws COLLATION_INVALID_NAME */
function readCollated(tokens: TokenStream): DataType {
  const start = tokens.peek()
  return collatedString(knownCollation(readCollationName(tokens), tokens.originFrom(start)).name)
}

function readAnyType(tokens: TokenStream): DataType {
  const token = tokens.peek()
  if (token.kind !== 'word') throw tokens.unexpected('expected a data type')
  tokens.next()
  if (token.match === 'STRING' && tokens.accept('COLLATE')) return readCollated(tokens)
  const simple = token.match === 'TIMESTAMP' ? timestampType(tokens.settings) : SIMPLE[token.match]
  if (simple) return simple
  switch (token.match) {
    case 'DECIMAL':
    case 'DEC':
    case 'NUMERIC':
      return readDecimal(tokens)
    case 'VARCHAR':
    case 'CHAR':
    case 'CHARACTER':
      return readLimited(tokens, token)
    case 'STRUCT':
      return struct(bracketed(tokens, () => (tokens.at('>') ? [] : tokens.list(() => readField(tokens)))))
    case 'ARRAY':
      return array(bracketed(tokens, () => readDeclaredType(tokens)))
    case 'MAP':
      return bracketed(tokens, () => {
        const start = tokens.peek()
        const key = readDeclaredType(tokens)
        if (isCollated(key)) {
          const origin = tokens.originFrom(start)
          throw new MillraceError('UNSUPPORTED_FEATURE.COLLATIONS_IN_MAP_KEYS', {}, { origin })
        }
        tokens.expect(',')
        return Object.freeze({ kind: 'map', key, value: readDeclaredType(tokens), valueContainsNull: true })
      })
    case 'TIME':
      return readTime(tokens)
    case 'INTERVAL':
      return readIntervalType(tokens) ?? INTERVAL
    default:
      return refuseType(tokens, token)
  }
}

/** What TIMESTAMP means. */
export const timestampType = (settings: Pick<QuerySettings, 'timestampType'>): DataType =>
  settings.timestampType === 'TIMESTAMP_NTZ' ? TIMESTAMP_NTZ : TIMESTAMP

function refuseType(tokens: TokenStream, token: Token): never {
  const parameters = { typeName: `"${token.match}"` }
  throw new MillraceError('UNSUPPORTED_DATATYPE', parameters, { origin: tokens.originFrom(token) })
}

/** `<` … `>`; the lexer knows `<>` as a symbol of its own, which stands for an empty pair here. */
function bracketed<T>(tokens: TokenStream, read: () => T): T {
  tokens.expect('<')
  const result = read()
  tokens.expect('>')
  return result
}

function readDecimal(tokens: TokenStream): DataType {
  if (!tokens.accept('(')) return DEFAULT_DECIMAL
  const start = tokens.peek()
  const precision = readCount(tokens)
  const scale = tokens.accept(',') ? readCount(tokens) : 0
  tokens.expect(')')
  const origin = tokens.originFrom(start)
  if (precision > MAX_DECIMAL_PRECISION) {
    const parameters = { precision, maxPrecision: MAX_DECIMAL_PRECISION }
    throw new MillraceError('DECIMAL_PRECISION_EXCEEDS_MAX_PRECISION', parameters, { origin })
  }
  if (scale > precision) throw new MillraceError('DECIMAL_SCALE_EXCEEDS_PRECISION', { scale, precision }, { origin })
  if (precision === 0)
    throw new MillraceError('UNSUPPORTED_FEATURE', { feature: 'decimals without digits' }, { origin })
  return decimal(precision, scale)
}

/** `TIME(3)`; it never has a zone, which may be said. */
function readTime(tokens: TokenStream): DataType {
  const start = tokens.peek()
  let precision = TIME.precision
  if (tokens.accept('(')) {
    precision = readCount(tokens)
    tokens.expect(')')
  }
  if (precision > MAX_TIME_PRECISION)
    throw new MillraceError('UNSUPPORTED_TIME_PRECISION', { precision }, { origin: tokens.originFrom(start) })
  tokens.accept('WITHOUT', 'TIME', 'ZONE')
  return time(precision)
}

function readCount(tokens: TokenStream): number {
  const token = tokens.peek()
  if (token.kind !== 'number' || !/^\d{1,9}$/.test(token.text)) throw tokens.unexpected('expected a whole number')
  tokens.next()
  return Number(token.text)
}

function readField(tokens: TokenStream): Field {
  const name = tokens.peek()
  if (name.kind !== 'word' && name.kind !== 'quoted') throw tokens.unexpected('expected the name of a field')
  tokens.next()
  tokens.accept(':')
  const type = readDeclaredType(tokens)
  const nullable = !tokens.accept('NOT', 'NULL')
  if (tokens.accept('COMMENT') && tokens.next().kind !== 'string')
    throw tokens.unexpected('expected the comment in quotes')
  return field(name.text, type, nullable)
}
