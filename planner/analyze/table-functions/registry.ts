import { array } from '../../../columnar/types.js'
import type { Origin } from '../../../common/errors/condition.js'
import { MillraceError } from '../../../common/errors/millrace-error.js'
import { quotedName, quotedPath } from '../../../common/errors/quoting.js'
import type { ExprId } from '../../plan/expression/expression.js'
import { outputOf } from '../../plan/logical/output.js'
import type { LogicalPlan } from '../../plan/logical/plan.js'
import type { UnresolvedCall } from '../../plan/unresolved/expression.js'
import type { UnresolvedRelation } from '../../plan/unresolved/relation.js'
import type { TableUserFunction } from '../../plan/unresolved/sql-function.js'
import { isFunction } from '../functions/registry.js'
import { Generators } from '../generators/generators.js'
import { generatorOf } from '../generators/misplaced.js'
import { tableGeneratorCalled } from '../generators/registry.js'
import type { Scope } from '../names/scope.js'
import { keep } from '../names/visible.js'
import { analyzeSqlTableCall } from '../sql-functions/table-call.js'
import type { AnalyzeSubquery } from '../subqueries/subqueries.js'
import { collations } from './collations.js'
import type { TableFunction } from './definition.js'
import { range } from './range.js'
import { sqlKeywords } from './sql-keywords.js'

type Call = Extract<UnresolvedRelation, { kind: 'tableFunction' }>

const TABLE_FUNCTIONS: Readonly<Record<string, TableFunction>> = { collations, range, sql_keywords: sqlKeywords }

/** Table functions of Spark 4 that need types or sources which do not exist here. */
const NOT_BUILT: ReadonlySet<string> = new Set(
  `explode explode_outer inline inline_outer posexplode posexplode_outer python_worker_logs`.split(/\s+/),
)

/** Where the functions of Spark itself are, when a name says so. */
const BUILTIN = /^(?:(?:system\.)?builtin\.)/

/**
 * The relation that a call in FROM is, under the names that stand behind it.
 * @throws UNRESOLVABLE_TABLE_VALUED_FUNCTION, NOT_A_TABLE_FUNCTION, WRONG_NUM_ARGS.WITHOUT_SUGGESTION, UNSUPPORTED_FEATURE
 */
export function analyzeTableFunction(
  node: Call,
  outer: Scope | undefined,
  nextId: () => ExprId,
  analyzeBody: AnalyzeSubquery,
): LogicalPlan {
  const { name: parts, args, columns, origin, written } = node
  if (written?.kind === 'userTable') {
    const plan = generatedTable(inlined(written, node), outer, nextId)
    return columns ? renamed(plan, quotedPath(written.name), columns, node) : plan
  }
  if (written) {
    const plan = analyzeSqlTableCall({ written, args, origin }, outer, nextId, analyzeBody)
    return columns ? renamed(plan, quotedPath(written.name), columns, node) : plan
  }
  const name = parts.join('.').toLowerCase().replace(BUILTIN, '')
  if (tableGeneratorCalled(name)) {
    const plan = generatedTable({ kind: 'function', name, args, ...(origin ? { origin } : {}) }, outer, nextId)
    return columns ? renamed(plan, quotedName(name), columns, node) : plan
  }
  if (!Object.hasOwn(TABLE_FUNCTIONS, name)) throw notCallable(name, parts, origin)
  const definition = TABLE_FUNCTIONS[name]!
  if (!definition.arities.includes(args.length)) {
    const { arities } = definition
    const expectedNum = arities.length === 1 ? String(arities[0]) : `[${arities.join(', ')}]`
    const parameters = { functionName: `\`${name}\``, expectedNum, actualNum: args.length }
    throw new MillraceError('WRONG_NUM_ARGS.WITHOUT_SUGGESTION', parameters, { origin })
  }
  const plan = definition.build({ args, outer, origin, nextId })
  return columns ? renamed(plan, quotedName(name), columns, node) : plan
}

/** What a generator makes of one row. */
function generatedTable(call: UnresolvedCall, outer: Scope | undefined, nextId: () => ExprId): LogicalPlan {
  const generators = new Generators(nextId, false, true)
  generatorOf(call)
  const projections = generators.columns(call, undefined, { scope: { attributes: [], outer }, clause: 'SELECT' })
  return Object.freeze({ kind: 'project', input: generators.attach(ONE_ROW), projections })
}

/** What a function of the user gives, an array of rows, as rows. */
function inlined({ kind: _, ...written }: TableUserFunction, { args, origin }: Call): UnresolvedCall {
  const at = origin ? { origin } : {}
  const returns = array(written.returns, false)
  const name = written.name.join('.')
  return {
    kind: 'function',
    name: 'inline',
    args: [{ kind: 'function', name, args, written: { ...written, kind: 'user', returns }, ...at }],
    ...at,
  }
}

const ONE_ROW: LogicalPlan = Object.freeze({ kind: 'oneRow' })

/** @param funcName with its quotes */
function renamed(plan: LogicalPlan, funcName: string, columns: readonly string[], { origin }: Call): LogicalPlan {
  const output = outputOf(plan)
  if (columns.length !== output.length) {
    const parameters = { funcName, aliasesNum: columns.length, outColsNum: output.length }
    throw new MillraceError('NUM_TABLE_VALUE_ALIASES_MISMATCH', parameters, { origin })
  }
  const projections = output.map((a, i) => Object.freeze({ ...keep(a), name: columns[i]! }))
  return Object.freeze({ kind: 'project', input: plan, projections })
}

function notCallable(name: string, parts: readonly string[], origin: Origin | undefined): MillraceError {
  if (NOT_BUILT.has(name))
    return new MillraceError('UNSUPPORTED_FEATURE', { feature: `the table function ${name}` }, { origin })
  if (isFunction(name)) return new MillraceError('NOT_A_TABLE_FUNCTION', { functionName: quotedName(name) }, { origin })
  return new MillraceError('UNRESOLVABLE_TABLE_VALUED_FUNCTION', { name: quotedPath(parts) }, { origin })
}
