import { QUERY_GRAMMAR } from '../../planner/sql/query.js'
import { type Surroundings, TokenStream } from '../../planner/sql/token-stream.js'
import { type ScriptStatement, script } from '../script/script.js'
import { type AlterDatabaseStatement, alterDatabase } from './alter-database.js'
import { type AlterTableStatement, alterTable } from './alter-table.js'
import { type AlterViewStatement, alterView } from './alter-view.js'
import {
  type AnalyzeTableStatement,
  type AnalyzeTablesStatement,
  analyzeTable,
  analyzeTables,
} from './analyze-table.js'
import {
  type CacheStatement,
  type ClearCacheStatement,
  cacheTable,
  clearCache,
  type RefreshStatement,
  refreshTable,
  type UncacheStatement,
  uncacheTable,
} from './cache.js'
import { type ChangeRowsStatement, changeRows } from './change-rows.js'
import { type CommentOnStatement, commentOn } from './comment-on.js'
import { createFunction } from './create-function.js'
import { type CreateTableStatement, createTable } from './create-table.js'
import { type CreateTemporaryViewStatement, createTemporaryView } from './create-temporary-view.js'
import { type CreateViewStatement, createView } from './create-view.js'
import {
  type CreateDatabaseStatement,
  createDatabase,
  type DescribeDatabaseStatement,
  type DropDatabaseStatement,
  describeDatabase,
  dropDatabase,
  type ShowDatabasesStatement,
  showDatabases,
  type UseStatement,
  use,
} from './databases.js'
import {
  type DeclareVariableStatement,
  type DropVariableStatement,
  declareVariable,
  dropVariable,
} from './declare-variable.js'
import { type DescribeFunctionStatement, describeFunction } from './describe-function.js'
import { type DescribeQueryStatement, describeQuery } from './describe-query.js'
import { type DescribeTableStatement, describeTable } from './describe-table.js'
import { type DropFunctionStatement, dropFunction } from './drop-function.js'
import { type DropRelationStatement, dropTable, dropView } from './drop-relation.js'
import { type ExecuteImmediateStatement, executeImmediate } from './execute-immediate.js'
import { type ExplainStatement, explain } from './explain.js'
import type { CreateFunctionStatement } from './function-statement.js'
import { type InsertStatement, insert } from './insert.js'
import { type InsertDirectoryStatement, insertDirectory } from './insert-directory.js'
import { type QueryStatement, query } from './query.js'
import { type RepairTableStatement, repairTable } from './repair-table.js'
import { type SetPathStatement, setPath } from './set-path.js'
import { type SetVariableStatement, setVariable } from './set-variable.js'
import { type ResetStatement, reset, type SetStatement, set } from './settings.js'
import { type ShowCatalogsStatement, type ShowCurrentStatement, showCatalogs, showCurrent } from './show-current.js'
import { type ShowFunctionsStatement, showFunctions } from './show-functions.js'
import { type ShowRelationsStatement, showTables, showViews } from './show-relations.js'
import {
  type ShowColumnsStatement,
  type ShowCreateStatement,
  type ShowPartitionsStatement,
  type ShowPropertiesStatement,
  showColumns,
  showCreate,
  showPartitions,
  showProperties,
} from './show-table.js'
import { type ShowTableExtendedStatement, showTableExtended } from './show-table-extended.js'
import { doneAfter, type Outcome, type StatementContext, type StatementKind } from './statement.js'
import { type TruncateStatement, truncate } from './truncate.js'

/** What a line of SQL may be. */
export type Statement =
  | AlterDatabaseStatement
  | AlterTableStatement
  | AlterViewStatement
  | AnalyzeTableStatement
  | AnalyzeTablesStatement
  | CacheStatement
  | ChangeRowsStatement
  | ClearCacheStatement
  | CommentOnStatement
  | CreateDatabaseStatement
  | CreateFunctionStatement
  | CreateTableStatement
  | CreateTemporaryViewStatement
  | CreateViewStatement
  | DeclareVariableStatement
  | DescribeDatabaseStatement
  | DescribeFunctionStatement
  | DescribeQueryStatement
  | DescribeTableStatement
  | DropDatabaseStatement
  | DropFunctionStatement
  | DropRelationStatement<'dropTable'>
  | DropRelationStatement<'dropView'>
  | DropVariableStatement
  | ExecuteImmediateStatement
  | ExplainStatement
  | InsertDirectoryStatement
  | InsertStatement
  | QueryStatement
  | RefreshStatement
  | RepairTableStatement
  | ResetStatement
  | ScriptStatement
  | SetPathStatement
  | SetStatement
  | SetVariableStatement
  | ShowCatalogsStatement
  | ShowColumnsStatement
  | ShowCreateStatement
  | ShowCurrentStatement
  | ShowDatabasesStatement
  | ShowFunctionsStatement
  | ShowPartitionsStatement
  | ShowPropertiesStatement
  | ShowRelationsStatement<'showTables'>
  | ShowRelationsStatement<'showViews'>
  | ShowTableExtendedStatement
  | TruncateStatement
  | UncacheStatement
  | UseStatement

