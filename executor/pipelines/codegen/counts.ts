import type { AggregateCall } from '../../../planner/plan/expression/expression.js'
import { whenNotNull } from '../../compiler/expression/nulls.js'
import type { Scope } from '../../compiler/expression/scope.js'
import type { Value } from '../../compiler/expression/value.js'
import type { Operand } from '../../compiler/wasm/types.js'
import type { Part } from './accumulator.js'
import type { Cells, CellType } from './cells.js'
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

  isNull(cells: Cells): Operand {
    return cells.push(0).op('i32.eqz').setNew('i32')
  }
}
