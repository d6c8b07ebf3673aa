import type { AggregateCall, WindowCall } from '../../../../planner/plan/expression/expression.js'
import type { AggregateFunction } from '../../../../planner/plan/expression/functions.js'
import type { Scope } from '../../../compiler/expression/scope.js'
import type { FunctionBuilder } from '../../../compiler/wasm/function-builder.js'
import type { Local, Operand } from '../../../compiler/wasm/types.js'
import { type Accumulator, accumulatorFor } from '../accumulator.js'
import { whenAdded } from '../added-values.js'
import type { Cells, CellType } from '../cells.js'
import type { TablePlace } from '../table-place.js'
import { HeldCells } from './held-cells.js'
import { type PartitionSite, pushMember, rowAt, type WindowCode } from './partition-site.js'

/** Cells in arrays, at the member of a row. */
class MemberCells implements Cells {
  readonly #site: PartitionSite
  readonly #types: readonly CellType[]
  readonly #arrays: readonly number[]
  readonly #row: Operand

  constructor(site: PartitionSite, types: readonly CellType[], arrays: readonly number[], row: Operand) {
    this.#site = site
    this.#types = types
    this.#arrays = arrays
    this.#row = row
  }

  push(index: number): FunctionBuilder {
    return pushMember(this.#site, this.#arrays[index]!, this.#row).load(`${this.#types[index]!}.load`)
  }

  set(index: number): void {
    const type = this.#types[index]!
    const { f } = this.#site
    f.scratch(type, (value) => {
      f.set(value)
      pushMember(this.#site, this.#arrays[index]!, this.#row, true).get(value).store(`${type}.store`)
    })
  }
}

/**
 * Aggregates of doubles in frames that rows come to and leave. Taking a double away again is not exact, and nothing takes NaN away. So
 * the frame is two parts: of the front one the state from each row to its end is kept, and when its rows have all left it is made anew of
 * the rows behind it, whose state alone is known. Every row is added twice.
 */
export class SlidingStateCode implements WindowCode {
  readonly arrays: number
  readonly #call: WindowCall
  readonly #accumulator: Accumulator
  /** The arrays of each part of the aggregate. */
  #front: readonly (readonly number[])[] = []
  #back: readonly HeldCells[] = []
  /** Where the front part ends. */
  #middle!: Local

  constructor(call: WindowCall, fn: AggregateFunction, table: TablePlace) {
    this.#call = call
    const aggregate: AggregateCall = { ...call, fn, distinct: false }
    this.#accumulator = accumulatorFor({ call: aggregate, table, mayBeEmpty: true, inWindow: true })
    this.arrays = this.#accumulator.parts.reduce((sum, { cells }) => sum + cells.length, 0)
  }

  begin(site: PartitionSite): void {
    const { f, first } = site
    const { parts } = this.#accumulator
    this.#front = parts.map(({ cells }) => cells.map(() => site.array()))
    this.#back = parts.map(({ cells }) => new HeldCells(f, cells))
    this.#middle = f.get(first).setNew('i32')
  }

  enter(_: PartitionSite, __: Local, scope: Scope): void {
    const { parts } = this.#accumulator
    const takesNull = parts.some((part) => part.takesNull)
    whenAdded(scope, this.#call, takesNull, (inner, values) => {
      for (const [i, part] of parts.entries()) part.add(inner, this.#back[i]!, values)
    })
  }

  /** The row that leaves is the first of the frame: from the front part it goes by itself. */
  leave(site: PartitionSite, index: Local): void {
    const { f, entered } = site
    f.get(index).get(this.#middle).op('i32.ge_s')
    f.if(() => {
      f.get(entered).set(this.#middle)
      for (const cells of this.#back) cells.clear()
      this.#fillFront(site, index)
      for (const cells of this.#back) cells.clear()
    })
  }

  /** From the end of the front part to a row, the states of what lies between. */
  #fillFront(site: PartitionSite, from: Local): void {
    const { f, rows, entered } = site
    const at = f.get(entered).setNew('i32')
    f.block((done) => {
      f.loop((again) => {
        f.get(at).get(from).op('i32.le_s').brIf(done)
        f.get(at).i32(1).op('i32.sub').set(at)
        this.enter(site, at, rows.scopeAt(f, rowAt(site, at)))
        for (const [i, front] of this.#frontAt(site, at).entries()) {
          this.#accumulator.parts[i]!.cells.forEach((_, cell) => {
            this.#back[i]!.push(cell)
            front.set(cell)
          })
        }
        f.br(again)
      })
    })
  }

  #frontAt(site: PartitionSite, row: Operand): readonly Cells[] {
    return this.#accumulator.parts.map(({ cells }, i) => new MemberCells(site, cells, this.#front[i]!, row))
  }

  result(site: PartitionSite): void {
    const { f, rows, row, left } = site
    const scope = rows.scopeAt(f, row)
    const whole = this.#back.map((cells) => cells.copy())
    f.get(left).get(this.#middle).op('i32.lt_s')
    f.if(() => {
      const state = this.#accumulator.state(scope, this.#frontAt(site, left))
      for (const [i, part] of this.#accumulator.parts.entries()) part.merge(scope, whole[i]!, state)
    })
    rows.storeComputed(f, row, this.#call, this.#accumulator.result(scope, whole))
  }
}
