import { isOrderable } from '../../../columnar/orderable-types.js'
import { BIGINT, type DataType, isNested } from '../../../columnar/types.js'
import { literal, reference, routineCall } from '../../plan/expression/build.js'
import type { AggregateCall, Attribute, ExprId } from '../../plan/expression/expression.js'
import type { LogicalDraw, LogicalPlan } from '../../plan/logical/plan.js'
import { inputsOf } from '../../plan/logical/transform.js'
import { readsStream } from './correlation.js'

/* Members of a domain as numbers: rows that a generator makes of a text of megabytes are not to be compared by that text. */

/** Whether the rows of a subquery, which are many for each member, would be compared by values that may be long, or sorted by values without an order. */
export const areNumbered = (subquery: LogicalPlan, around: LogicalPlan, used: readonly Attribute[]): boolean =>
  (used.some(({ type }) => !isOrderable(type)) ||
    (used.some(({ type }) => mayBeLong(type)) && generatesRows(subquery))) &&
  !readsStream(around)

const mayBeLong = (type: DataType): boolean => type.kind === 'string' || type.kind === 'binary' || isNested(type)

const generatesRows = (plan: LogicalPlan): boolean => plan.kind === 'replicate' || inputsOf(plan).some(generatesRows)

const LABEL = 'number of a member'

/** Whether random values are only such numbers, which differ also where members are numbered again for each row of another query around. */
export const numbersMembers = ({ call }: LogicalDraw): boolean => call.routine?.label === LABEL

/** The rows with a number each, which no other one has. */
export function numberedRows(
  input: LogicalPlan,
  nextId: () => ExprId,
): { readonly plan: LogicalPlan; readonly number: Attribute } {
  const number: Attribute = Object.freeze({ id: nextId(), name: '_member', type: BIGINT, nullable: false })
  const call = routineCall({ by: 'draw', name: 'drawRow', label: LABEL }, BIGINT, [literal(BIGINT, 0n)], undefined)
  return { plan: Object.freeze({ kind: 'draw', input, call, column: number }), number }
}

/** The value that all rows of a group have. */
export const valueOfGroup = (column: Attribute, nextId: () => ExprId): AggregateCall =>
  Object.freeze({
    id: nextId(),
    name: column.name,
    fn: 'first',
    args: [reference(column)],
    distinct: false,
    type: column.type,
    nullable: column.nullable,
  })
