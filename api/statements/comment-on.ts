import { readQualifiedName } from '../../planner/sql/expressions.js'
import { readText } from '../../planner/sql/statement-parts.js'
import { withColumn } from './alter-column.js'
import { tableCalled } from './catalog-errors.js'
import { readDatabase } from './database-name.js'
import { DATABASE } from './databases.js'
import { DONE, type StatementKind } from './statement.js'

export interface CommentOnStatement {
  readonly kind: 'commentOn'
  readonly what: 'TABLE' | 'COLUMN' | 'DATABASE'
  readonly name: readonly string[]
  readonly comment: string
}

/** COMMENT ON a database, a table or a column of one. */
export const commentOn: StatementKind<CommentOnStatement> = {
  read(tokens) {
    const start = tokens.peek()
    if (!tokens.accept('COMMENT', 'ON')) return undefined
    const isDatabase = DATABASE.some((word) => tokens.accept(word))
    const what = isDatabase ? 'DATABASE' : (['TABLE', 'COLUMN'] as const).find((word) => tokens.accept(word))
    if (what === undefined) throw tokens.unsupported(`COMMENT ON ${tokens.peek().match}`, start)
    const name = readQualifiedName(tokens, `expected the name of a ${what.toLowerCase()}`)
    tokens.expect('IS')
    return {
      kind: 'commentOn',
      what,
      name,
      comment: tokens.accept('NULL') ? '' : readText(tokens, 'expected the comment'),
    }
  },

  run({ what, name, comment }, { catalog }) {
    if (what === 'DATABASE') {
      catalog.stored.alterDatabase(catalog.database(readDatabase(name)), { comment })
      return DONE
    }
    const table = tableCalled(what === 'TABLE' ? name : name.slice(0, -1), `COMMENT ON ${what}`, catalog)
    const changed =
      what === 'TABLE'
        ? { comment }
        : { columns: withColumn(table, name.at(-1)!, (column) => ({ ...column, comment })) }
    catalog.stored.replace(table, { ...table, ...changed })
    return DONE
  },
}
