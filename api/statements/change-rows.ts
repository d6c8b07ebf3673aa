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
  /** All that is said of rows that change, over those of which it is said, to be checked. */
  readonly told: readonly UnresolvedRelation[]
}

/** UPDATE, DELETE FROM and MERGE INTO, which tables of files do not know: what is wrong with them is told before that, as in Spark. */
export const changeRows: StatementKind<ChangeRowsStatement> = {
  read: (tokens) => readUpdate(tokens) ?? readDelete(tokens) ?? readMerge(tokens),
  run: (statement, context) => doneAfter(refuseChange(statement, context)),
}

type Change = Pick<ChangeRowsStatement, 'operation' | 'table' | 'told'>

/** @throws UNSUPPORTED_FEATURE.TABLE_OPERATION, and before that what is wrong with what is told */
export async function refuseChange(
  { table, operation, told }: Change,
  { catalog, engine, inlined }: Pick<StatementContext, 'catalog' | 'engine' | 'inlined'>,
): Promise<never> {
  for (const said of told) await engine.analyze(inlined(said))
  const tableName = placeOf(tableCalled(table, operation, catalog))
  throw new MillraceError('UNSUPPORTED_FEATURE.TABLE_OPERATION', { tableName, operation })
}

function readUpdate(tokens: TokenStream): ChangeRowsStatement | undefined {
  if (!tokens.at('UPDATE') || tokens.peek(1).kind === 'end') return undefined
  tokens.next()
  const { name, target } = readTarget(tokens)
  tokens.expect('SET')
  const { columns, values } = readAssignments(tokens)
  const rows = telling(readWhere(tokens, target), values)
  return {
    kind: 'changeRows',
    operation: 'UPDATE TABLE',
    table: name,
    told: [rows, telling(target, columns)],
  }
}

function readDelete(tokens: TokenStream): ChangeRowsStatement | undefined {
  if (!tokens.accept('DELETE', 'FROM')) return undefined
  const { name, target } = readTarget(tokens)
  return {
    kind: 'changeRows',
    operation: 'DELETE',
    table: name,
    told: [readWhere(tokens, target)],
  }
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
  const clauses: MergeClause[] = []
  if (!tokens.at('WHEN')) throw new MillraceError('MERGE_WITHOUT_WHEN', {}, { origin: tokens.originFrom(start) })
  while (tokens.accept('WHEN')) clauses.push(readWhen(tokens))
  const told = mergeOf(target, source, condition, clauses)
  return { kind: 'changeRows', operation: 'MERGE INTO TABLE', table: name, told }
}

/** Columns, and what is said beside them: what they are to be, and conditions. */
interface Assignments {
  readonly columns: readonly UnresolvedExpression[]
  readonly values: readonly UnresolvedExpression[]
}

/** What MERGE says of rows that are in the table and in the source, or in one of them alone. */
export interface MergeClause extends Assignments {
  readonly of: 'both' | 'source' | 'target'
}

/** What is said of the rows of a table and those of a source that are to be merged into it. Columns that get values are those of the table, whatever the source has. */
export function mergeOf(
  target: UnresolvedRelation,
  source: UnresolvedRelation,
  condition: UnresolvedExpression,
  clauses: readonly MergeClause[],
): readonly UnresolvedRelation[] {
  const both: UnresolvedRelation = { kind: 'join', left: target, right: source, type: 'full', condition }
  const of = (rows: MergeClause['of']): readonly UnresolvedExpression[] =>
    clauses.filter((clause) => clause.of === rows).flatMap(({ values }) => values)
  const columns = clauses.flatMap((clause) => clause.columns)
  return [telling(both, of('both')), telling(source, of('source')), telling(target, [...columns, ...of('target')])]
}

/** `[NOT] MATCHED [BY SOURCE | BY TARGET] [AND condition] THEN action`. */
function readWhen(tokens: TokenStream): MergeClause {
  const isMissing = tokens.accept('NOT')
  tokens.expect('MATCHED')
  const isBy = tokens.accept('BY')
  const isBySource = isBy && tokens.accept('SOURCE')
  if (isBy && !isBySource) tokens.expect('TARGET')
  const condition = tokens.accept('AND') ? [readExpression(tokens)] : []
  tokens.expect('THEN')
  const { columns, values } = readAction(tokens)
  return { of: isMissing ? (isBySource ? 'target' : 'source') : 'both', columns, values: [...condition, ...values] }
}

const NO_ASSIGNMENTS: Assignments = { columns: [], values: [] }

function readAction(tokens: TokenStream): Assignments {
  if (tokens.accept('DELETE')) return NO_ASSIGNMENTS
  if (tokens.accept('UPDATE')) {
    tokens.expect('SET')
    return tokens.accept('*') ? NO_ASSIGNMENTS : readAssignments(tokens)
  }
  tokens.expect('INSERT')
  if (tokens.accept('*')) return NO_ASSIGNMENTS
  const names = tokens.at('(') ? readColumnNames(tokens) : []
  tokens.expect('VALUES', '(')
  const values = tokens.list(() => readExpression(tokens))
  tokens.expect(')')
  return { columns: names.map((name) => ({ kind: 'attribute', parts: [name] })), values }
}

function readTarget(tokens: TokenStream): { readonly name: readonly string[]; readonly target: UnresolvedRelation } {
  const table = readTableName(tokens)
  // SET behind the table of an UPDATE is no alias of it.
  return { name: table.name, target: tokens.before('SET', () => readAlias(tokens, table)) }
}

function readAssignments(tokens: TokenStream): Assignments {
  const columns: UnresolvedExpression[] = []
  const values: UnresolvedExpression[] = []
  tokens.list(() => {
    const start = tokens.peek()
    const parts = readQualifiedName(tokens, 'expected the name of a column')
    columns.push({ kind: 'attribute', parts, origin: tokens.originFrom(start) })
    tokens.expect('=')
    const isDefault = tokens.at('DEFAULT') && ![',', '.'].includes(tokens.peek(1).match)
    if (isDefault) tokens.next()
    else values.push(readExpression(tokens))
  })
  return { columns, values }
}

function readWhere(tokens: TokenStream, input: UnresolvedRelation): UnresolvedRelation {
  if (!tokens.accept('WHERE')) return input
  return { kind: 'filter', input, condition: readExpression(tokens) }
}

const telling = (input: UnresolvedRelation, expressions: readonly UnresolvedExpression[]): UnresolvedRelation =>
  expressions.length === 0 ? input : { kind: 'project', input, expressions }
