import { MillraceError } from '../../common/errors/millrace-error.js'
import { quotedName } from '../../common/errors/quoting.js'
import { type DataType, type DecimalType, type Field, type Schema, typeName } from '../types.js'
import { decimalBytes } from './value-writer.js'

type Json = string | { readonly [key: string]: unknown } | readonly Json[]

const NAME = /^[A-Za-z_]\w*$/

/** What the records of rows are called. */
interface RecordNames {
  readonly recordName: string
  readonly namespace: string
}

/** The schema of a value of its own, as Spark makes it. @throws as `writtenSchema` */
export const valueSchema = (value: Value): string => JSON.stringify(typeOf(value, 'topLevelRecord', ''))

/** The schema of files, as Spark makes it. @throws INVALID_OPTION, UNSUPPORTED_DATA_TYPE_FOR_DATASOURCE, UNSUPPORTED_FEATURE for names that Avro has not */
export function writtenSchema({ fields }: Schema, { recordName, namespace }: RecordNames): string {
  return JSON.stringify(recordOf(fields, recordName, namespace))
}

function recordOf(fields: readonly Field[], name: string, namespace: string): Json {
  const within = namespace === '' ? name : `${namespace}.${name}`
  return {
    type: 'record',
    name: checkedName(name),
    ...(namespace === '' ? {} : { namespace }),
    fields: fields.map((one) => ({ name: checkedName(one.name), type: typeOf(one, one.name, within) })),
  }
}

/** @throws UNSUPPORTED_FEATURE */
function checkedName(name: string): string {
  if (NAME.test(name)) return name
  throw new MillraceError('UNSUPPORTED_FEATURE', { feature: `the name ${quotedName(name)} in files of Avro` })
}

interface Value {
  readonly type: DataType
  readonly nullable: boolean
}

function typeOf({ type, nullable }: Value, name: string, namespace: string): Json {
  const own = plainOf(type, name, namespace)
  return nullable && own !== 'null' ? [own, 'null'] : own
}

function plainOf(type: DataType, name: string, namespace: string): Json {
  switch (type.kind) {
    case 'void':
      return 'null'
    case 'boolean':
    case 'int':
    case 'float':
    case 'double':
    case 'string':
      return type.kind
    case 'tinyint':
    case 'smallint':
      return 'int'
    case 'bigint':
      return 'long'
    case 'binary':
      return 'bytes'
    case 'date':
      return { type: 'int', logicalType: 'date' }
    case 'time':
      return { type: 'long', logicalType: 'time-micros' }
    case 'timestamp':
      return { type: 'long', logicalType: 'timestamp-micros' }
    case 'timestamp_ntz':
      return { type: 'long', logicalType: 'local-timestamp-micros' }
    case 'interval_ym':
      return { type: 'int', 'spark.sql.catalyst.type': typeName(type) }
    case 'interval_dt':
      return { type: 'long', 'spark.sql.catalyst.type': typeName(type) }
    case 'decimal':
      return decimalOf(type, name, namespace)
    case 'struct':
      return recordOf(type.fields, name, namespace)
    case 'array':
      return { type: 'array', items: typeOf({ type: type.element, nullable: type.containsNull }, name, namespace) }
    case 'map':
      if (type.key.kind === 'string')
        return { type: 'map', values: typeOf({ type: type.value, nullable: type.valueContainsNull }, name, namespace) }
      break
    case 'interval':
    case 'variant':
      break
  }
  throw new MillraceError('UNSUPPORTED_DATA_TYPE_FOR_DATASOURCE', {
    format: 'Avro',
    columnName: quotedName(name),
    columnType: `"${typeName(type).toUpperCase()}"`,
  })
}

const decimalOf = ({ precision, scale }: DecimalType, name: string, namespace: string): Json => ({
  type: 'fixed',
  name: checkedName('fixed'),
  namespace: `${namespace}.${name}`,
  size: decimalBytes(precision),
  logicalType: 'decimal',
  precision,
  scale,
})
