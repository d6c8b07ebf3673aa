import { declaredTypeName, field, type Schema, STRING } from '../../columnar/types.js'
import { MillraceError } from '../../common/errors/millrace-error.js'
import { quotedName, quotedPath } from '../../common/errors/quoting.js'
import { partitionTexts } from '../../common/partition-path.js'
import { shownValue } from '../../common/secret-options.js'
import type {
  CatalogColumn,
  CatalogRelation,
  PartitionEntry,
  SizeStatistics,
  TableEntry,
  TableStatistics,
  ViewEntry,
} from '../../connectors/catalog.js'
import { readQualifiedName } from '../../planner/sql/expressions.js'
import { acceptPartitionSpec, type PartitionSpec } from '../../planner/sql/partition-spec.js'
import { CATALOG_NAME } from '../catalog/catalog-names.js'
import type { NamedRelation } from '../catalog/named-relation.js'
import { partitionCalled, partitionColumns, refuseUnpartitioned, specTexts } from '../catalog/partitions.js'
import { columnNotFound, foundAs, tableCalled } from './catalog-errors.js'
import type { Outcome, StatementContext, StatementKind } from './statement.js'

export interface DescribeTableStatement {
  readonly kind: 'describeTable'
  readonly name: readonly string[]
  readonly isExtended: boolean
  readonly column?: readonly string[]
  readonly partition?: PartitionSpec
}

export interface DetailRow {
  readonly col_name: string
  readonly data_type: string
  readonly comment: string | null
}

/** The columns of DESCRIBE for a relation. */
export const COLUMNS_SCHEMA: Schema = {
  fields: [field('col_name', STRING, false), field('data_type', STRING, false), field('comment', STRING)],
}
const INFO_SCHEMA: Schema = { fields: [field('info_name', STRING, false), field('info_value', STRING, false)] }

/** DESCRIBE [TABLE] [EXTENDED] of a table, a view or a column of it. */
export const describeTable: StatementKind<DescribeTableStatement> = {
  read(tokens) {
    const start = tokens.peek()
    if (!tokens.accept('DESCRIBE') && !tokens.accept('DESC')) return undefined
    if (tokens.at('TABLE') && tokens.peek(1).kind !== 'end') tokens.accept('TABLE')
    const isExtended =
      (tokens.at('EXTENDED') || tokens.at('FORMATTED')) &&
      (tokens.peek(1).kind === 'word' || tokens.peek(1).kind === 'quoted')
    if (isExtended) tokens.next()
    const name = readQualifiedName(tokens, 'expected a table')
    const partition = acceptPartitionSpec(tokens)
    if (tokens.at('AS', 'JSON')) throw tokens.unsupported('DESCRIBE … AS JSON', start)
    const isColumn = tokens.peek().kind === 'word' || tokens.peek().kind === 'quoted'
    const column = isColumn ? readQualifiedName(tokens, 'expected the name of a column') : undefined
    return {
      kind: 'describeTable',
      name,
      isExtended,
      ...(column ? { column } : {}),
      ...(partition ? { partition } : {}),
    }
  },

  run({ name, isExtended, column, partition }, context) {
    if (partition) return describedPartition(name, partition, isExtended, context)
    const found = foundInFile(name, context) ?? foundAs(name, context.catalog)
    const columns = columnsOf(found, context)
    if (column)
      return {
        kind: 'rows',
        schema: INFO_SCHEMA,
        rows: columns.then((all) => columnRows(all, column, isExtended ? (statisticsOf(found) ?? {}) : undefined)),
      }
    const rows = columns.then((all) => {
      const shown = found.kind === 'table' ? tableRows(found) : all.map(columnRow)
      const defaults = found.kind === 'table' ? defaultRows(found) : []
      return isExtended && 'createdMs' in found
        ? [...shown, ...details(found, all), ...defaults]
        : [...shown, ...defaults]
    })
    return { kind: 'rows', schema: COLUMNS_SCHEMA, rows }
  },
}

const columnRow = ({ name, type, comment }: CatalogColumn): DetailRow => ({
  col_name: name,
  data_type: declaredTypeName(type),
  comment: comment ?? null,
})

