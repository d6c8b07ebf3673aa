import type { AggregateCall, WindowCall } from '../../../../planner/plan/expression/expression.js'
import type { AggregateFunction } from '../../../../planner/plan/expression/functions.js'
import type { Scope } from '../../../compiler/expression/scope.js'
import type { Local } from '../../../compiler/wasm/types.js'
import { type Accumulator, accumulatorFor } from '../accumulator.js'
import { whenAdded } from '../added-values.js'
import type { Cells } from '../cells.js'
import { HeldCells } from './held-cells.js'
import type { PartitionSite, WindowCode } from './partition-site.js'

/** An aggregate over frames that begin where the partition does: rows are only ever added. */
export class GrowingTotalCode implements WindowCode {
  readonly arrays = 0
  readonly #call: WindowCall
  readonly #accumulator: Accumulator
  #cells: readonly Cells[] = []

  constructor(call: WindowCall, fn: AggregateFunction, strings: number) {
    this.#call = call
    const aggregate: AggregateCall = { ...call, fn, distinct: false }
    this.#accumulator = accumulatorFor({ call: aggregate, strings, mayBeEmpty: true, inWindow: true })
  }

  begin({ f }: PartitionSite): void {
    this.#cells = this.#accumulator.parts.map(({ cells }) => new HeldCells(f, cells))
  }

  enter(_: PartitionSite, __: Local, scope: Scope): void {
    const { parts } = this.#accumulator
    whenAdded(scope, this.#call, false, (inner, values) => {
      for (const [i, part] of parts.entries()) part.add(inner, this.#cells[i]!, values)
    })
  }

  result({ f, rows, row }: PartitionSite): void {
    const value = this.#accumulator.result(rows.scopeAt(f, row), this.#cells)
    rows.storeComputed(f, row, this.#call, value)
  }
}
