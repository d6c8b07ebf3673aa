import type { FrameBound, WindowCall } from '../../planner/plan/expression/expression.js'
import type { PhysicalPlan } from '../../planner/plan/physical/plan.js'
import { attribute, bound, exprId, order } from './stages.js'

export const UNBOUNDED: FrameBound = { kind: 'unbounded' }
export const CURRENT: FrameBound = { kind: 'current' }
export const at = (offset: number): FrameBound => ({ kind: 'offset', offset })

/** A function of a window; its frame goes from the first row to the current one unless it is given. */
export type Shape = Pick<WindowCall, 'fn' | 'type'> & Partial<WindowCall>

/** A window over rows that are in the order of their partitions. */
export function windowOver(
  input: PhysicalPlan,
  partitionBy: readonly string[],
  orderBy: readonly string[],
  shapes: readonly Shape[],
): PhysicalPlan {
  const calls = shapes.map(
    (shape, i): WindowCall => ({
      id: exprId(),
      name: `w${i}`,
      args: [],
      ignoresNulls: false,
      nullable: true,
      frame: { unit: 'rows', lower: UNBOUNDED, upper: CURRENT },
      ...shape,
    }),
  )
  return {
    kind: 'window',
    inputs: [input],
    partitionBy: partitionBy.map((name) => bound(input, name)),
    orderBy: orderBy.map((name) => order(bound(input, name), 'asc')),
    calls,
    attributes: [...input.attributes, ...calls.map(({ name, type, nullable }) => attribute(name, type, nullable))],
  }
}
