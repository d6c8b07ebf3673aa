import type { ExprId } from '../../plan/expression/expression.js'
import { outputOf } from '../../plan/logical/output.js'
import type { LogicalPlan } from '../../plan/logical/plan.js'
import type { UnresolvedRelation } from '../../plan/unresolved/relation.js'
import { keepAll } from '../names/visible.js'
import type { Surroundings } from '../select.js'
import { Generators } from './generators.js'
import { generatorOf } from './misplaced.js'

type LateralView = Extract<UnresolvedRelation, { kind: 'lateralView' }>

/** LATERAL VIEW. With OUTER a row stays for which there would be none. */
export function analyzeLateralView(
  { call, isOuter, alias, columns }: LateralView,
  input: LogicalPlan,
  nextId: () => ExprId,
  { outer, subqueriesOver }: Surroundings,
): LogicalPlan {
  const scope = { attributes: outputOf(input), outer }
  const subqueries = subqueriesOver(scope, input)
  const generators = new Generators(nextId)
  generatorOf(call)
  const added = generators.columns(call, columns, { scope, clause: 'SELECT', subqueries }, isOuter)
  const projections = [...keepAll(scope.attributes), ...added.map((column) => ({ ...column, qualifier: [alias] }))]
  return Object.freeze({ kind: 'project', input: generators.attach(subqueries.attach(input)), projections })
}