/** The columns of a table, and again those of its partitions. */
function tableRows(table: TableEntry): readonly DetailRow[] {
  const columns = table.columns.map(columnRow)
  if (table.partitionedBy === undefined) return columns
  const headings = [
    heading('# Partition Information'),
    { col_name: '# col_name', data_type: 'data_type', comment: 'comment' },
  ]
  return [...columns, ...headings, ...partitionColumns(table).map(columnRow)]
}

function defaultRows({ columns }: TableEntry): readonly DetailRow[] {
  const rows = columns.flatMap(({ name, type, defaultText }): DetailRow[] =>
    defaultText === undefined ? [] : [{ col_name: name, data_type: declaredTypeName(type), comment: defaultText }],
  )
  return rows.length === 0 ? [] : [heading(''), heading('# Column Default Values'), ...rows]
}

const heading = (col_name: string): DetailRow => ({ col_name, data_type: '', comment: '' })

/** @throws PARTITIONS_NOT_FOUND, _LEGACY_ERROR_TEMP_1232, _LEGACY_ERROR_TEMP_1251 */
function describedPartition(
  name: readonly string[],
  spec: PartitionSpec,
  isExtended: boolean,
  { catalog, engine }: StatementContext,
): Outcome {
  const table = tableCalled(name, 'DESCRIBE TABLE', catalog)
  refuseUnpartitioned(table, 'DESC PARTITION')
  const rows = specTexts(table, spec, engine).then((texts) => {
    const partition = partitionCalled(table, texts)
    return isExtended ? [...tableRows(table), ...partitionDetails(table, partition)] : tableRows(table)
  })
  return { kind: 'rows', schema: COLUMNS_SCHEMA, rows }
}

export function partitionDetails(
  table: TableEntry,
  { folder, createdMs, statistics }: PartitionEntry,
): readonly DetailRow[] {
  const values = partitionTexts(folder).map(([column, text]) => `${column}=${text}`)
  return detailRows([
    ['', ''],
    ['# Detailed Partition Information', ''],
    ['Database', table.database],
    ['Table', table.name],
    ['Partition Values', `[${values.join(', ')}]`],
    ['Location', `file:${table.location}/${folder}`],
    ['Created Time', new Date(createdMs).toISOString()],
    ['Last Access', 'UNKNOWN'],
    ['Partition Statistics', sizeText(statistics)],
    ['', ''],
    ['# Storage Information', ''],
    ['Location', `file:${table.location}`],
  ])
}

const sizeText = (statistics: SizeStatistics | undefined): string | undefined =>
  statistics && `${statistics.bytes} bytes${statistics.rows === undefined ? '' : `, ${statistics.rows} rows`}`

type Line = readonly [name: string, value: string | undefined]

const detailRows = (lines: readonly Line[]): readonly DetailRow[] =>
  lines.flatMap(([col_name, data_type]) => (data_type === undefined ? [] : [{ col_name, data_type, comment: '' }]))

/** A file, written as ``format.`path` ``. */
function foundInFile(
  name: readonly string[],
  { catalog }: StatementContext,
): NamedRelation | { kind: 'file'; name: readonly string[] } | undefined {
  return catalog.lookUp(name) === undefined && catalog.isFile(name) ? { kind: 'file', name } : undefined
}

type Described = NamedRelation | { readonly kind: 'file'; readonly name: readonly string[] }

async function columnsOf(found: Described, context: StatementContext): Promise<readonly CatalogColumn[]> {
  switch (found.kind) {
    case 'table':
      return found.columns
    case 'view':
      return viewColumns(found, context)
    case 'temporary':
      return (await context.engine.analyze(context.catalog.planOf(found, context.variables))).fields
    case 'file':
      return (await context.engine.analyze({ kind: 'table', name: found.name })).fields
  }
}

