import { MillraceError } from '../../common/errors/millrace-error.js'
import type { UnresolvedRelation } from '../../planner/plan/unresolved/relation.js'
import { readName } from '../../planner/sql/expressions.js'
import { readQuery } from '../../planner/sql/query.js'
import { type Properties, readProperties, readText } from '../../planner/sql/statement-parts.js'
import type { Token } from '../../planner/sql/token.js'
import type { TokenStream } from '../../planner/sql/token-stream.js'
import { NO_OPTIONS, withOptions } from '../sources/options.js'
import { doneAfter, type StatementKind } from './statement.js'

export interface InsertDirectoryStatement {
  readonly kind: 'insertDirectory'
  readonly path: string
  readonly format: string
  readonly options: Properties
  readonly query: UnresolvedRelation
}

/** INSERT OVERWRITE [LOCAL] DIRECTORY 'path' USING format [OPTIONS (…)] query: files in the place of those of a folder. */
export const insertDirectory: StatementKind<InsertDirectoryStatement> = {
  read(tokens) {
    const start = tokens.peek()
    if (
      !tokens.accept('INSERT', 'OVERWRITE', 'DIRECTORY') &&
      !tokens.accept('INSERT', 'OVERWRITE', 'LOCAL', 'DIRECTORY')
    )
      return undefined
    const named = tokens.peek().kind === 'string' ? readText(tokens, 'expected the path in quotes') : undefined
    if (!tokens.accept('USING')) throw tokens.unsupported('INSERT OVERWRITE DIRECTORY without USING', start)
    const format = readName(tokens, 'expected a data source').toLowerCase()
    const given = Object.entries(tokens.accept('OPTIONS') ? readProperties(tokens) : {})
    const isPath = ([key]: readonly [string, string]): boolean => key.toLowerCase() === 'path'
    const path = onePath(named || undefined, given.find(isPath)?.[1], tokens, start)
    const options = Object.fromEntries(given.filter((one) => !isPath(one)))
    return { kind: 'insertDirectory', path, format, options, query: readQuery(tokens) }
  },

  run({ path, format, options, query }, { engine, inlined }) {
    const request = { format, options: withOptions(NO_OPTIONS, options), path, mode: 'overwrite' } as const
    return doneAfter(engine.write(inlined(query), request))
  },
}

/** @throws _LEGACY_ERROR_TEMP_0049 */
function onePath(named: string | undefined, option: string | undefined, tokens: TokenStream, start: Token): string {
  const path = named ?? option
  if (path !== undefined && (named === undefined || option === undefined)) return path
  throw new MillraceError('_LEGACY_ERROR_TEMP_0049', {}, { origin: tokens.originFrom(start) })
}
