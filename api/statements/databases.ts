import { field, type Schema, STRING } from '../../columnar/types.js'
import { MillraceError } from '../../common/errors/millrace-error.js'
import { quotedName } from '../../common/errors/quoting.js'
import { readQualifiedName } from '../../planner/sql/expressions.js'
import {
  acceptCreate,
  acceptIfExists,
  acceptIfNotExists,
  nameMatcher,
  type Properties,
  readPattern,
  readProperties,
  readText,
} from '../../planner/sql/statement-parts.js'
import type { TokenStream } from '../../planner/sql/token-stream.js'
import { CATALOG_NAME } from '../catalog/catalog-names.js'
import { readDatabase } from './database-name.js'
import { DONE, type StatementKind } from './statement.js'

/** The words for one. */
export const DATABASE = ['DATABASE', 'SCHEMA', 'NAMESPACE'] as const

export interface CreateDatabaseStatement {
  readonly kind: 'createDatabase'
  readonly name: string
  readonly ifNotExists: boolean
  readonly comment?: string
  readonly location?: string
  readonly properties: Properties
}

/** Spark has them for tables and views alone, unless a setting of its own says so. */
export function noCollation(tokens: TokenStream): MillraceError {
  const origin = tokens.originFrom(tokens.peek())
  return new MillraceError('UNSUPPORTED_FEATURE.SCHEMA_LEVEL_COLLATIONS', {}, { origin })
}

export const createDatabase: StatementKind<CreateDatabaseStatement> = {
  read(tokens) {
    if (!DATABASE.some((word) => acceptCreate(tokens, word, false))) return undefined
    const ifNotExists = acceptIfNotExists(tokens)
    const name = readDatabaseName(tokens)
    let [comment, location]: (string | undefined)[] = []
    let properties: Properties = {}
    for (;;) {
      if (tokens.accept('COMMENT')) comment = readText(tokens, 'expected the comment in quotes')
      else if (tokens.accept('LOCATION')) location = readText(tokens, 'expected the folder in quotes')
      else if (tokens.accept('WITH', 'DBPROPERTIES') || tokens.accept('WITH', 'PROPERTIES'))
        properties = readProperties(tokens)
      else if (tokens.accept('DEFAULT', 'COLLATION')) throw noCollation(tokens)
      else break
    }
    return {
      kind: 'createDatabase',
      name,
      ifNotExists,
      properties,
      ...(comment === undefined ? {} : { comment }),
      ...(location === undefined ? {} : { location }),
    }
  },

  run({ kind: _, ifNotExists, ...database }, { catalog }) {
    if (!catalog.stored.createDatabase(database) && !ifNotExists)
      throw new MillraceError('SCHEMA_ALREADY_EXISTS', { schemaName: quotedName(database.name) })
    return DONE
  },
}

export interface DropDatabaseStatement {
  readonly kind: 'dropDatabase'
  readonly name: string
  readonly ifExists: boolean
  readonly cascade: boolean
}

export const dropDatabase: StatementKind<DropDatabaseStatement> = {
  read(tokens) {
    if (!DATABASE.some((word) => tokens.accept('DROP', word))) return undefined
    const ifExists = acceptIfExists(tokens)
    const name = readDatabaseName(tokens)
    const cascade = tokens.accept('CASCADE')
    if (!cascade) tokens.accept('RESTRICT')
    return { kind: 'dropDatabase', name, ifExists, cascade }
  },

  run({ name, ifExists, cascade }, { catalog }) {
    const { stored } = catalog
    if (ifExists && stored.database(name) === undefined) return DONE
    const database = catalog.database(name)
    if (database.name === 'default')
      throw new MillraceError('UNSUPPORTED_FEATURE.DROP_DATABASE', { database: `\`${CATALOG_NAME}\`.\`default\`` })
    stored.dropDatabase(database, cascade)
    return DONE
  },
}

export interface UseStatement {
  readonly kind: 'use'
  readonly name: string
}

/** USE of a database; of the catalog itself nothing changes, as there is no other. */
export const use: StatementKind<UseStatement> = {
  read(tokens) {
    if (!tokens.accept('USE')) return undefined
    const isMarked = DATABASE.some((word) => tokens.at(word) && tokens.peek(1).kind !== 'end' && tokens.accept(word))
    const parts = readQualifiedName(tokens, 'expected the name of a database')
    const isCatalog = !isMarked && parts.length === 1 && parts[0]!.toLowerCase() === CATALOG_NAME
    return { kind: 'use', name: isCatalog ? 'default' : readDatabase(parts) }
  },

  run({ name }, { catalog }) {
    catalog.use(name)
    return DONE
  },
}

export interface ShowDatabasesStatement {
  readonly kind: 'showDatabases'
  readonly pattern?: string
}

export const showDatabases: StatementKind<ShowDatabasesStatement> = {
  read(tokens) {
    if (!['DATABASES', 'SCHEMAS', 'NAMESPACES'].some((word) => tokens.accept('SHOW', word))) return undefined
    const pattern = readPattern(tokens)
    return { kind: 'showDatabases', ...(pattern === undefined ? {} : { pattern }) }
  },

  run({ pattern }, { catalog }) {
    const isMeant = nameMatcher(pattern)
    const names = catalog.stored.databases().filter(({ name }) => isMeant(name))
    const rows = names.map(({ name }) => ({ namespace: name }))
    return { kind: 'rows', schema: { fields: [field('namespace', STRING, false)] }, rows }
  },
}

export interface DescribeDatabaseStatement {
  readonly kind: 'describeDatabase'
  readonly name: string
  readonly isExtended: boolean
}

const INFO: Schema = { fields: [field('info_name', STRING, false), field('info_value', STRING, false)] }

export const describeDatabase: StatementKind<DescribeDatabaseStatement> = {
  read(tokens) {
    const isDescribe = (word: string): boolean =>
      (tokens.at('DESCRIBE', word) || tokens.at('DESC', word)) && isNameAt(tokens, 2)
    if (!DATABASE.some(isDescribe)) return undefined
    tokens.next()
    tokens.next()
    const isExtended = isNameAt(tokens, 1) && tokens.accept('EXTENDED')
    return { kind: 'describeDatabase', name: readDatabaseName(tokens), isExtended }
  },

  run({ name, isExtended }, { catalog }) {
    const { comment = '', location, properties, name: found, owner } = catalog.database(name)
    const listed = Object.entries(properties)
      .toSorted()
      .map(([key, value]) => `(${key},${value})`)
    const rows = [
      ['Catalog Name', CATALOG_NAME],
      ['Namespace Name', found],
      ['Comment', comment],
      ['Location', `file:${location}`],
      ...(owner === undefined ? [] : [['Owner', owner]]),
      ...(isExtended ? [['Properties', listed.length === 0 ? '' : `(${listed.join(', ')})`]] : []),
    ]
    return { kind: 'rows', schema: INFO, rows: rows.map(([info_name, info_value]) => ({ info_name, info_value })) }
  },
}

const isNameAt = (tokens: TokenStream, ahead: number): boolean => {
  const { kind } = tokens.peek(ahead)
  return kind === 'word' || kind === 'quoted'
}

export const readDatabaseName = (tokens: TokenStream): string =>
  readDatabase(readQualifiedName(tokens, 'expected the name of a database'))
