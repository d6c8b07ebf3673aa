import type { AggregateCall, Expression } from '../../../../planner/plan/expression/expression.js'
import type { CompilerContext } from '../../../compiler/expression/context.js'
import type { FunctionBuilder } from '../../../compiler/wasm/function-builder.js'
import type { Part } from '../accumulator.js'
import type { Cells } from '../cells.js'
import type { VectorColumns } from '../vector-test.js'
import { LaneCompiler } from './lane-compiler.js'
import type { EmitLanes } from './lanes.js'
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
  const compiler = new LaneCompiler(columns, context)
  const sums = aggregates.map((aggregate) => vectorSum(f, compiler, aggregate))
  if (!sums.every((sum) => sum !== undefined)) return undefined
  return {
    rows: (site) => {
      // All values first: rows that are hard must not be added twice.
      const values = sums.map(({ arg }) => arg?.(site))
      sums.forEach(({ parts }, i) => {
        for (const { add } of parts) add(values[i])
      })
    },
    end: (scope) => {
      for (const { parts } of sums) for (const { end, cells } of parts) end(scope, cells)
    },
  }
}

function vectorSum(f: FunctionBuilder, compiler: LaneCompiler, { call, parts }: AddedUp) {
  const [first, ...others] = call.args
  const arg: EmitLanes | undefined = first && compiler.lanesOf(unwidened(first))
  if (call.filter || others.length > 0 || (first && !arg)) return undefined
  const made = parts.map(([part, cells]) => {
    const vector = part.inVectors?.(f)
    return vector && { ...vector, cells }
  })
  return made.every((part) => part !== undefined) ? { arg, parts: made } : undefined
}

/** Sums are of 64 bits, and so is what is added: lanes are widened where they are. */
const unwidened = (e: Expression): Expression =>
  e.kind === 'cast' && e.type.kind === 'bigint' && e.child.type.kind === 'int' ? e.child : e
