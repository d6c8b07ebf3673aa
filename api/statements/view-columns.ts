import type { UnresolvedRelation } from '../../planner/plan/unresolved/relation.js'
import { readName } from '../../planner/sql/expressions.js'
import { readText } from '../../planner/sql/statement-parts.js'
import type { TokenStream } from '../../planner/sql/token-stream.js'

/** A column of a view as its statement names it. */
export interface ViewColumn {
  readonly name: string
  readonly comment?: string
}

/** `(a COMMENT 'x', b)`. */
export function readViewColumns(tokens: TokenStream): readonly ViewColumn[] {
  tokens.expect('(')
  const columns = tokens.list((): ViewColumn => {
    const name = readName(tokens, 'expected the name of a column')
    return tokens.accept('COMMENT') ? { name, comment: readText(tokens, 'expected the comment in quotes') } : { name }
  })
  tokens.expect(')')
  return columns
}

/** A query under other names of its columns, and with their comments. */
export const renamedColumns = (
  input: UnresolvedRelation,
  columns: readonly ViewColumn[] | undefined,
): UnresolvedRelation =>
  columns === undefined
    ? input
    : {
        kind: 'subqueryAlias',
        input,
        alias: 'view',
        columns: columns.map(({ name }) => name),
        comments: columns.map(({ comment }) => comment),
      }
