import { BIGINT, BOOLEAN, type DataType, quotedTypeName, TINYINT } from '../../../columnar/types.js'
import { MillraceError } from '../../../common/errors/millrace-error.js'
import { isStreaming } from '../../physical/streaming.js'
import { call, literal, reference } from '../../plan/expression/build.js'
import type { AggregateCall, Attribute, Expression, ExprId, NamedExpression } from '../../plan/expression/expression.js'
import { attributeOf, outputOf } from '../../plan/logical/output.js'
import type { LogicalPlan } from '../../plan/logical/plan.js'
import type { SetOperation, UnresolvedRelation } from '../../plan/unresolved/relation.js'
import { keep } from '../names/visible.js'
import { castTo } from '../types/coercion.js'
import { commonType } from '../types/common-types.js'
import { eachOnce, refuseIncomparable } from './distinct.js'
import { alignedByName } from './union-by-name.js'

type Node = Extract<UnresolvedRelation, { kind: 'setOperation' }>
type NextId = () => ExprId

/**
 * UNION, INTERSECT and EXCEPT. The latter two count, over a union of both sides, how often each row comes from which side: NULLs are equal there
 * as they are for GROUP BY.
 * @throws NUM_COLUMNS_MISMATCH, INCOMPATIBLE_COLUMN_TYPE, UNSUPPORTED_FEATURE.SET_OPERATION_ON_*_TYPE
 */
export function analyzeSetOperation(node: Node, written: readonly LogicalPlan[], nextId: NextId): LogicalPlan {
  const inputs = node.byName ? alignedByName(written, node.byName === 'missing columns are NULL', nextId) : written
  if (!(node.operation === 'union' && node.all)) refuseIncomparable(inputs[0]!, node)
  const types = inputs.slice(1).reduce((known, input) => widened(known, input, node), typesOf(inputs[0]!))
  const alike = inputs.map((input) => withTypes(input, types, node, nextId))
  if (node.operation !== 'union') return compared(node, alike, nextId)
  const all = unionOf(alike, nextId, node.withInitial)
  return node.all ? all : eachOnce(all, nextId)
}

const typesOf = (plan: LogicalPlan): readonly DataType[] => outputOf(plan).map(({ type }) => type)

/** The name of the operation in Spark's messages. */
const operatorName = ({ operation, all }: Node): string =>
  `${operation.toUpperCase()}${all && operation !== 'union' ? ' ALL' : ''}`

/** The types of the inputs before together with those of one more. Spark takes two at a time, so that what does not fit is always the second. */
function widened(known: readonly DataType[], input: LogicalPlan, node: Node): readonly DataType[] {
  const { origin } = node
  const types = typesOf(input)
  if (types.length !== known.length) {
    const parameters = {
      operator: operatorName(node),
      firstNumColumns: known.length,
      invalidOrdinalNum: 'second',
      invalidNumColumns: types.length,
    }
    throw new MillraceError('NUM_COLUMNS_MISMATCH', parameters, { origin })
  }
  return known.map((type, i) => {
    const wider = commonType(type, types[i]!)
    if (wider !== undefined) return wider
    const parameters = {
      operator: operatorName(node),
      tableOrdinalNumber: 'second',
      columnOrdinalNumber: ordinalOf(i),
      dataType1: quotedTypeName(types[i]!),
      dataType2: quotedTypeName(type),
      hint: '',
    }
    throw new MillraceError('INCOMPATIBLE_COLUMN_TYPE', parameters, { origin })
  })
}

const ORDINALS = ['first', 'second', 'third']
const ordinalOf = (position: number): string => ORDINALS[position] ?? `${position + 1}th`

/** The input with its columns as these types. */
function withTypes(input: LogicalPlan, types: readonly DataType[], { origin }: Node, nextId: NextId): LogicalPlan {
  const columns = outputOf(input)
  const typed = columns.map((a, i) => castTo(reference(a, origin), types[i]!))
  if (typed.every(({ kind }) => kind === 'attribute')) return input
  const projections = columns.map((a, i): NamedExpression => {
    const expression = typed[i]!
    return expression.kind === 'attribute' ? keep(a) : Object.freeze({ ...keep(a), id: nextId(), expression })
  })
  return Object.freeze({ kind: 'project', input, projections })
}

