import { append } from '../../common/append.js'
import { MillraceError } from '../../common/errors/millrace-error.js'
import type { UnresolvedExpression } from '../../planner/plan/unresolved/expression.js'
import type { UnresolvedRelation } from '../../planner/plan/unresolved/relation.js'
import { readExpression, readQualifiedName } from '../../planner/sql/expressions.js'
import { beginsQuery } from '../../planner/sql/keywords.js'
import { readAlias, readColumnNames, readTableName } from '../../planner/sql/table-reference.js'
import type { TokenStream } from '../../planner/sql/token-stream.js'
import { placeOf } from '../catalog/catalog-names.js'
import { tableCalled } from './catalog-errors.js'
import { doneAfter, type StatementContext, type StatementKind } from './statement.js'

export interface ChangeRowsStatement {
  readonly kind: 'changeRows'
  readonly operation: 'UPDATE TABLE' | 'DELETE' | 'MERGE INTO TABLE'
  readonly table: readonly string[]
  /** The rows that it looks at, with all that it says of them. */
  readonly rows: UnresolvedRelation
}

/** UPDATE, DELETE FROM and MERGE INTO, which tables of files do not know: what is wrong with them is told before that, as in Spark. */
export const changeRows: StatementKind<ChangeRowsStatement> = {
  read: (tokens) => readUpdate(tokens) ?? readDelete(tokens) ?? readMerge(tokens),
  run: (statement, context) => doneAfter(refuse(statement, context)),
}

/** @throws UNSUPPORTED_FEATURE.TABLE_OPERATION */
async function refuse(
  { table, operation, rows }: ChangeRowsStatement,
  { catalog, engine, inlined }: StatementContext,
): Promise<never> {
  await engine.analyze(inlined(rows))
  const tableName = placeOf(tableCalled(table, operation, catalog))
  throw new MillraceError('UNSUPPORTED_FEATURE.TABLE_OPERATION', { tableName, operation })
}

function readUpdate(tokens: TokenStream): ChangeRowsStatement | undefined {
  if (!tokens.at('UPDATE') || tokens.peek(1).kind === 'end') return undefined
  tokens.next()
  const { name, target } = readTarget(tokens)
  tokens.expect('SET')
  const told = readAssignments(tokens)
  return { kind: 'changeRows', operation: 'UPDATE TABLE', table: name, rows: telling(readWhere(tokens, target), told) }
}

function readDelete(tokens: TokenStream): ChangeRowsStatement | undefined {
  if (!tokens.accept('DELETE', 'FROM')) return undefined
  const { name, target } = readTarget(tokens)
  return { kind: 'changeRows', operation: 'DELETE', table: name, rows: readWhere(tokens, target) }
}

function readMerge(tokens: TokenStream): ChangeRowsStatement | undefined {
  const start = tokens.peek()
  if (!tokens.at('MERGE', 'INTO') && !tokens.at('MERGE', 'WITH', 'SCHEMA')) return undefined
  tokens.next()
  if (tokens.accept('WITH')) tokens.expect('SCHEMA', 'EVOLUTION')
  tokens.expect('INTO')
  const { name, target } = readTarget(tokens)
  tokens.expect('USING')
  const isQuery = tokens.at('(') && beginsQuery(tokens, 1)
  const source = readAlias(tokens, isQuery ? tokens.subquery() : readTableName(tokens))
  tokens.expect('ON')
  const condition = readExpression(tokens)
  const told: UnresolvedExpression[] = []
  if (!tokens.at('WHEN')) throw new MillraceError('MERGE_WITHOUT_WHEN', {}, { origin: tokens.originFrom(start) })
  while (tokens.accept('WHEN')) append(told, readWhen(tokens))
  const rows: UnresolvedRelation = { kind: 'join', left: target, right: source, type: 'full', condition }
  return { kind: 'changeRows', operation: 'MERGE INTO TABLE', table: name, rows: telling(rows, told) }
}

/** `[NOT] MATCHED [BY SOURCE | BY TARGET] [AND condition] THEN action`. */
function readWhen(tokens: TokenStream): readonly UnresolvedExpression[] {
  tokens.accept('NOT')
  tokens.expect('MATCHED')
  if (tokens.accept('BY') && !tokens.accept('SOURCE')) tokens.expect('TARGET')
  const condition = tokens.accept('AND') ? [readExpression(tokens)] : []
  tokens.expect('THEN')
  return [...condition, ...readAction(tokens)]
}

function readAction(tokens: TokenStream): readonly UnresolvedExpression[] {
  if (tokens.accept('DELETE')) return []
  if (tokens.accept('UPDATE')) {
    tokens.expect('SET')
    return tokens.accept('*') ? [] : readAssignments(tokens)
  }
  tokens.expect('INSERT')
  if (tokens.accept('*')) return []
  if (tokens.at('(')) readColumnNames(tokens)
  tokens.expect('VALUES', '(')
  const values = tokens.list(() => readExpression(tokens))
  tokens.expect(')')
  return values
}

function readTarget(tokens: TokenStream): { readonly name: readonly string[]; readonly target: UnresolvedRelation } {
  const table = readTableName(tokens)
  // SET behind the table of an UPDATE is no alias of it.
  return { name: table.name, target: tokens.before('SET', () => readAlias(tokens, table)) }
}

/** Columns and what they are to be, each an expression. */
function readAssignments(tokens: TokenStream): readonly UnresolvedExpression[] {
  const pairs = tokens.list((): readonly UnresolvedExpression[] => {
    const start = tokens.peek()
    const parts = readQualifiedName(tokens, 'expected the name of a column')
    const origin = tokens.originFrom(start)
    tokens.expect('=')
    const isDefault = tokens.at('DEFAULT') && ![',', '.'].includes(tokens.peek(1).match)
    if (isDefault) tokens.next()
    return [{ kind: 'attribute', parts, origin }, ...(isDefault ? [] : [readExpression(tokens)])]
  })
  return pairs.flat()
}

function readWhere(tokens: TokenStream, input: UnresolvedRelation): UnresolvedRelation {
  if (!tokens.accept('WHERE')) return input
  return { kind: 'filter', input, condition: readExpression(tokens) }
}

const telling = (input: UnresolvedRelation, expressions: readonly UnresolvedExpression[]): UnresolvedRelation =>
  expressions.length === 0 ? input : { kind: 'project', input, expressions }