/** Those of a view that follows its query are what they are now, unless it cannot be read. */
async function viewColumns(view: ViewEntry, { engine, inlined }: StatementContext): Promise<readonly CatalogColumn[]> {
  if (view.schemaMode !== 'EVOLUTION' && view.schemaMode !== 'TYPE EVOLUTION') return view.columns
  try {
    const { fields } = await engine.analyze(inlined({ kind: 'table', name: [view.database, view.name] }))
    return fields
  } catch (error) {
    if (MillraceError.is(error)) return view.columns
    throw error
  }
}

/** @throws COLUMN_NOT_FOUND */
function columnRows(
  all: readonly CatalogColumn[],
  parts: readonly string[],
  statistics: TableStatistics['columns'],
): readonly object[] {
  const wanted = parts.at(-1)!
  const column = all.find(({ name }) => name.toLowerCase() === wanted.toLowerCase())
  if (column === undefined) throw columnNotFound(quotedPath(parts))
  const rows = [
    ['col_name', column.name],
    ['data_type', declaredTypeName(column.type)],
    ['comment', column.comment ?? 'NULL'],
  ]
  const { least, greatest, nulls, distinct, meanBytes, mostBytes } = statistics?.[column.name] ?? {}
  const extended = [
    ['min', least],
    ['max', greatest],
    ['num_nulls', nulls],
    ['distinct_count', distinct],
    ['avg_col_len', meanBytes],
    ['max_col_len', mostBytes],
    ['histogram', undefined],
  ].map(([name, value]) => [name, String(value ?? 'NULL')])
  return [...rows, ...(statistics ? extended : [])].map(([info_name, info_value]) => ({ info_name, info_value }))
}

const statisticsOf = (found: Described): TableStatistics['columns'] =>
  found.kind === 'table' ? found.statistics?.columns : undefined

/** What DESCRIBE EXTENDED adds, as Spark writes it. */
export function details(entry: CatalogRelation, columns: readonly CatalogColumn[]): readonly DetailRow[] {
  return detailRows([
    ['', ''],
    ['# Detailed Table Information', ''],
    ['Catalog', CATALOG_NAME],
    ['Database', entry.database],
    ['Table', entry.name],
    ['Created Time', new Date(entry.createdMs).toISOString()],
    ['Last Access', 'UNKNOWN'],
    ['Created By', 'Millrace'],
    ['Type', entry.kind === 'view' ? 'VIEW' : entry.isExternal ? 'EXTERNAL' : 'MANAGED'],
    ['Provider', entry.kind === 'table' ? entry.provider : undefined],
    ['Comment', entry.comment],
    ['Collation', entry.kind === 'table' ? entry.collation : undefined],
    ...(entry.kind === 'view' ? viewLines(entry, columns) : []),
    ['Table Properties', listed(entry.properties)],
    ...(entry.kind === 'table' ? tableLines(entry) : []),
  ])
}

export const listedNames = (names: readonly string[]): string => `[${names.map(quotedName).join(', ')}]`

const tableLines = ({ statistics, location, partitionedBy, buckets }: TableEntry): readonly Line[] => [
  ['Num Buckets', buckets && String(buckets.count)],
  ['Bucket Columns', buckets && listedNames(buckets.columns)],
  ['Sort Columns', buckets && listedNames(buckets.sortColumns)],
  ['Statistics', sizeText(statistics)],
  ['Location', `file:${location}`],
  ['Partition Provider', partitionedBy && 'Catalog'],
]

const viewLines = ({ text, schemaMode, currentDatabase, queryColumns }: ViewEntry, columns: readonly CatalogColumn[]) =>
  [
    ['View Text', text],
    ['View Original Text', text],
    ['View Schema Mode', schemaMode],
    ['View Catalog and Namespace', `${CATALOG_NAME}.${currentDatabase}`],
    [
      'View Query Output Columns',
      `[${(schemaMode === 'EVOLUTION' ? columns.map(({ name }) => name) : queryColumns).map(quotedName).join(', ')}]`,
    ],
  ] as const

function listed(properties: Readonly<Record<string, string>>): string | undefined {
  const entries = Object.entries(properties).toSorted(([a], [b]) => (a < b ? -1 : 1))
  return entries.length === 0
    ? undefined
    : `[${entries.map(([key, value]) => `${key}=${shownValue(key, value)}`).join(', ')}]`
}
