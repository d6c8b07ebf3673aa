import { type DataType, quotedTypeName, type Schema } from '../../../columnar/types.js'
import { MillraceError } from '../../../common/errors/millrace-error.js'
import { quotedName } from '../../../common/errors/quoting.js'
import type { PostgresFormat } from '../options/format.js'
import { quotedIdentifier } from '../sql.js'

/** Columns of a new table, in SQL. @throws UNSUPPORTED_DATA_TYPE_FOR_DATASOURCE */
export const columnsText = (format: PostgresFormat, schema: Schema): readonly string[] =>
  schema.fields.map((one) => {
    const type = typeText(one.type)
    if (type !== undefined) return `${quotedIdentifier(one.name)} ${type}${one.nullable ? '' : ' not null'}`
    throw new MillraceError('UNSUPPORTED_DATA_TYPE_FOR_DATASOURCE', {
      format,
      columnName: quotedName(one.name),
      columnType: quotedTypeName(one.type),
    })
  })

/** The type that a column gets in a new table, as by Spark; undefined for what there is not. */
function typeText(type: DataType): string | undefined {
  switch (type.kind) {
    case 'boolean':
      return 'boolean'
    case 'tinyint':
    case 'smallint':
      return 'smallint'
    case 'int':
      return 'integer'
    case 'bigint':
      return 'bigint'
    case 'float':
      return 'real'
    case 'double':
      return 'double precision'
    case 'decimal':
      return `numeric(${type.precision},${type.scale})`
    case 'string':
      return type.limit ? `${type.limit.kind}(${type.limit.length})` : 'text'
    case 'binary':
      return 'bytea'
    case 'date':
      return 'date'
    case 'time':
      return `time(${type.precision})`
    case 'timestamp':
      return 'timestamp with time zone'
    case 'timestamp_ntz':
      return 'timestamp'
    case 'array': {
      // Those of several dimensions have no type of their own, and each row of one has as many elements there.
      const element = type.element.kind === 'array' ? undefined : typeText(type.element)
      return element === undefined ? undefined : `${element}[]`
    }
    default:
      return undefined
  }
}