/** All rows of the inputs, under the names of the first and the relations that these are of. */
function unionOf(inputs: readonly LogicalPlan[], nextId: NextId, withInitial?: true): LogicalPlan {
  const columns = inputs.map(outputOf)
  const output = columns[0]!.map((first, i): Attribute => {
    const nullable = columns.some((all) => all[i]!.nullable)
    return Object.freeze({ ...first, id: nextId(), nullable })
  })
  return Object.freeze({ kind: 'union', inputs, output, ...(withInitial ? { withInitial } : {}) })
}

interface Comparison {
  /** Which rows are kept, by how often they come from the left and from the right. */
  isKept(left: Expression, right: Expression, all: boolean): Expression
  /** How often each is given that is kept, with ALL. */
  times(left: Expression, right: Expression): Expression
}

const COMPARISONS: Readonly<Record<Exclude<SetOperation, 'union'>, Comparison>> = {
  intersect: {
    isKept: (left, right) => call('and', BOOLEAN, [isThere(left), isThere(right)]),
    times: (left, right) => {
      const branches = [{ when: call('lt', BOOLEAN, [left, right]), value: left }]
      return Object.freeze({ kind: 'case', branches, otherwise: right, type: BIGINT, nullable: false })
    },
  },
  except: {
    isKept: (left, right, all) =>
      all
        ? call('gt', BOOLEAN, [left, right])
        : call('and', BOOLEAN, [isThere(left), call('eq', BOOLEAN, [right, NONE])]),
    times: (left, right) => call('subtract', BIGINT, [left, right]),
  },
}
const NONE = literal(BIGINT, 0n)
const isThere = (count: Expression): Expression => call('gt', BOOLEAN, [count, NONE])

function compared(node: Node, inputs: readonly LogicalPlan[], nextId: NextId): LogicalPlan {
  const { operation, all, origin } = node
  if (operation === 'union') return unionOf(inputs, nextId)
  if (inputs.some(isStreaming))
    throw new MillraceError('UNSUPPORTED_FEATURE', { feature: `${operatorName(node)} of a stream` }, { origin })
  const { grouped, keys, counts } = counted(inputs, nextId)
  const { isKept, times } = COMPARISONS[operation]
  const [left, right] = counts as [Expression, Expression]
  const kept: LogicalPlan = Object.freeze({ kind: 'filter', input: grouped, condition: isKept(left, right, all) })
  const input = all ? Object.freeze({ kind: 'replicate', input: kept, times: times(left, right) } as const) : kept
  return Object.freeze({ kind: 'project', input, projections: keys.map((key) => keep(attributeOf(key))) })
}

interface Counted {
  readonly grouped: LogicalPlan
  readonly keys: readonly NamedExpression[]
  /** How often the row comes from each input. */
  readonly counts: readonly Expression[]
}

/** Each row of the inputs once. */
function counted(inputs: readonly LogicalPlan[], nextId: NextId): Counted {
  const sides = inputs.map((input, side): LogicalPlan => {
    const tag = Object.freeze({ id: nextId(), name: 'side', expression: literal(TINYINT, side) })
    return Object.freeze({ kind: 'project', input, projections: [...outputOf(input).map(keep), tag] })
  })
  const both = unionOf(sides, nextId)
  const columns = outputOf(both)
  const tag = reference(columns.at(-1)!)
  const keys = columns.slice(0, -1).map(keep)
  const aggregates = inputs.map((_, side): AggregateCall => {
    const filter = call('eq', BOOLEAN, [tag, literal(TINYINT, side)])
    const shape = { fn: 'count', args: [], distinct: false, type: BIGINT, nullable: false } as const
    return Object.freeze({ ...shape, id: nextId(), name: `count${side}`, filter })
  })
  const counts = aggregates.map((count) => reference(count))
  return { grouped: Object.freeze({ kind: 'aggregate', input: both, keys, aggregates }), keys, counts }
}
