import type { Schema } from '../../columnar/types.js'
import { MillraceError } from '../../common/errors/millrace-error.js'
import { quotedName, quotedPath } from '../../common/errors/quoting.js'
import type { CatalogColumn, ViewEntry, ViewSchemaMode } from '../../connectors/catalog.js'
import { refuseTwice } from '../../planner/analyze/names/duplicates.js'
import type { UnresolvedRelation } from '../../planner/plan/unresolved/relation.js'
import { readQualifiedName } from '../../planner/sql/expressions.js'
import { readQuery } from '../../planner/sql/query.js'
import {
  acceptCreate,
  acceptIfNotExists,
  type Properties,
  readProperties,
  readText,
} from '../../planner/sql/statement-parts.js'
import type { TokenStream } from '../../planner/sql/token-stream.js'
import { placeOf } from '../catalog/catalog-names.js'
import { keptSettings } from '../engine/analysis-session.js'
import { alreadyExists, wrongObject } from './catalog-errors.js'
import { doneAfter, type StatementContext, type StatementKind } from './statement.js'
import { temporaryIn, unlessVariable } from './temporary-objects.js'
import { readViewColumns, type ViewColumn } from './view-columns.js'

/** What makes a stored view, of CREATE and of ALTER. */
export interface ViewDefinition {
  readonly text: string
  readonly query: UnresolvedRelation
  readonly columns?: readonly ViewColumn[]
  readonly comment?: string
  readonly properties: Properties
  readonly schemaMode: ViewSchemaMode
}

export interface CreateViewStatement extends ViewDefinition {
  readonly kind: 'createView'
  readonly name: readonly string[]
  readonly replace: boolean
  readonly ifNotExists: boolean
}

/** CREATE [OR REPLACE] VIEW: the text of a query under a name, kept in the catalog. */
export const createView: StatementKind<CreateViewStatement> = {
  read(tokens) {
    const words = acceptCreate(tokens, 'VIEW', false)
    if (words === undefined) return undefined
    const ifNotExists = acceptIfNotExists(tokens)
    const name = readQualifiedName(tokens, 'expected the name of the view')
    const columns = tokens.at('(') ? readViewColumns(tokens) : undefined
    let comment: string | undefined
    let properties: Properties = {}
    let schemaMode: ViewSchemaMode = 'COMPENSATION'
    for (;;) {
      if (tokens.accept('COMMENT')) comment = readText(tokens, 'expected the comment in quotes')
      else if (tokens.accept('TBLPROPERTIES')) properties = readProperties(tokens)
      else if (tokens.at('DEFAULT', 'COLLATION')) throw tokens.unsupported('DEFAULT COLLATION of views')
      else if (tokens.accept('WITH', 'SCHEMA')) schemaMode = readSchemaMode(tokens)
      else if (tokens.at('WITH', 'METRICS')) throw tokens.unsupported('views WITH METRICS')
      else break
    }
    tokens.expect('AS')
    return {
      kind: 'createView',
      name,
      replace: words.replace,
      ifNotExists,
      properties,
      schemaMode,
      ...readViewQuery(tokens),
      ...(columns ? { columns } : {}),
      ...(comment === undefined ? {} : { comment }),
    }
  },

  run: (statement, context) => doneAfter(create(statement, context)),
}

/** Behind WITH SCHEMA. */
export function readSchemaMode(tokens: TokenStream): ViewSchemaMode {
  if (tokens.accept('TYPE', 'EVOLUTION')) return 'TYPE EVOLUTION'
  for (const mode of ['BINDING', 'COMPENSATION', 'EVOLUTION'] as const) if (tokens.accept(mode)) return mode
  throw tokens.unexpected('expected BINDING, COMPENSATION, TYPE EVOLUTION or EVOLUTION')
}

/** A query with its text, which goes to the end of the statement. */
export function readViewQuery(tokens: TokenStream): { readonly query: UnresolvedRelation; readonly text: string } {
  const start = tokens.peek()
  const query = readQuery(tokens)
  const { text, start: from, end } = tokens.originFrom(start)
  return { query, text: text.slice(from, end) }
}

