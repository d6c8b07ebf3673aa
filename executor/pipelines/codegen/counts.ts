import type { AggregateCall } from '../../../planner/plan/expression/expression.js'
import { whenNotNull } from '../../compiler/expression/nulls.js'
import type { Scope } from '../../compiler/expression/scope.js'
import type { Value } from '../../compiler/expression/value.js'
import type { FunctionBuilder } from '../../compiler/wasm/function-builder.js'
import type { Operand } from '../../compiler/wasm/types.js'
import type { Part, VectorPart } from './accumulator.js'
import type { Cells, CellType } from './cells.js'
import { LANES, type Lanes } from './lanes/lanes.js'
import { addedText } from './part-key.js'

/** How many values were added. */
export class CountPart implements Part {
  readonly key: string
  readonly cells: readonly CellType[] = ['i64']
  readonly takesNull = false
  readonly #state: number

  /** @param state position among the state columns of the aggregate */
  constructor(call: AggregateCall, state: number) {
    // What is never NULL counts rows, whatever it is.
    const args = call.args.filter(({ nullable }) => nullable)
    this.key = `count ${addedText({ ...call, args })}`
    this.#state = state
  }

  add(_: Scope, cells: Cells): void {
    cells.push(0).i64(1n).op('i64.add')
    cells.set(0)
  }

  merge(_: Scope, cells: Cells, state: readonly Value[]): void {
    const { value } = state[this.#state] as { readonly value: Operand }
    cells.push(0).get(value).op('i64.add')
    cells.set(0)
  }

  inVectors(f: FunctionBuilder): VectorPart {
    const rows = f.atEntry('i32', () => f.i32(0))
    return {
      add: (lanes) => {
        f.get(rows)
        if (lanes?.valid) f.get(lanes.valid).op('i32x4.bitmask').op('i32.popcnt')
        else f.i32(LANES)
        f.op('i32.add').set(rows)
      },
      end: (_, cells) => {
        cells.push(0).get(rows).op('i64.extend_i32_u').op('i64.add')
        cells.set(0)
      },
    }
  }

  value(cells: Cells): Operand {
    return cells.push(0).setNew('i64')
  }
}

/** Whether a value was added. */
export class SeenPart implements Part {
  readonly key: string
  readonly cells: readonly CellType[] = ['i32']
  readonly takesNull = false

  constructor(call: AggregateCall) {
    this.key = `seen ${addedText(call)}`
  }

  add({ f }: Scope, cells: Cells): void {
    f.i32(1)
    cells.set(0)
  }

  merge(scope: Scope, cells: Cells, [value]: readonly Value[]): void {
    whenNotNull(scope.f, value!.isNull, () => this.add(scope, cells))
  }

  inVectors(f: FunctionBuilder): VectorPart {
    const seen = seenInVectors(f)
    return { add: seen.add, end: (scope, cells) => seen.whenSeen(() => this.add(scope, cells)) }
  }

  isNull(cells: Cells): Operand {
    return cells.push(0).op('i32.eqz').setNew('i32')
  }
}

/** Whether lanes held a value. */
export function seenInVectors(f: FunctionBuilder): {
  add(lanes: Lanes | undefined): void
  whenSeen(emit: () => void): void
} {
  const seen = f.atEntry('v128', () => f.i32(0).op('i32x4.splat'))
  const all = f.atEntry('v128', () => f.i32(-1).op('i32x4.splat'))
  return {
    add: (lanes) =>
      f
        .get(seen)
        .get(lanes?.valid ?? all)
        .op('v128.or')
        .set(seen),
    whenSeen: (emit) => f.get(seen).op('v128.any_true').if(emit),
  }
}
