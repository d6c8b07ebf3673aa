import { declaredTypeName, field, type Schema, STRING, sqlTypeName } from '../../columnar/types.js'
import { MillraceError } from '../../common/errors/millrace-error.js'
import { quotedName, quotedPath, quotedText } from '../../common/errors/quoting.js'
import { shownValue } from '../../common/secret-options.js'
import type { Buckets } from '../../connectors/api.js'
import type { CatalogColumn, CatalogRelation, TableEntry, ViewEntry } from '../../connectors/catalog.js'
import { readQualifiedName } from '../../planner/sql/expressions.js'
import { acceptPartitionSpec, type PartitionSpec } from '../../planner/sql/partition-spec.js'
import { readText } from '../../planner/sql/statement-parts.js'
import type { TokenStream } from '../../planner/sql/token-stream.js'
import { CATALOG_NAME, placeOf } from '../catalog/catalog-names.js'
import { matchingPartitions, specTexts } from '../catalog/partitions.js'
import { foundAs, tableCalled } from './catalog-errors.js'
import { readDatabase } from './database-name.js'
import type { StatementContext, StatementKind } from './statement.js'

/* What SHOW tells of one table or view. */

export interface ShowColumnsStatement {
  readonly kind: 'showColumns'
  readonly name: readonly string[]
}

export const showColumns: StatementKind<ShowColumnsStatement> = {
  read(tokens) {
    if (!tokens.accept('SHOW', 'COLUMNS')) return undefined
    if (!tokens.accept('IN')) tokens.expect('FROM')
    const name = readQualifiedName(tokens, 'expected the name of a table')
    if (!tokens.accept('IN') && !tokens.accept('FROM')) return { kind: 'showColumns', name }
    const database = readDatabase(readQualifiedName(tokens, 'expected the name of a database'))
    if (name.length > 1 && name.at(-2)!.toLowerCase() !== database) {
      throw new MillraceError('SHOW_COLUMNS_WITH_CONFLICT_NAMESPACE', {
        namespaceA: quotedName(database),
        namespaceB: quotedPath(name.slice(0, -1)),
      })
    }
    return { kind: 'showColumns', name: [database, name.at(-1)!] }
  },

  run({ name }, context) {
    const rows = columnNames(name, context).then((names) => names.map((col_name) => ({ col_name })))
    return { kind: 'rows', schema: { fields: [field('col_name', STRING, false)] }, rows }
  },
}

async function columnNames(
  name: readonly string[],
  { catalog, engine, variables }: StatementContext,
): Promise<readonly string[]> {
  const found = foundAs(name, catalog)
  const { fields } =
    found.kind === 'temporary' ? await engine.analyze(catalog.planOf(found, variables)) : { fields: found.columns }
  return fields.map((column) => column.name)
}

export interface ShowPropertiesStatement {
  readonly kind: 'showProperties'
  readonly name: readonly string[]
  readonly key?: string
}

const PROPERTIES: Schema = { fields: [field('key', STRING, false), field('value', STRING, false)] }

export const showProperties: StatementKind<ShowPropertiesStatement> = {
  read(tokens) {
    if (!tokens.accept('SHOW', 'TBLPROPERTIES')) return undefined
    const name = readQualifiedName(tokens, 'expected the name of a table')
    if (!tokens.accept('(')) return { kind: 'showProperties', name }
    const key = readPropertyKey(tokens)
    tokens.expect(')')
    return { kind: 'showProperties', name, key }
  },

  run({ name, key }, { catalog }) {
    const found = foundAs(name, catalog)
    if (found.kind === 'temporary') return { kind: 'rows', schema: PROPERTIES, rows: [] }
    const entries = sortedEntries(found.properties)
    const missing = `Table ${CATALOG_NAME}.${found.database}.${found.name} does not have property: ${key}`
    const shown =
      key === undefined ? entries : [[key, key in found.properties ? shownValue(key, found.properties[key]!) : missing]]
    return { kind: 'rows', schema: PROPERTIES, rows: shown.map(([name, value]) => ({ key: name, value })) }
  },
}

function readPropertyKey(tokens: TokenStream): string {
  return tokens.peek().kind === 'string'
    ? readText(tokens, 'expected a property')
    : readQualifiedName(tokens, 'expected a property').join('.')
}

export interface ShowPartitionsStatement {
  readonly kind: 'showPartitions'
  readonly name: readonly string[]
  readonly partition?: PartitionSpec
}

export const showPartitions: StatementKind<ShowPartitionsStatement> = {
  read(tokens) {
    if (!tokens.accept('SHOW', 'PARTITIONS')) return undefined
    const name = readQualifiedName(tokens, 'expected the name of a table')
    const partition = acceptPartitionSpec(tokens)
    return { kind: 'showPartitions', name, ...(partition ? { partition } : {}) }
  },

  run({ name, partition = [] }, { catalog, engine }) {
    const table = tableCalled(name, 'SHOW PARTITIONS', catalog)
    if (table.partitionedBy === undefined)
      throw new MillraceError('INVALID_PARTITION_OPERATION.PARTITION_SCHEMA_IS_EMPTY', { name: placeOf(table) })
    const rows = specTexts(table, partition, engine).then((texts) =>
      matchingPartitions(table, texts).map(({ folder }) => ({ partition: folder })),
    )
    return { kind: 'rows', schema: { fields: [field('partition', STRING, false)] }, rows }
  },
}

