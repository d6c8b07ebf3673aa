import { MillraceError } from '../../common/errors/millrace-error.js'
import { quotedPath } from '../../common/errors/quoting.js'
import { isBuiltIn } from '../../planner/analyze/functions/registry.js'
import { readQualifiedName } from '../../planner/sql/expressions.js'
import { acceptIfExists } from '../../planner/sql/statement-parts.js'
import { DONE, type StatementKind } from './statement.js'

export interface DropFunctionStatement {
  readonly kind: 'dropFunction'
  readonly name: readonly string[]
  readonly isTemporary: boolean
  readonly ifExists: boolean
}

/** DROP [TEMPORARY] FUNCTION [IF EXISTS]. */
export const dropFunction: StatementKind<DropFunctionStatement> = {
  isLocal: true,

  read(tokens) {
    const start = tokens.peek()
    const isTemporary = ['TEMPORARY', 'TEMP'].some((word) => tokens.accept('DROP', word, 'FUNCTION'))
    if (!isTemporary && !tokens.accept('DROP', 'FUNCTION')) return undefined
    const ifExists = acceptIfExists(tokens)
    const name = readQualifiedName(tokens, 'expected the name of the function')
    if (isTemporary && name.length > 1) {
      const [qualifier, objectName] = [quotedPath(name.slice(0, -1)), quotedPath(name.slice(-1))]
      const parameters = { objectType: 'FUNCTION', objectName, qualifier }
      throw new MillraceError('INVALID_TEMP_OBJ_QUALIFIER', parameters, { origin: tokens.originFrom(start) })
    }
    return { kind: 'dropFunction', name, isTemporary, ifExists }
  },

  run({ name, isTemporary, ifExists }, { catalog }) {
    if (isTemporary) {
      if (!catalog.functions.dropTemporary(name[0]!) && !ifExists) throw notFound(name)
      return DONE
    }
    if (name.length === 1 && isBuiltIn(name[0]!.toLowerCase())) {
      const parameters = { statement: 'DROP', objectType: 'FUNCTION', objectName: quotedPath(name) }
      throw new MillraceError('FORBIDDEN_OPERATION', parameters)
    }
    const place = catalog.place(name)
    const found = catalog.stored.function(place.database, place.name)
    if (found) catalog.stored.dropFunction(found)
    else if (!ifExists) throw notFound([place.database.name, place.name])
    return DONE
  },
}

const notFound = (name: readonly string[]): MillraceError =>
  new MillraceError('ROUTINE_NOT_FOUND', { routineName: quotedPath(name) })
