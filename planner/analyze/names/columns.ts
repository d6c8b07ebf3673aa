import { MillraceError } from '../../../common/errors/millrace-error.js'
import { quotedName } from '../../../common/errors/quoting.js'
import { reference } from '../../plan/expression/build.js'
import type { Expression, ExprId, NamedExpression } from '../../plan/expression/expression.js'
import { outputOf } from '../../plan/logical/output.js'
import type { LogicalPlan } from '../../plan/logical/plan.js'
import type { UnresolvedRelation } from '../../plan/unresolved/relation.js'
import { resolveExpression } from '../expressions.js'
import { Generators } from '../generators/generators.js'
import { generatorOf } from '../generators/misplaced.js'
import type { Surroundings } from '../select.js'
import { Windows } from '../windows/windows.js'
import { nameKey } from './names.js'
import { lookUp, resolveName, type Scope } from './scope.js'
import { keep, keepAll } from './visible.js'

type Node<K extends UnresolvedRelation['kind']> = Extract<UnresolvedRelation, { kind: K }>

/* The relations of the DataFrame API that add, rename and leave out columns. */

/** A relation with more columns; those of a name that is there are replaced. */
export function withColumns(
  node: Node<'withColumns'>,
  input: LogicalPlan,
  nextId: () => ExprId,
  { outer, subqueriesOver }: Surroundings,
): LogicalPlan {
  const scope: Scope = { attributes: outputOf(input), outer }
  const subqueries = subqueriesOver(scope, input)
  if (node.mustExist) for (const { name } of node.columns) resolveName(scope, { parts: [name], origin: node.origin })
  const windows = new Windows(nextId)
  const generators = new Generators(nextId)
  const added = new Map<string, NamedExpression>()
  for (const { name, expression } of node.columns) {
    const context = { scope, clause: 'SELECT', subqueries, windows } as const
    const call = generatorOf(expression)
    const resolved: Expression = call
      ? generators.columns(call, [name], context)[0]!.expression
      : resolveExpression(expression, context)
    if (added.has(nameKey(name))) throw new MillraceError('COLUMN_ALREADY_EXISTS', { columnName: quotedName(name) })
    added.set(nameKey(name), Object.freeze({ id: nextId(), name, expression: resolved }))
  }
  const replaced = new Set<string>()
  const output = outputOf(input)
  const kept = output
    .filter(({ isHidden }) => !isHidden)
    .map((a) => {
      const key = nameKey(a.name)
      const column = added.get(key)
      if (column) replaced.add(key)
      return column ?? keep(a)
    })
  const appended = [...added].filter(([key]) => !replaced.has(key)).map(([, column]) => column)
  const hidden = keepAll(output.filter(({ isHidden }) => isHidden))
  const columns = [...added.values()]
  const base = windows.attach(generators.attach(subqueries.attach(input)), columns)
  return Object.freeze({ kind: 'project', input: base, projections: [...kept, ...appended, ...hidden] })
}

/** Columns under other names, or without some. Names that do not exist are no error of the DataFrame API, as in Spark. */
export const renamedOrDropped = (
  node: Node<'withColumnsRenamed'> | Node<'drop'>,
  input: LogicalPlan,
  nextId: () => ExprId,
): LogicalPlan => (node.kind === 'drop' ? withoutColumns(node, input) : withRenamed(node, input, nextId))

function withRenamed(node: Node<'withColumnsRenamed'>, input: LogicalPlan, nextId: () => ExprId): LogicalPlan {
  const names = new Map(node.renames.map(({ from, to }) => [nameKey(from), to]))
  const projections = outputOf(input).map((a): NamedExpression => {
    const name = names.get(nameKey(a.name))
    return name === undefined ? keep(a) : Object.freeze({ id: nextId(), name, expression: reference(a) })
  })
  return Object.freeze({ kind: 'project', input, projections })
}

function withoutColumns(node: Node<'drop'>, input: LogicalPlan): LogicalPlan {
  const output = outputOf(input)
  const names = new Set<string>()
  const ids = new Set<ExprId>()
  for (const column of node.columns) {
    const found = typeof column !== 'string' && column.kind === 'attribute' && lookUp({ attributes: output }, column)
    if (typeof column === 'string') names.add(nameKey(column))
    else if (found && found.kind === 'attribute') ids.add(found.id)
  }
  const projections = output.filter((a) => !names.has(nameKey(a.name)) && !ids.has(a.id)).map(keep)
  return Object.freeze({ kind: 'project', input, projections })
}
