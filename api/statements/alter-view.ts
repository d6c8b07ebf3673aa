import { MillraceError } from '../../common/errors/millrace-error.js'
import { quotedPath } from '../../common/errors/quoting.js'
import type { ViewEntry, ViewSchemaMode } from '../../connectors/catalog.js'
import type { UnresolvedRelation } from '../../planner/plan/unresolved/relation.js'
import { readQualifiedName } from '../../planner/sql/expressions.js'
import type { TokenStream } from '../../planner/sql/token-stream.js'
import { placeOf } from '../catalog/catalog-names.js'
import type { NamedRelation } from '../catalog/named-relation.js'
import { foundAs } from './catalog-errors.js'
import { modeOf, readSchemaMode, readViewQuery, viewEntry } from './create-view.js'
import { changedProperties, type PropertyChange, readPropertyChange } from './property-change.js'
import { renameRelation } from './rename-relation.js'
import { DONE, doneAfter, type Outcome, type StatementContext, type StatementKind } from './statement.js'

export interface AlterViewStatement {
  readonly kind: 'alterView'
  readonly name: readonly string[]
  readonly action: Action
}

type Action =
  | { readonly kind: 'rename'; readonly to: readonly string[] }
  | { readonly kind: 'properties'; readonly change: PropertyChange }
  | { readonly kind: 'schemaMode'; readonly mode: ViewSchemaMode }
  | { readonly kind: 'query'; readonly query: UnresolvedRelation; readonly text: string }

export const alterView: StatementKind<AlterViewStatement> = {
  read(tokens) {
    if (!tokens.accept('ALTER', 'VIEW')) return undefined
    const name = readQualifiedName(tokens, 'expected the name of the view')
    return { kind: 'alterView', name, action: readAction(tokens) }
  },

  run({ name, action }, context) {
    const found = foundAs(name, context.catalog)
    if (found.kind === 'table') {
      const parameters = { tableName: placeOf(found), operation: OPERATIONS[action.kind] }
      throw action.kind === 'query'
        ? new MillraceError('EXPECT_VIEW_NOT_TABLE.NO_ALTERNATIVE', parameters)
        : new MillraceError('EXPECT_VIEW_NOT_TABLE.USE_ALTER_TABLE', parameters)
    }
    return found.kind === 'view' ? alterStored(found, action, context) : alterTemporary(found, name, action, context)
  },
}

const OPERATIONS: Readonly<Record<Action['kind'], string>> = {
  rename: 'ALTER VIEW ... RENAME TO',
  properties: 'ALTER VIEW ... SET TBLPROPERTIES',
  schemaMode: 'ALTER VIEW ... WITH SCHEMA',
  query: 'ALTER VIEW ... AS',
}

function readAction(tokens: TokenStream): Action {
  if (tokens.accept('RENAME', 'TO')) return { kind: 'rename', to: readQualifiedName(tokens, 'expected the new name') }
  const change = readPropertyChange(tokens)
  if (change) return { kind: 'properties', change }
  if (tokens.accept('WITH', 'SCHEMA')) return { kind: 'schemaMode', mode: readSchemaMode(tokens) }
  tokens.accept('AS')
  return { kind: 'query', ...readViewQuery(tokens) }
}

function alterStored(view: ViewEntry, action: Action, context: StatementContext): Outcome {
  const { catalog } = context
  catalog.forget(view)
  switch (action.kind) {
    case 'rename':
      renameRelation(view, action.to, catalog)
      return DONE
    case 'properties':
      catalog.stored.replace(view, { ...view, properties: changedProperties(view.properties, action.change) })
      return DONE
    case 'schemaMode':
      catalog.stored.replace(view, { ...view, schemaMode: modeOf(action.mode, view.hasOwnNames) })
      return DONE
    case 'query': {
      const { comment, properties, schemaMode } = view
      const definition = { ...action, properties, schemaMode, ...(comment === undefined ? {} : { comment }) }
      return doneAfter(viewEntry(definition, view, context).then((entry) => catalog.stored.replace(view, entry)))
    }
  }
}

/** @throws EXPECT_PERMANENT_VIEW_NOT_TEMP */
function alterTemporary(
  view: Extract<NamedRelation, { readonly kind: 'temporary' }>,
  name: readonly string[],
  action: Action,
  { inlined }: StatementContext,
): Outcome {
  switch (action.kind) {
    case 'rename':
      view.views.rename(view.name, action.to.at(-1)!)
      return DONE
    case 'properties':
    case 'schemaMode':
      throw new MillraceError('EXPECT_PERMANENT_VIEW_NOT_TEMP', {
        operation: OPERATIONS[action.kind],
        viewName: quotedPath(name),
      })
    case 'query':
      view.views.create(view.name, inlined(action.query), true)
      return DONE
  }
}