type Kinds = { readonly [K in Statement['kind']]: StatementKind<Extract<Statement, { readonly kind: K }>> }

/** Every kind of statement there is; the first that knows how a text begins reads it. */
const STATEMENTS: Kinds = {
  explain,
  createTemporaryView,
  createView,
  createTable,
  createFunction,
  createDatabase,
  insertDirectory,
  insert,
  changeRows,
  dropTable,
  dropView,
  dropFunction,
  dropDatabase,
  use,
  alterDatabase,
  alterTable,
  alterView,
  truncate,
  describeDatabase,
  describeFunction,
  describeQuery,
  describeTable,
  showTables,
  showTableExtended,
  showViews,
  showCurrent,
  showCatalogs,
  showDatabases,
  showColumns,
  showProperties,
  showPartitions,
  showCreate,
  showFunctions,
  setVariable,
  setPath,
  set,
  reset,
  cacheTable,
  uncacheTable,
  clearCache,
  refreshTable,
  repairTable,
  analyzeTable,
  analyzeTables,
  commentOn,
  declareVariable,
  dropVariable,
  executeImmediate,
  script,
  query,
}

const QUERY = STATEMENTS.query as StatementKind<Statement>
const IN_ORDER = Object.values(STATEMENTS) as readonly StatementKind<Statement>[]

/** First words of statements that Spark knows and this engine does not. */
const NOT_BUILT = new Set(
  'ADD ALTER ANALYZE CACHE CALL CLEAR COMMENT CREATE DECLARE DROP EXECUTE INSERT LIST LOAD MSCK REFRESH REPAIR REPLACE RESET SET SHOW TRUNCATE UNCACHE USE'.split(
    ' ',
  ),
)

/** Those of them with which several statements begin. */
const OF_SEVERAL = new Set('ALTER ANALYZE CACHE CLEAR COMMENT CREATE DROP MSCK REFRESH REPAIR SHOW'.split(' '))

/** Reads one statement. @throws PARSE_SYNTAX_ERROR, UNSUPPORTED_FEATURE */
export function parseStatement(text: string, surroundings: Surroundings = {}): Statement {
  const tokens = new TokenStream(text, QUERY_GRAMMAR, surroundings)
  const statement = readStatement(tokens)
  tokens.expectEnd()
  return statement
}

/** Reads a statement within another text. @throws PARSE_SYNTAX_ERROR, UNSUPPORTED_FEATURE */
export function readStatement(tokens: TokenStream): Statement {
  for (const kind of IN_ORDER) {
    if (kind === QUERY && tokens.atAny(NOT_BUILT)) throw tokens.unsupported(`the statement ${firstWords(tokens)}`)
    const statement = kind.read(tokens, readStatement)
    if (statement) return statement
  }
  throw tokens.unexpected()
}

/** Of a word that statements begin with that there are, the one behind it tells which is meant. */
function firstWords(tokens: TokenStream): string {
  const [{ match }, next] = [tokens.peek(), tokens.peek(1)]
  return OF_SEVERAL.has(match) && next.kind === 'word' ? `${match} ${next.match}` : match
}

const kindOf = (statement: Statement): StatementKind<Statement> =>
  STATEMENTS[statement.kind] as StatementKind<Statement>

/** Runs a statement. @throws the conditions of what touches only the session; those of others come with its rows */
export function runStatement(statement: Statement, context: StatementContext): Outcome {
  const kind = kindOf(statement)
  if (kind.isLocal) return kind.run(statement, context)
  try {
    return kind.run(statement, context)
  } catch (error) {
    return doneAfter(Promise.reject(error))
  }
}

/** What can be known of a statement before it runs, but takes time. @throws the conditions of its analysis */
export async function checkStatement(statement: Statement, context: StatementContext): Promise<void> {
  await kindOf(statement).check?.(statement, context)
}
