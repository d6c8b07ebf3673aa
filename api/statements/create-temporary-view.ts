import { field } from '../../columnar/types.js'
import { MillraceError } from '../../common/errors/millrace-error.js'
import { quotedPath } from '../../common/errors/quoting.js'
import type { UnresolvedRelation } from '../../planner/plan/unresolved/relation.js'
import { readName, readQualifiedName } from '../../planner/sql/expressions.js'
import { readQuery } from '../../planner/sql/query.js'
import { acceptCreate, readColumnDefinitions, readProperties, readText } from '../../planner/sql/statement-parts.js'
import type { TokenStream } from '../../planner/sql/token-stream.js'
import { GLOBAL_TEMP } from '../catalog/catalog-names.js'
import { querySettings } from '../engine/analysis-session.js'
import { DONE, type StatementContext, type StatementKind } from './statement.js'
import { readViewColumns, renamedColumns, type ViewColumn } from './view-columns.js'

export interface CreateTemporaryViewStatement {
  readonly kind: 'createTemporaryView'
  readonly name: string
  readonly isGlobal: boolean
  readonly replace: boolean
  readonly columns?: readonly ViewColumn[]
  readonly query: UnresolvedRelation
}

/** CREATE [OR REPLACE] [GLOBAL] TEMPORARY VIEW: a name for a query, in this session. */
export const createTemporaryView: StatementKind<CreateTemporaryViewStatement> = {
  isLocal: true,

  read(tokens) {
    const start = tokens.peek()
    const words = acceptCreate(tokens, 'VIEW', true)
    if (words === undefined) return undefined
    const { isGlobal, replace } = words
    if (tokens.at('IF', 'NOT', 'EXISTS')) throw tokens.unsupported('IF NOT EXISTS of a temporary view', start)
    const name = temporaryViewName(readQualifiedName(tokens, 'expected the name of the view'), isGlobal)
    const isTyped = tokens.at('(') && tokens.peek(2).kind === 'word' && tokens.peek(2).match !== 'COMMENT'
    if (isTyped || tokens.at('USING'))
      return { kind: 'createTemporaryView', name, isGlobal, replace, query: readFiles(tokens) }
    const columns = tokens.at('(') ? readViewColumns(tokens) : undefined
    if (tokens.accept('COMMENT')) readText(tokens, 'expected the comment in quotes')
    tokens.expect('AS')
    const query = readQuery(tokens)
    return { kind: 'createTemporaryView', name, isGlobal, replace, query, ...(columns ? { columns } : {}) }
  },

  run(statement, context) {
    const { catalog, variables } = context
    const views = statement.isGlobal ? catalog.global : catalog.temporary
    views.create(statement.name, planOf(statement, context), statement.replace, variables)
    return DONE
  },

  check: (statement, context) => context.engine.analyze(context.variables.notedIn(planOf(statement, context))),
}

/** `[(a int, b string)] USING csv OPTIONS (path '…', header 'true')`: files under a name. */
function readFiles(tokens: TokenStream): UnresolvedRelation {
  const fields = tokens.at('(') ? readColumnDefinitions(tokens).map(({ name, type }) => field(name, type)) : undefined
  tokens.expect('USING')
  const format = readName(tokens, 'expected a data source').toLowerCase()
  const { path, ...options } = tokens.accept('OPTIONS') ? readProperties(tokens) : {}
  const paths = path === undefined ? [] : [path]
  return { kind: 'dataSource', format, options, paths, streaming: false, ...(fields ? { schema: { fields } } : {}) }
}

/** Without the values of variables: the view has those of the time when it is read. */
const planOf = ({ query, columns }: CreateTemporaryViewStatement, context: StatementContext): UnresolvedRelation => ({
  kind: 'underSettings',
  input: renamedColumns(context.withViews(query), columns),
  settings: querySettings(context.config),
})

/** @throws INVALID_TEMP_OBJ_QUALIFIER */
export function temporaryViewName(parts: readonly string[], isGlobal: boolean): string {
  const own = isGlobal && parts.length === 2 && parts[0]!.toLowerCase() === GLOBAL_TEMP ? parts.slice(1) : parts
  if (own.length === 1) return own[0]!
  const [qualifier, objectName] = [quotedPath(parts.slice(0, -1)), quotedPath(parts.slice(-1))]
  throw new MillraceError('INVALID_TEMP_OBJ_QUALIFIER', { objectType: 'VIEW', objectName, qualifier })
}