export interface ShowCreateStatement {
  readonly kind: 'showCreate'
  readonly name: readonly string[]
}

/** SHOW CREATE TABLE, of views too. */
export const showCreate: StatementKind<ShowCreateStatement> = {
  read(tokens) {
    const start = tokens.peek()
    if (!tokens.accept('SHOW', 'CREATE', 'TABLE')) return undefined
    const name = readQualifiedName(tokens, 'expected the name of a table')
    if (tokens.at('AS', 'SERDE')) throw tokens.unsupported('SHOW CREATE TABLE … AS SERDE', start)
    return { kind: 'showCreate', name }
  },

  run({ name }, { catalog }) {
    const found = foundAs(name, catalog)
    if (found.kind === 'temporary') {
      const parameters = { viewName: quotedPath(name), operation: 'SHOW CREATE TABLE' }
      throw new MillraceError('EXPECT_PERMANENT_VIEW_NOT_TEMP', parameters)
    }
    const createtab_stmt = found.kind === 'table' ? createTableText(found) : createViewText(found)
    const schema = { fields: [field('createtab_stmt', STRING, false)] }
    return { kind: 'rows', schema, rows: [{ createtab_stmt }] }
  },
}

function createTableText(table: TableEntry): string {
  const columns = table.columns.map(({ name, type, comment, defaultText }) =>
    [
      identifier(name),
      columnType({ type }),
      ...(defaultText === undefined ? [] : [`DEFAULT ${defaultText}`]),
      ...(comment === undefined ? [] : [`COMMENT ${quotedText(comment)}`]),
    ].join(' '),
  )
  return [
    `CREATE TABLE ${CATALOG_NAME}.${identifier(table.database)}.${identifier(table.name)} (\n  ${columns.join(',\n  ')})`,
    `USING ${table.provider}`,
    ...listClause('OPTIONS', table.options),
    ...(table.partitionedBy ? [`PARTITIONED BY (${table.partitionedBy.map(identifier).join(', ')})`] : []),
    ...(table.buckets ? bucketClauses(table.buckets) : []),
    ...(table.isExternal ? [`LOCATION ${quotedText(`file:${table.location}`)}`] : []),
    ...(table.collation === undefined ? [] : [`DEFAULT COLLATION ${table.collation}`]),
    ...describing(table),
    '',
  ].join('\n')
}

const bucketClauses = ({ count, columns, sortColumns }: Buckets): readonly string[] => [
  `CLUSTERED BY (${columns.map(identifier).join(', ')})`,
  ...(sortColumns.length === 0 ? [] : [`SORTED BY (${sortColumns.map(identifier).join(', ')})`]),
  `INTO ${count} BUCKETS`,
]

function createViewText(view: ViewEntry): string {
  const columns = view.columns.map(({ name, comment }) =>
    comment === undefined ? identifier(name) : `${identifier(name)} COMMENT ${quotedText(comment)}`,
  )
  return [
    `CREATE VIEW ${identifier(view.database)}.${identifier(view.name)} (\n  ${columns.join(',\n  ')})`,
    ...describing(view),
    `WITH SCHEMA ${view.schemaMode}`,
    `AS ${view.text}`,
    '',
  ].join('\n')
}

const describing = ({ comment, properties }: CatalogRelation): readonly string[] => [
  ...(comment === undefined ? [] : [`COMMENT ${quotedText(comment)}`]),
  ...listClause('TBLPROPERTIES', properties),
]

function listClause(word: string, properties: Readonly<Record<string, string>>): readonly string[] {
  const entries = sortedEntries(properties).map(([key, value]) => `${quotedText(key)} = ${quotedText(value)}`)
  return entries.length === 0 ? [] : [`${word} (\n  ${entries.join(',\n  ')})`]
}

/** In order, without what nobody is to read. */
const sortedEntries = (properties: Readonly<Record<string, string>>): readonly (readonly [string, string])[] =>
  Object.entries(properties)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, value]) => [key, shownValue(key, value)])

/** Spark names the collation of text. */
const columnType = ({ type }: Pick<CatalogColumn, 'type'>): string =>
  type.kind === 'string' && type.collation === undefined
    ? `${declaredTypeName(type).toUpperCase()} COLLATE UTF8_BINARY`
    : sqlTypeName(type)

/** A name, in backquotes where it needs them. */
const identifier = (name: string): string => (/^[a-zA-Z_][a-zA-Z0-9_]*$/.test(name) ? name : quotedName(name))
