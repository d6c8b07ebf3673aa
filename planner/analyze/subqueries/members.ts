import { isOrderable } from '../../../columnar/orderable-types.js'
import { array, BIGINT, BINARY, type DataType, isNested, struct } from '../../../columnar/types.js'
import { call, literal, reference, routineCall } from '../../plan/expression/build.js'
import type { AggregateCall, Attribute, Expression, ExprId, NamedExpression } from '../../plan/expression/expression.js'
import { attributeOf, outputOf } from '../../plan/logical/output.js'
import type { LogicalDraw, LogicalPlan } from '../../plan/logical/plan.js'
import { keep } from '../names/visible.js'
import { castTo } from '../types/coercion.js'
import { readsStream } from './correlation.js'

/* What stands for a member of a domain: rows that are made of a text of megabytes are not to be compared by that text. */

/** A digest of the values where some may be long; a number where they have no order, by which rows could be sorted and digests be made. */
export type MemberMark = 'digest' | 'number'

/** What the rows of a subquery, which are many for each member, are compared by in place of the columns used; undefined where these will do. */
export function memberMark(around: LogicalPlan, used: readonly Attribute[]): MemberMark | undefined {
  if (readsStream(around)) return undefined
  if (used.some(({ type }) => !isOrderable(type))) return 'number'
  return used.some(({ type }) => mayBeLong(type)) ? 'digest' : undefined
}

const mayBeLong = (type: DataType): boolean => type.kind === 'string' || type.kind === 'binary' || isNested(type)

/** Sixteen bytes that are the same for equal values; NULL only for a single value that is. */
export function digestOf(used: readonly Attribute[]): Expression {
  const values = used.map((a) => (mayBeLong(a.type) ? digest(reference(a)) : reference(a)))
  return values.length === 1 ? values[0]! : digestOfBytes(orderKey(values))
}

function digest(e: Expression): Expression {
  if (e.type.kind === 'string') return digestOfBytes(castTo(e, BINARY))
  return digestOfBytes(e.type.kind === 'binary' ? e : orderKey([e]))
}

const digestOfBytes = (bytes: Expression): Expression =>
  routineCall({ by: 'kernel', name: 'bytesDigest', label: 'digest' }, BINARY, [bytes], undefined)

/** Bytes that sort as values do, one after the other. */
function orderKey(values: readonly Expression[]): Expression {
  const fields = values.map(({ type, nullable }, i) => ({ name: `_${i}`, type, nullable }))
  const row = call('named_struct', struct(fields), values)
  return call('order_key', BINARY, [call('array', array(row.type, false), [row])])
}

/** The rows with what tells the members that they are from each other. */
export function marked(
  input: LogicalPlan,
  used: readonly Attribute[],
  mark: MemberMark,
  nextId: () => ExprId,
): { readonly plan: LogicalPlan; readonly member: Attribute } {
  if (mark === 'number') return numberedRows(input, nextId)
  const column: NamedExpression = Object.freeze({ id: nextId(), name: '_member', expression: digestOf(used) })
  const projections = [...outputOf(input).map(keep), column]
  return { plan: Object.freeze({ kind: 'project', input, projections }), member: attributeOf(column) }
}

const LABEL = 'number of a member'

/** Whether random values are only such numbers, which differ also where members are numbered again for each row of another query around. */
export const numbersMembers = ({ call }: LogicalDraw): boolean => call.routine?.label === LABEL

/** The rows with a number each, which no other one has. */
function numberedRows(
  input: LogicalPlan,
  nextId: () => ExprId,
): { readonly plan: LogicalPlan; readonly member: Attribute } {
  const member: Attribute = Object.freeze({ id: nextId(), name: '_member', type: BIGINT, nullable: false })
  const number = routineCall({ by: 'draw', name: 'drawRow', label: LABEL }, BIGINT, [literal(BIGINT, 0n)], undefined)
  return { plan: Object.freeze({ kind: 'draw', input, call: number, column: member }), member }
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
