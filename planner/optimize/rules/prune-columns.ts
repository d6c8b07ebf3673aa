import { reference } from '../../plan/expression/build.js'
import type { AggregateCall, Attribute, Expression, ExprId } from '../../plan/expression/expression.js'
import { referencesOf } from '../../plan/expression/transform.js'
import { outputIds, outputOf } from '../../plan/logical/output.js'
import type {
  LogicalEvaluate,
  LogicalExpand,
  LogicalPlan,
  LogicalProject,
  LogicalUnion,
  LogicalValues,
  LogicalWindow,
} from '../../plan/logical/plan.js'
import { mapExpressions, mapInputs, withInput } from '../../plan/logical/transform.js'
import type { Rule } from '../rule.js'

/** Keeps only the columns that somebody above reads: sources read less, joins and shuffles carry less. */
export const pruneColumns: Rule = {
  name: 'prune columns',
  apply: (plan) => prune(plan, outputIds(plan)),
}

type Wanted = ReadonlySet<ExprId>

const union = (wanted: Wanted, expressions: readonly Expression[]): Wanted => {
  const all = new Set(wanted)
  for (const e of expressions) referencesOf(e, all)
  return all
}

/** What aggregates read. */
const operandsOf = (aggregates: readonly AggregateCall[]): readonly Expression[] =>
  aggregates.flatMap(({ args, filter }) => [...args, ...(filter ? [filter] : [])])

const expressionOf = ({ expression }: { readonly expression: Expression }): Expression => expression

function prune(plan: LogicalPlan, wanted: Wanted): LogicalPlan {
  switch (plan.kind) {
    case 'scan': {
      const output = narrowed(plan.output, wanted)
      return output === plan.output ? plan : Object.freeze({ ...plan, output })
    }
    case 'project':
      return pruneProject(plan, wanted)
    case 'filter':
      return over(plan, union(wanted, [plan.condition]))
    case 'replicate': {
      const needed = union(wanted, [plan.times])
      const input = only(prune(plan.input, needed), needed)
      return withInput(plan, input)
    }
    case 'expand':
      return narrowedExpand(plan, wanted)
    case 'sort':
    case 'repartition':
      return over(plan, union(wanted, plan.orders.map(expressionOf)))
    case 'observe':
      return over(plan, union(wanted, operandsOf(plan.aggregates)))
    case 'watermark':
      return over(plan, new Set([...wanted, plan.column]))
    case 'deduplicate':
      return over(plan, new Set([...wanted, ...plan.keys, ...(plan.eventTime ? [plan.eventTime.column] : [])]))
    case 'draw':
      return wanted.has(plan.column.id) ? over(plan, union(wanted, plan.call.args)) : prune(plan.input, wanted)
    case 'evaluate':
      return pruneEvaluate(plan, wanted)
    case 'sample':
    case 'limit':
      return over(plan, wanted)
    case 'aggregate': {
      const aggregates = plan.isShared ? plan.aggregates : narrowed(plan.aggregates, wanted)
      const needed = union(new Set(), [...plan.keys.map((key) => key.expression), ...operandsOf(aggregates)])
      const input = only(prune(plan.input, needed), needed)
      return input === plan.input && aggregates === plan.aggregates
        ? plan
        : Object.freeze({ ...plan, input, aggregates })
    }
    case 'window':
      return pruneWindow(plan, wanted)
    case 'join': {
      const needed = plan.condition ? union(wanted, [plan.condition]) : wanted
      const [left, right] = [only(prune(plan.left, needed), needed), only(prune(plan.right, needed), needed)]
      return left === plan.left && right === plan.right ? plan : Object.freeze({ ...plan, left, right })
    }
    case 'values':
    case 'union': {
      const kept = [...plan.output.keys()].filter((i) => wanted.has(plan.output[i]!.id))
      return plan.kind === 'values' ? narrowedValues(plan, kept) : narrowedUnion(plan, kept)
    }
    // A cache holds all columns, whoever reads it; what is not needed is left out above it.
    case 'cached':
      return only(plan, wanted)
    // So does a function get all of them.
    case 'mapPartitions':
      return only(over(plan, union(new Set(), plan.given.map(expressionOf))), wanted)
    case 'local':
    case 'oneRow':
    case 'range':
      return plan
  }
}

