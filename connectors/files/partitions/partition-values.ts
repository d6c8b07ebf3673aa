import { dirname } from 'node:path'
import { nearestFloat } from '../../../columnar/nearest-float.js'
import { parseDateText, parseTimestampText, parseTimeText } from '../../../columnar/times/calendar.js'
import { type DataType, type Field, type Schema, typeName } from '../../../columnar/types.js'
import { MillraceError } from '../../../common/errors/millrace-error.js'
import { partitionTexts } from '../../../common/partition-path.js'
import type { KnownPartitions, PartitionedPaths, PartitionValue } from '../../api.js'
import { failedRead } from '../file-errors.js'
import type { FoundFile } from '../systems/paths.js'
import { inferredType } from './partition-types.js'

/**
 * What the folders of files say. The type of a column is the one that is wanted of it, or is inferred from all of its values as Spark does.
 * @throws CONFLICTING_PARTITION_COLUMN_NAMES when folders name different columns, FAILED_READ_FILE for a value of another type
 */
export function partitionsOf(
  files: readonly FoundFile[],
  schema: Schema | undefined,
  known: KnownPartitions | undefined,
): PartitionedPaths | undefined {
  const folders = [...new Set(files.map(({ folder }) => folder))]
  const named = folders.map(partitionTexts)
  const names = known?.columns ?? named[0]?.map(([name]) => name) ?? []
  if (names.length === 0) return undefined
  refuseOthers(names, files)
  const columns = names.map((name, i): Field => {
    const wanted = schema?.fields.find((field) => field.name.toLowerCase() === name.toLowerCase())
    return wanted ?? { name, type: inferredType(named.map((texts) => texts[i]![1])), nullable: true }
  })
  return {
    columns,
    values: named.map((texts, at) => texts.map(([, text], i) => valueIn(text, columns[i]!, folders[at]!))),
    ofPaths: files.map(({ folder }) => folders.indexOf(folder)),
  }
}

/** The columns of files with those of folders, which come last unless the files, or who reads them, say otherwise. */
export function withPartitionColumns(schema: Schema, partitions: PartitionedPaths | undefined): Schema {
  if (partitions === undefined) return schema
  const { columns } = partitions
  const find = ({ name }: Field): Field | undefined =>
    columns.find((column) => column.name.toLowerCase() === name.toLowerCase())
  const own = schema.fields.map((field) => find(field) ?? field)
  return { fields: [...own, ...columns.filter((column) => !own.includes(column))] }
}

function refuseOthers(names: readonly string[], files: readonly FoundFile[]): void {
  const namesIn = ({ folder }: FoundFile): string =>
    partitionTexts(folder)
      .map(([name]) => name)
      .join(', ')
  const lists = [...new Set([names.join(', '), ...files.map(namesIn)])]
  if (new Set(lists.map((list) => list.toLowerCase())).size === 1) return
  const folders = [...new Set(files.map(({ path }) => dirname(path)))]
  throw new MillraceError('CONFLICTING_PARTITION_COLUMN_NAMES', {
    distinctPartColLists: `${lists.map((list, i) => `\n\tPartition column name list #${i}: ${list}`).join('')}\n`,
    suspiciousPaths: folders.map((folder) => `\n\tfile:${folder}`).join(''),
  })
}

function valueIn(text: string | null, { name, type }: Field, folder: string): PartitionValue {
  if (text === null) return null
  const value = parsed(text, type)
  if (value === undefined)
    throw failedRead(folder, `the partition column ${name} is of type ${typeName(type)}, which ${text} is not`)
  return value
}

const INTEGER = /^[+-]?\d+$/
const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i
const BOOLEANS: Readonly<Record<string, boolean>> = { true: true, false: false }

/** A text as a value of a type, as casts write them; undefined when it is none. */
function parsed(text: string, type: DataType): PartitionValue | undefined {
  switch (type.kind) {
    case 'string':
    case 'binary':
      return text
    case 'boolean':
      return BOOLEANS[text.toLowerCase()]
    case 'tinyint':
      return integer(text, 8)
    case 'smallint':
      return integer(text, 16)
    case 'int':
      return integer(text, 32)
    case 'bigint':
      return INTEGER.test(text) && BigInt.asIntN(64, BigInt(text)) === BigInt(text) ? BigInt(text) : undefined
    case 'float':
      return float(text, nearestFloat)
    case 'double':
      return float(text, Number)
    case 'decimal':
      return unscaled(text, type)
    case 'date':
      return parseDateText(text)
    case 'time':
      return parseTimeText(text)
    case 'timestamp':
    case 'timestamp_ntz':
      // A date among timestamps is its midnight.
      return parseTimestampText(parseDateText(text) === undefined ? text : `${text} 00:00:00`)
    case 'void':
    case 'interval_ym':
    case 'interval_dt':
    case 'interval':
    case 'variant':
    case 'struct':
    case 'array':
    case 'map':
      throw new MillraceError('INVALID_PARTITION_COLUMN_DATA_TYPE', { type: `"${typeName(type).toUpperCase()}"` })
  }
}

function integer(text: string, bits: number): number | undefined {
  const value = INTEGER.test(text) ? Number(text) : Number.NaN
  return value >= -(2 ** (bits - 1)) && value < 2 ** (bits - 1) ? value : undefined
}

const SPECIAL: Readonly<Record<string, number>> = {
  NaN: Number.NaN,
  Infinity: Number.POSITIVE_INFINITY,
  '-Infinity': Number.NEGATIVE_INFINITY,
}

const float = (text: string, read: (text: string) => number): number | undefined =>
  NUMBER.test(text) ? read(text) : SPECIAL[text]

function unscaled(text: string, { precision, scale }: Extract<DataType, { kind: 'decimal' }>): bigint | undefined {
  const match = /^([+-]?)(\d+)(?:\.(\d*))?$/.exec(text)
  const [, sign, whole = '', fraction = ''] = match ?? []
  if (match === null || /[^0]/.test(fraction.slice(scale))) return undefined
  const value = BigInt(whole + fraction.slice(0, scale).padEnd(scale, '0'))
  return value < 10n ** BigInt(precision) ? (sign === '-' ? -value : value) : undefined
}
