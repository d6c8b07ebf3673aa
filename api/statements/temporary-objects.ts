import { MillraceError } from '../../common/errors/millrace-error.js'
import { inlineViews } from '../../planner/analyze/sources/inline-views.js'
import type { UnresolvedRelation } from '../../planner/plan/unresolved/relation.js'
import type { SessionCatalog } from '../catalog/session-catalog.js'
import type { Variables } from '../session/session-variables.js'

/** A view or function that only the session has, as a query names it. */
export interface TemporaryObject {
  readonly kind: 'VIEW' | 'FUNCTION'
  readonly name: readonly string[]
}

/** A name in a query that means a temporary view or function, which nothing that is stored may use. */
export function temporaryIn(query: UnresolvedRelation, catalog: SessionCatalog): TemporaryObject | undefined {
  let found: TemporaryObject | undefined
  const note = (kind: TemporaryObject['kind'], name: readonly string[], isTemporary: boolean): undefined => {
    if (found === undefined && isTemporary) found = { kind, name }
    return undefined
  }
  inlineViews(query, {
    relation: (name) => note('VIEW', name, catalog.lookUp(name)?.kind === 'temporary'),
    hidesBuiltIn: catalog.names.hidesBuiltIn,
    sqlFunction: (path) => note('FUNCTION', path, catalog.functions.temporary(path) !== undefined),
  })
  return found
}

/** What is to be stored, as messages have it. */
interface Stored {
  readonly obj: 'VIEW' | 'FUNCTION'
  readonly objName: string
}

/** Why something cannot be stored: a name in it that means nothing, unless it is that of a variable, which only the session or a script has. */
export function unlessVariable(error: unknown, stored: Stored, variables: Variables): unknown {
  if (!MillraceError.is(error) || !error.condition.startsWith('UNRESOLVED_COLUMN.')) return error
  const tempObjName = String(error.parameters['objectName'])
  if (variables.lookUp(tempObjName.slice(1, -1).split('`.`')) === undefined) return error
  return new MillraceError('INVALID_TEMP_OBJ_REFERENCE', { ...stored, tempObj: 'VARIABLE', tempObjName })
}
