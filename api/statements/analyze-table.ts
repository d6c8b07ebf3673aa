import { MillraceError } from '../../common/errors/millrace-error.js'
import { quotedName } from '../../common/errors/quoting.js'
import type { CatalogColumn, PartitionEntry, SizeStatistics, TableEntry } from '../../connectors/catalog.js'
import type { UnresolvedRelation } from '../../planner/plan/unresolved/relation.js'
import { readName, readQualifiedName } from '../../planner/sql/expressions.js'
import { acceptPartitionSpec, type PartitionSpec } from '../../planner/sql/partition-spec.js'
import type { TokenStream } from '../../planner/sql/token-stream.js'
import { placeOf } from '../catalog/catalog-names.js'
import { changeTable } from '../catalog/changed-table.js'
import { matchingPartitions, partitionColumns, partitionNames, specTexts } from '../catalog/partitions.js'
import { filesOf } from '../catalog/stored-table.js'
import { countStatistics } from '../engine/counted-statistics.js'
import { columnNotFound, foundAs, tableCalled, viewName } from './catalog-errors.js'
import { readDatabase } from './database-name.js'
import { doneAfter, type StatementContext, type StatementKind } from './statement.js'

export interface AnalyzeTableStatement {
  readonly kind: 'analyzeTable'
  readonly name: readonly string[]
  /** Only sizes. */
  readonly isNoScan: boolean
  readonly partition?: PartitionSpec
  /** Whose values are counted, too. */
  readonly columns?: readonly string[] | 'all'
}

/** ANALYZE TABLE … COMPUTE STATISTICS: counts what DESCRIBE shows and queries are planned with. */
export const analyzeTable: StatementKind<AnalyzeTableStatement> = {
  read(tokens) {
    if (!tokens.accept('ANALYZE', 'TABLE')) return undefined
    const name = readQualifiedName(tokens, 'expected the name of the table')
    const partition = acceptPartitionSpec(tokens)
    tokens.expect('COMPUTE', 'STATISTICS')
    const columns = readColumns(tokens)
    const isNoScan = columns === undefined && acceptNoScan(tokens)
    return {
      kind: 'analyzeTable',
      name,
      isNoScan,
      ...(partition ? { partition } : {}),
      ...(columns ? { columns } : {}),
    }
  },

  run: (statement, context) => doneAfter(analyzeOne(statement, context)),
}

export interface AnalyzeTablesStatement {
  readonly kind: 'analyzeTables'
  readonly database?: string
  readonly isNoScan: boolean
}

/** ANALYZE TABLES: all of a database. */
export const analyzeTables: StatementKind<AnalyzeTablesStatement> = {
  read(tokens) {
    if (!tokens.accept('ANALYZE', 'TABLES')) return undefined
    const isIn = tokens.accept('IN') || tokens.accept('FROM')
    const database = isIn ? readDatabase(readQualifiedName(tokens, 'expected the name of a database')) : undefined
    tokens.expect('COMPUTE', 'STATISTICS')
    return { kind: 'analyzeTables', isNoScan: acceptNoScan(tokens), ...(database === undefined ? {} : { database }) }
  },

  run({ database, isNoScan }, context) {
    const relations = context.catalog.stored.relations(context.catalog.database(database))
    const tables = relations.filter((relation) => relation.kind === 'table')
    const work = async (): Promise<void> => {
      for (const table of tables) await noteSize(table, isNoScan, context)
    }
    return doneAfter(work())
  },
}

function readColumns(tokens: TokenStream): AnalyzeTableStatement['columns'] {
  if (tokens.accept('FOR', 'ALL', 'COLUMNS')) return 'all'
  if (!tokens.accept('FOR', 'COLUMNS')) return undefined
  return tokens.list(() => readName(tokens, 'expected the name of a column'))
}

/** @throws INVALID_SQL_SYNTAX.ANALYZE_TABLE_UNEXPECTED_NOSCAN */
function acceptNoScan(tokens: TokenStream): boolean {
  const start = tokens.peek()
  if (tokens.accept('NOSCAN')) return true
  if (start.kind !== 'word') return false
  tokens.next()
  const origin = tokens.originFrom(start)
  throw new MillraceError('INVALID_SQL_SYNTAX.ANALYZE_TABLE_UNEXPECTED_NOSCAN', { ctx: start.match }, { origin })
}

async function analyzeOne(
  { name, isNoScan, partition, columns }: AnalyzeTableStatement,
  context: StatementContext,
): Promise<void> {
  refuseViews(name, columns !== undefined, context)
  const table = tableCalled(name, 'ANALYZE TABLE', context.catalog)
  // As in Spark the partition counts for nothing when columns are counted.
  if (columns) return noteColumns(table, columns, context)
  return partition ? notePartitions(table, partition, isNoScan, context) : noteSize(table, isNoScan, context)
}

