import type { AggregateCall, Expression } from '../../../../planner/plan/expression/expression.js'
import type { CompilerContext } from '../../../compiler/expression/context.js'
import type { FunctionBuilder } from '../../../compiler/wasm/function-builder.js'
import type { Operand } from '../../../compiler/wasm/types.js'
import type { Part } from '../accumulator.js'
import type { Cells } from '../cells.js'
import type { VectorColumns } from '../vector-test.js'
import { LaneCompiler } from './lane-compiler.js'
import type { VectorRows } from './vector-rows.js'

/** An aggregate, its parts and the cells that these add to. */
export interface AddedUp {
  readonly call: AggregateCall
  readonly parts: readonly (readonly [part: Part, cells: Cells])[]
}

/** How aggregates add up several rows at a time; undefined where one of them cannot. */
export function vectorSums(
  f: FunctionBuilder,
  columns: VectorColumns,
  context: CompilerContext,
  aggregates: readonly AddedUp[],
): VectorRows | undefined {
  const compilers = { some: new LaneCompiler(columns, context, false), whole: new LaneCompiler(columns, context, true) }
  const sums = aggregates.map((aggregate) => vectorSum(f, compilers, aggregate))
  if (!sums.every((sum) => sum !== undefined)) return undefined
  const rows =
    (kind: 'some' | 'whole'): VectorRows['rows'] =>
    (site) => {
      // All values first: rows that are hard must not be added twice.
      const values = sums.map((sum) => sum[kind]?.(site))
      sums.forEach(({ parts }, i) => {
        for (const { add } of parts) add(values[i])
      })
    }
  const validities = [...compilers.some.validities]
  return {
    rows: rows('some'),
    ...(validities.length > 0 && {
      whole: { rows: rows('whole'), push: (first, end) => pushAreWhole(f, validities, first, end, context) },
    }),
    end: (scope) => {
      for (const { parts } of sums) for (const { end, cells } of parts) end(scope, cells)
    },
  }
}

/** Pushes whether columns have no NULL from a row on. */
function pushAreWhole(
  f: FunctionBuilder,
  validities: readonly Operand[],
  first: Operand,
  end: Operand,
  context: CompilerContext,
): void {
  validities.forEach((validity, i) => {
    f.get(validity).get(first).op('i32.add').get(end).get(first).op('i32.sub').i32(1)
    f.call(context.kernel('allBytesAre'))
    if (i > 0) f.op('i32.and')
  })
}

function vectorSum(
  f: FunctionBuilder,
  { some, whole }: Readonly<Record<'some' | 'whole', LaneCompiler>>,
  { call, parts }: AddedUp,
) {
  const [first, ...others] = call.args
  const [arg, argOfWhole] = [some, whole].map((compiler) => first && compiler.lanesOf(unwidened(first)))
  if (call.filter || others.length > 0 || (first && !arg)) return undefined
  const made = parts.map(([part, cells]) => {
    const vector = part.inVectors?.(f)
    return vector && { ...vector, cells }
  })
  return made.every((part) => part !== undefined) ? { some: arg, whole: argOfWhole, parts: made } : undefined
}

/** Sums are of 64 bits, and so is what is added: lanes are widened where they are. */
const unwidened = (e: Expression): Expression =>
  e.kind === 'cast' && e.type.kind === 'bigint' && e.child.type.kind === 'int' ? e.child : e