async function create(statement: CreateViewStatement, context: StatementContext): Promise<void> {
  const { stored } = context.catalog
  const { database, name } = context.catalog.place(statement.name)
  const before = stored.relation(database, name)
  if (before !== undefined && statement.ifNotExists) return
  if (before !== undefined && !statement.replace) throw alreadyExists(before)
  if (before?.kind === 'table') throw wrongObject(before, 'CREATE OR REPLACE VIEW', 'CREATE OR REPLACE TABLE')
  const place = { database: database.name, databaseId: database.id, name }
  const entry = await viewEntry(statement, place, context)
  if (before) stored.replace(before, entry)
  else if (!stored.create(entry) && !statement.ifNotExists) throw alreadyExists(entry)
}

/** @throws INVALID_TEMP_OBJ_REFERENCE, CREATE_VIEW_COLUMN_ARITY_MISMATCH.*, COLUMN_ALREADY_EXISTS, RECURSIVE_VIEW, and conditions of analysis */
export async function viewEntry(
  definition: ViewDefinition,
  place: Pick<ViewEntry, 'database' | 'databaseId' | 'name'>,
  { engine, catalog, config, withViews, variables }: StatementContext,
): Promise<ViewEntry> {
  const { query, text, columns: named, comment, properties, schemaMode } = definition
  const temporary = temporaryIn(query, catalog)
  if (temporary !== undefined) {
    throw new MillraceError('INVALID_TEMP_OBJ_REFERENCE', {
      obj: 'VIEW',
      objName: placeOf(place),
      tempObj: temporary.kind,
      tempObjName: quotedPath(temporary.name),
    })
  }
  const { currentDatabase } = catalog
  const schema = await engine.analyze(withViews(query)).catch((error: unknown) => {
    throw unlessVariable(error, { obj: 'VIEW', objName: placeOf(place) }, variables)
  })
  const entry: ViewEntry = {
    kind: 'view',
    database: place.database,
    databaseId: place.databaseId,
    name: place.name,
    text,
    columns: viewColumns(placeOf(place), schema, named),
    queryColumns: schema.fields.map(({ name }) => name),
    hasOwnNames: named !== undefined,
    schemaMode: modeOf(schemaMode, named !== undefined),
    currentDatabase,
    ...catalog.searchedElsewhere(),
    properties,
    createdMs: Date.now(),
    settings: keptSettings(config),
    ...(comment === undefined ? {} : { comment }),
  }
  // A view that would read itself is refused before it is there.
  catalog.refuseRecursion(entry)
  return entry
}

/** Only the types of columns that the statement named follow the query. */
export const modeOf = (mode: ViewSchemaMode, hasOwnNames: boolean): ViewSchemaMode =>
  mode === 'EVOLUTION' && hasOwnNames ? 'TYPE EVOLUTION' : mode

function viewColumns(
  viewName: string,
  schema: Schema,
  named: readonly ViewColumn[] | undefined,
): readonly CatalogColumn[] {
  const { fields } = schema
  const columns = named ?? fields
  if (columns.length !== fields.length) {
    const list = (items: readonly { readonly name: string }[]): string =>
      items.map(({ name }) => quotedName(name)).join(', ')
    const parameters = { viewName, viewColumns: list(columns), dataColumns: list(fields) }
    throw fields.length < columns.length
      ? new MillraceError('CREATE_VIEW_COLUMN_ARITY_MISMATCH.NOT_ENOUGH_DATA_COLUMNS', parameters)
      : new MillraceError('CREATE_VIEW_COLUMN_ARITY_MISMATCH.TOO_MANY_DATA_COLUMNS', parameters)
  }
  refuseTwice(columns)
  return fields.map((field, i) => {
    const { type } = field
    const { name, comment = field.comment } = columns[i] as ViewColumn
    return { name, type, nullable: true, ...(comment === undefined ? {} : { comment }) }
  })
}