/** @throws UNSUPPORTED_FEATURE.ANALYZE_VIEW, UNSUPPORTED_FEATURE.ANALYZE_UNCACHED_TEMP_VIEW, EXPECT_PERMANENT_VIEW_NOT_TEMP */
function refuseViews(name: readonly string[], countsColumns: boolean, { catalog }: StatementContext): void {
  const found = foundAs(name, catalog)
  if (found.kind === 'view') throw new MillraceError('UNSUPPORTED_FEATURE.ANALYZE_VIEW')
  if (found.kind !== 'temporary') return
  throw countsColumns
    ? new MillraceError('UNSUPPORTED_FEATURE.ANALYZE_UNCACHED_TEMP_VIEW', { viewName: viewName(found, name) })
    : new MillraceError('EXPECT_PERMANENT_VIEW_NOT_TEMP', {
        operation: 'ANALYZE TABLE',
        viewName: viewName(found, name),
      })
}

const rowsOf = (table: TableEntry): UnresolvedRelation => ({ kind: 'table', name: [table.database, table.name] })

/** Rows and columns that were counted before are still true of a table of the same size. */
async function noteSize(table: TableEntry, isNoScan: boolean, context: StatementContext): Promise<void> {
  const { engine, inlined, catalog } = context
  const bytes = (await engine.sizeOf(inlined(rowsOf(table)))).bytes ?? 0
  const rows = isNoScan
    ? undefined
    : (await countStatistics(inlined(rowsOf(table)), [], { engine, tableName: placeOf(table) })).rows
  const note = (entry: TableEntry): TableEntry => {
    const before = entry.statistics?.bytes === bytes ? entry.statistics : undefined
    return { ...entry, statistics: { ...before, bytes, ...(rows === undefined ? {} : { rows }) } }
  }
  changeTable(table, note, catalog.stored)
}

/** @throws COLUMN_NOT_FOUND, UNSUPPORTED_FEATURE.ANALYZE_UNSUPPORTED_COLUMN_TYPE */
async function noteColumns(
  table: TableEntry,
  names: readonly string[] | 'all',
  { engine, inlined, catalog }: StatementContext,
): Promise<void> {
  const columns = names === 'all' ? table.columns : names.map((name) => columnCalled(table, name))
  const bytes = (await engine.sizeOf(inlined(rowsOf(table)))).bytes ?? 0
  const counted = await countStatistics(inlined(rowsOf(table)), columns, { engine, tableName: placeOf(table) })
  const note = (entry: TableEntry): TableEntry => ({
    ...entry,
    statistics: { bytes, rows: counted.rows, columns: { ...entry.statistics?.columns, ...counted.columns } },
  })
  changeTable(table, note, catalog.stored)
}

function columnCalled(table: TableEntry, name: string): CatalogColumn {
  const found = table.columns.find((column) => column.name.toLowerCase() === name.toLowerCase())
  if (found) return found
  throw columnNotFound(quotedName(name))
}

/** @throws _LEGACY_ERROR_TEMP_1237, PARTITIONS_NOT_FOUND */
async function notePartitions(
  table: TableEntry,
  spec: PartitionSpec,
  isNoScan: boolean,
  context: StatementContext,
): Promise<void> {
  const texts = await specTexts(table, spec, context.engine)
  const names = partitionColumns(table).map(({ name }) => name)
  const firstOpen = names.findIndex((name) => !texts.has(name))
  if (firstOpen >= 0 && names.slice(firstOpen).some((name) => texts.has(name))) {
    throw new MillraceError('_LEGACY_ERROR_TEMP_1237', {
      table: table.name,
      database: table.database,
      schemaColumns: names.join(','),
      specColumns: [...texts.keys()].join(','),
    })
  }
  const partitions = matchingPartitions(table, texts)
  if (partitions.length === 0) throw new MillraceError('PARTITIONS_NOT_FOUND', partitionNames(table, [texts]))
  const counted = new Map<string, SizeStatistics>()
  for (const { folder } of partitions) counted.set(folder, await sizeOfPartition(table, folder, isNoScan, context))
  const noted = (one: PartitionEntry): PartitionEntry => {
    const statistics = counted.get(one.folder)
    return statistics ? { ...one, statistics } : one
  }
  const note = (entry: TableEntry): TableEntry => ({ ...entry, partitions: (entry.partitions ?? []).map(noted) })
  changeTable(table, note, context.catalog.stored)
}

async function sizeOfPartition(
  table: TableEntry,
  folder: string,
  isNoScan: boolean,
  { engine }: StatementContext,
): Promise<SizeStatistics> {
  const partitions = { columns: table.partitionedBy ?? [], folders: [folder] }
  const rows: UnresolvedRelation = { ...filesOf(table), partitions }
  const bytes = (await engine.sizeOf(rows)).bytes ?? 0
  return isNoScan
    ? { bytes }
    : { bytes, rows: (await countStatistics(rows, [], { engine, tableName: placeOf(table) })).rows }
}
