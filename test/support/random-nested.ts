import {
  array,
  BIGINT,
  BINARY,
  BOOLEAN,
  DATE,
  type DataType,
  DOUBLE,
  decimal,
  field,
  INT,
  map,
  SMALLINT,
  STRING,
  struct,
  TIMESTAMP_NTZ,
} from '../../columnar/types.js'
import type { Random } from '../support/random.js'

/** A value as it is stored: dates in days, times in microseconds, decimals unscaled; structs by the names of their fields, maps as lists of entries. */
export type Stored =
  | null
  | boolean
  | number
  | bigint
  | string
  | readonly Stored[]
  | { readonly [field: string]: Stored }

const PLAIN: readonly DataType[] = [
  BOOLEAN,
  SMALLINT,
  INT,
  BIGINT,
  DOUBLE,
  decimal(9, 2),
  decimal(18, 3),
  decimal(38, 6),
  STRING,
  BINARY,
  DATE,
  TIMESTAMP_NTZ,
]
const KEYS: readonly DataType[] = [INT, BIGINT, STRING, DATE]

/** A type of at most so many levels of arrays, maps and structs; always one of these when `depth` is not 0 and `isNested`. */
export function randomNestedType(random: Random, depth: number, isNested = true): DataType {
  if (depth === 0 || (!isNested && random.chance(0.4))) return random.pick(PLAIN)
  const inner = (): DataType => randomNestedType(random, depth - 1, false)
  switch (random.integer(0, 2)) {
    case 0:
      return array(inner())
    case 1:
      return map(random.pick(KEYS), inner())
    default:
      return struct(Array.from({ length: random.integer(1, 3) }, (_, i) => field(`f${i}`, inner())))
  }
}

/** A value of a type, NULL at every level now and then. */
export function randomStored(random: Random, type: DataType, nullable = true): Stored {
  if (nullable && random.chance(0.15)) return null
  switch (type.kind) {
    case 'array':
      return Array.from({ length: randomCount(random) }, () => randomStored(random, type.element))
    case 'map': {
      const keys = new Map<string, Stored>()
      for (let i = randomCount(random); i > 0; i--) {
        const key = randomStored(random, type.key, false)
        keys.set(String(key), key)
      }
      return [...keys.values()].map((key) => [key, randomStored(random, type.value)])
    }
    case 'struct':
      return Object.fromEntries(type.fields.map(({ name, type: own }) => [name, randomStored(random, own)]))
    default:
      return randomPlain(random, type)
  }
}

/** Empty as often as not; many elements rarely, so that bitmaps have several bytes. */
function randomCount(random: Random): number {
  if (random.chance(0.3)) return 0
  return random.chance(0.02) ? random.integer(9, 40) : random.integer(1, 4)
}

const TEXTS = ['', 'a', 'ä', '東京', '🚀', "it's", 'a longer text that no inline form holds', '\u0000x']

function randomPlain(random: Random, type: DataType): Stored {
  switch (type.kind) {
    case 'boolean':
      return random.chance(0.5)
    case 'smallint':
      return random.integer(-32768, 32767)
    case 'int':
      return random.integer(-2147483648, 2147483647)
    case 'date':
      return random.integer(-20000, 40000)
    case 'bigint':
      return random.bigint(62)
    case 'timestamp_ntz':
      return random.bigint(50)
    case 'double':
      return random.integer(-1000, 1000) / 8
    case 'decimal':
      return random.bigint(type.precision > 18 ? 100 : type.precision > 9 ? 59 : 29)
    case 'string':
      return random.pick(TEXTS) + (random.chance(0.3) ? String(random.integer(0, 9)) : '')
    case 'binary':
      return random.pick(TEXTS)
    default:
      throw new Error(`no values of ${type.kind}`)
  }
}

/** The type as DuckDB names it. */
export function duckType(type: DataType): string {
  switch (type.kind) {
    case 'array':
      return `${duckType(type.element)}[]`
    case 'map':
      return `MAP(${duckType(type.key)}, ${duckType(type.value)})`
    case 'struct':
      return `STRUCT(${type.fields.map(({ name, type: own }) => `"${name}" ${duckType(own)}`).join(', ')})`
    case 'string':
      return 'VARCHAR'
    case 'binary':
      return 'BLOB'
    case 'timestamp_ntz':
      return 'TIMESTAMP'
    case 'decimal':
      return `DECIMAL(${type.precision}, ${type.scale})`
    default:
      return type.kind.toUpperCase()
  }
}

const quoted = (text: string): string => `'${text.replaceAll("'", "''")}'`

/** A value as DuckDB's SQL writes it. */
export function duckLiteral(type: DataType, value: Stored): string {
  if (value === null) return `NULL::${duckType(type)}`
  switch (type.kind) {
    case 'array':
      return `[${(value as readonly Stored[]).map((x) => duckLiteral(type.element, x)).join(', ')}]::${duckType(type)}`
    case 'map': {
      const entries = value as readonly (readonly [Stored, Stored])[]
      const part = (at: 0 | 1, own: DataType) =>
        `[${entries.map((entry) => duckLiteral(own, entry[at])).join(', ')}]::${duckType(own)}[]`
      return `MAP(${part(0, type.key)}, ${part(1, type.value)})`
    }
    case 'struct': {
      const fields = value as { readonly [name: string]: Stored }
      return `{${type.fields.map(({ name, type: own }) => `${quoted(name)}: ${duckLiteral(own, fields[name]!)}`).join(', ')}}`
    }
    case 'string':
      return value === '' ? "''" : `decode('${escaped(String(value))}'::BLOB)`
    case 'binary':
      return `'${escaped(String(value))}'::BLOB`
    case 'date':
      return `(DATE '1970-01-01' + (${String(value)}))`
    case 'timestamp_ntz':
      return `make_timestamp(${String(value)})`
    case 'decimal':
      return `CAST(${quoted(decimalText(value as bigint, type.scale))} AS ${duckType(type)})`
    default:
      return `${quoted(String(value))}::${duckType(type)}`
  }
}

const escaped = (text: string): string =>
  [...Buffer.from(text)].map((byte) => `\\x${byte.toString(16).padStart(2, '0')}`).join('')

function decimalText(unscaled: bigint, scale: number): string {
  const digits = String(unscaled < 0n ? -unscaled : unscaled).padStart(scale + 1, '0')
  return `${unscaled < 0n ? '-' : ''}${digits.slice(0, -scale)}.${digits.slice(-scale)}`
}

/** A value as text, for comparison. */
export function storedText(value: Stored): string {
  if (value === null) return 'NULL'
  if (Array.isArray(value)) return `[${value.map(storedText).join(', ')}]`
  if (typeof value === 'object') return `{${Object.values(value).map(storedText).join(', ')}}`
  return typeof value === 'string' ? JSON.stringify(value) : String(value)
}