function pruneProject(plan: LogicalProject, wanted: Wanted): LogicalPlan {
  const projections = narrowed(plan.projections, wanted)
  const pruned = prune(plan.input, union(new Set(), projections.map(expressionOf)))
  // A second projection below this one would be collapsed with it, and put there again, round after round.
  const input = pruned.kind === 'project' && pruned.input === plan.input ? plan.input : pruned
  return input === plan.input && projections === plan.projections
    ? plan
    : Object.freeze({ ...plan, input, projections })
}

/** There are as many copies however few of their constants are read. */
function narrowedExpand(plan: LogicalExpand, wanted: Wanted): LogicalPlan {
  const narrower = only(prune(plan.input, wanted), wanted)
  const kept = [...plan.added.keys()].filter((i) => wanted.has(plan.added[i]!.id))
  if (kept.length === plan.added.length) return mapInputs(plan, () => narrower)
  const copies = plan.copies.map((copy) => kept.map((i) => copy[i]!))
  return Object.freeze({ ...plan, input: narrower, copies, added: kept.map((i) => plan.added[i]!) })
}

/** Functions whose columns nobody reads are not called. */
function pruneEvaluate(plan: LogicalEvaluate, wanted: Wanted): LogicalPlan {
  const calls = plan.calls.filter(({ column }) => wanted.has(column.id))
  if (calls.length === 0) return prune(plan.input, wanted)
  const kept: LogicalEvaluate = calls.length === plan.calls.length ? plan : Object.freeze({ ...plan, calls })
  const own = calls.flatMap(({ call }) => call.args)
  const input = prune(plan.input, union(wanted, own))
  return withInput(kept, input)
}

/** Without its calls a window passes its input on. */
function pruneWindow(plan: LogicalWindow, wanted: Wanted): LogicalPlan {
  const calls = narrowed(plan.calls, wanted)
  if (calls.length === 0) return prune(plan.input, wanted)
  const kept: LogicalWindow = calls === plan.calls ? plan : Object.freeze({ ...plan, calls })
  const own: Expression[] = []
  mapExpressions(kept, (e) => {
    own.push(e)
    return e
  })
  const given = new Set(plan.calls.map(({ id }) => id))
  const below = new Set([...wanted].filter((id) => !given.has(id)))
  const needed = union(below, own)
  const input = only(prune(plan.input, needed), needed)
  return withInput(kept, input)
}

function narrowedValues(plan: LogicalValues, kept: readonly number[]): LogicalPlan {
  if (kept.length === plan.output.length) return plan
  const output = kept.map((i) => plan.output[i]!)
  return Object.freeze({ ...plan, output, rows: plan.rows.map((row) => kept.map((i) => row[i]!)) })
}

/** Columns of a union belong together by position, so that each input must give exactly those kept. */
function narrowedUnion(plan: LogicalUnion, kept: readonly number[]): LogicalPlan {
  const isWhole = kept.length === plan.output.length
  const narrow = (input: LogicalPlan): LogicalPlan => {
    const columns = outputOf(input)
    const narrower = isWhole
      ? input
      : projectionOf(
          input,
          kept.map((i) => columns[i]!),
        )
    return prune(narrower, outputIds(narrower))
  }
  const narrowed = mapInputs(plan, narrow)
  return isWhole ? narrowed : Object.freeze({ ...narrowed, output: kept.map((i) => plan.output[i]!) } as LogicalUnion)
}

/** The node over an input that keeps what is needed. */
function over(plan: Extract<LogicalPlan, { input: LogicalPlan }>, needed: Wanted): LogicalPlan {
  return mapInputs(plan, (input) => prune(input, needed))
}

function narrowed<T extends { readonly id: ExprId }>(members: readonly T[], wanted: Wanted): readonly T[] {
  const kept = members.filter(({ id }) => wanted.has(id))
  return kept.length === members.length ? members : kept
}

/** The relation with only the columns wanted. A projection there is narrowed by `prune` itself. */
function only(plan: LogicalPlan, wanted: Wanted): LogicalPlan {
  const columns: readonly Attribute[] = outputOf(plan)
  const kept = columns.filter((a) => wanted.has(a.id))
  if (kept.length === columns.length) return plan
  return projectionOf(plan, kept)
}

function projectionOf(plan: LogicalPlan, kept: readonly Attribute[]): LogicalPlan {
  const projections = kept.map((a) => Object.freeze({ id: a.id, name: a.name, expression: reference(a) }))
  return Object.freeze({ kind: 'project', input: plan, projections })
}
