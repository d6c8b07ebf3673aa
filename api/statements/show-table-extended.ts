import { BOOLEAN, field, type Schema, STRING } from '../../columnar/types.js'
import type { CatalogRelation, TableEntry } from '../../connectors/catalog.js'
import { readQualifiedName } from '../../planner/sql/expressions.js'
import { acceptPartitionSpec, type PartitionSpec } from '../../planner/sql/partition-spec.js'
import { nameMatcher, readText } from '../../planner/sql/statement-parts.js'
import { partitionCalled, refuseUnpartitioned, specTexts } from '../catalog/partitions.js'
import { schemaTree } from '../show/show.js'
import { tableCalled } from './catalog-errors.js'
import { readDatabase } from './database-name.js'
import { type DetailRow, details, listedNames, partitionDetails } from './describe-table.js'
import type { StatementContext, StatementKind } from './statement.js'

export interface ShowTableExtendedStatement {
  readonly kind: 'showTableExtended'
  readonly database?: string
  readonly pattern: string
  readonly partition?: PartitionSpec
}

interface Shown {
  readonly namespace: string
  readonly tableName: string
  readonly isTemporary: boolean
  readonly information: string
}

const SCHEMA: Schema = {
  fields: [
    field('namespace', STRING, false),
    field('tableName', STRING, false),
    field('isTemporary', BOOLEAN, false),
    field('information', STRING, false),
  ],
}

/** SHOW TABLE EXTENDED: what DESCRIBE EXTENDED tells of each table and view, or of a partition, in one text. */
export const showTableExtended: StatementKind<ShowTableExtendedStatement> = {
  read(tokens) {
    if (!tokens.accept('SHOW', 'TABLE', 'EXTENDED')) return undefined
    const isIn = tokens.accept('IN') || tokens.accept('FROM')
    const database = isIn ? readDatabase(readQualifiedName(tokens, 'expected the name of a database')) : undefined
    tokens.expect('LIKE')
    const pattern = readText(tokens, 'expected a pattern')
    const partition = acceptPartitionSpec(tokens)
    return {
      kind: 'showTableExtended',
      pattern,
      ...(database === undefined ? {} : { database }),
      ...(partition ? { partition } : {}),
    }
  },

  run(statement, context) {
    const rows = statement.partition
      ? ofPartition(statement, statement.partition, context).then((row) => [row])
      : ofRelations(statement, context)
    return { kind: 'rows', schema: SCHEMA, rows }
  },
}

/** @throws TABLE_OR_VIEW_NOT_FOUND, EXPECT_TABLE_NOT_VIEW.NO_ALTERNATIVE, PARTITIONS_NOT_FOUND, _LEGACY_ERROR_TEMP_1251 */
async function ofPartition(
  { database, pattern }: ShowTableExtendedStatement,
  spec: PartitionSpec,
  { catalog, engine }: StatementContext,
): Promise<Shown> {
  const name = database === undefined ? [pattern] : [database, pattern]
  const table = tableCalled(name, 'SHOW TABLE EXTENDED ... PARTITION ...', catalog)
  refuseUnpartitioned(table, 'SHOW TABLE EXTENDED')
  const partition = partitionCalled(table, await specTexts(table, spec, engine))
  const isOwn = ({ col_name }: DetailRow): boolean => col_name !== 'Database' && col_name !== 'Table'
  const information = textOf(partitionDetails(table, partition).filter(isOwn))
  return { namespace: table.database, tableName: table.name, isTemporary: false, information: `${information}\n` }
}

async function ofRelations(
  { database, pattern }: ShowTableExtendedStatement,
  { catalog, engine, variables }: StatementContext,
): Promise<readonly Shown[]> {
  const isMeant = nameMatcher(pattern)
  const stored = catalog.stored
    .relations(catalog.database(database))
    .filter(({ name }) => isMeant(name))
    .map((entry): Shown => ({ ...placeOf(entry), information: informationOf(entry) }))
  const names = catalog.temporary.names().filter(isMeant)
  const temporary = names.map(async (tableName): Promise<Shown> => {
    const found = catalog.lookUp([tableName])
    const { fields } = await engine.analyze(
      found?.kind === 'temporary' ? catalog.planOf(found, variables) : { kind: 'oneRow' },
    )
    const information = `Table: ${tableName}\nType: VIEW\nSchema: ${schemaTree({ fields })}\n`
    return { namespace: '', tableName, isTemporary: true, information }
  })
  return [...stored, ...(await Promise.all(temporary))]
}

const placeOf = ({ database, name }: CatalogRelation): Omit<Shown, 'information'> => ({
  namespace: database,
  tableName: name,
  isTemporary: false,
})

function informationOf(entry: CatalogRelation): string {
  const partitionedBy = entry.kind === 'table' ? partitionColumnsLine(entry) : ''
  return `${textOf(details(entry, entry.columns))}\n${partitionedBy}Schema: ${schemaTree({ fields: entry.columns })}\n`
}

const partitionColumnsLine = ({ partitionedBy }: TableEntry): string =>
  partitionedBy ? `Partition Columns: ${listedNames(partitionedBy)}\n` : ''

/** Up to the next heading, each line with its name. */
function textOf(rows: readonly DetailRow[]): string {
  const own = rows.slice(2)
  const end = own.findIndex(({ col_name }) => col_name === '')
  return own
    .slice(0, end < 0 ? own.length : end)
    .map(({ col_name, data_type }) => `${col_name}: ${data_type}`)
    .join('\n')
}
