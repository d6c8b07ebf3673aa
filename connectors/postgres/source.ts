import { field } from '../../columnar/types.js'
import { MillraceError } from '../../common/errors/millrace-error.js'
import type { Options, ScanRequest, SourceDescription, SourceProvider, Split } from '../api.js'
import { Connection } from './client/connection.js'
import { columnType } from './column-types.js'
import { pushed } from './filters.js'
import { columnsOf, type KnownColumns, withColumns } from './known-columns.js'
import type { PostgresFormat } from './options/format.js'
import { describedOptions, readOptions } from './options/read-options.js'
import { sharesOf } from './shares.js'
import { splitToJson } from './split.js'
import { quotedIdentifier } from './sql.js'

/** Tables and queries of PostgreSQL, driver side. */
export const postgresSource = (format: PostgresFormat): SourceProvider => ({
  name: format,

  async describe(options: Options, paths: readonly string[], schema): Promise<SourceDescription> {
    const { server, relation } = readOptions(format, options)
    const unsupported = schema ? 'a schema that is given' : paths.length > 0 ? 'a path' : undefined
    if (unsupported !== undefined)
      throw new MillraceError('UNSUPPORTED_FEATURE', { feature: `${unsupported} for the data source ${format}` })
    const connection = await Connection.open(server)
    try {
      const known = await knownColumns(connection, relation)
      const fields = known.columns.map(({ name, oid, modifier }) => field(name, columnType(oid, modifier).type))
      return {
        provider: format,
        options: withColumns(options, known),
        paths: [],
        schema: { fields },
        statistics: await statisticsOf(connection, relation),
      }
    } finally {
      await connection.close()
    }
  },

  planSplits: (request: ScanRequest): Promise<readonly Split[]> => Promise.resolve(splitsOf(format, request)),
})

async function knownColumns(connection: Connection, relation: string): Promise<KnownColumns> {
  const { fields } = await connection.result(`select * from ${relation} limit 0`)
  const [encoding] = await connection.rows('show server_encoding')
  const columns = fields.map(({ name, dataTypeID, dataTypeModifier }) => ({
    name,
    oid: dataTypeID,
    modifier: dataTypeModifier,
  }))
  const twice = columns.find(({ name }, i) => columns.findIndex((one) => one.name === name) !== i)
  if (twice) throw new MillraceError('COLUMN_ALREADY_EXISTS', { columnName: quotedIdentifier(twice.name) })
  return { columns, isUtf8: encoding?.[0] === 'UTF8' }
}

/** What the server expects of the rows. */
async function statisticsOf(
  connection: Connection,
  relation: string,
): Promise<{ readonly rows: number; readonly bytes: number }> {
  const [row] = await connection.rows(`explain (format json) select * from ${relation}`)
  const [{ Plan: plan }] = row![0] as [{ Plan: { 'Plan Rows': number; 'Plan Width': number } }]
  return { rows: plan['Plan Rows'], bytes: plan['Plan Rows'] * plan['Plan Width'] }
}

function splitsOf(format: PostgresFormat, { source, columns, filters }: ScanRequest): readonly Split[] {
  const { partitioning, pushesFilters } = describedOptions(format, source.options)
  const { types, isUtf8 } = columnsOf(source.options)
  const selected = columns.map((name) => {
    const { sentAs } = types.get(name)!
    return quotedIdentifier(name) + (sentAs === undefined ? '' : `::${sentAs}`)
  })
  const conditions = pushesFilters
    ? filters.flatMap((filter) => pushed(filter, types.get(filter.column)!, isUtf8) ?? [])
    : []
  const shares = partitioning ? sharesOf(format, partitioning, types) : [[]]
  return shares.map((share) => ({ data: splitToJson({ selected, conditions: [...conditions, ...share] }) }))
}
