import type { AggregateCall, WindowCall } from '../../../../planner/plan/expression/expression.js'
import type { AggregateFunction } from '../../../../planner/plan/expression/functions.js'
import { compileExpression } from '../../../compiler/expression/compile.js'
import type { Scope } from '../../../compiler/expression/scope.js'
import { assign, newSlots } from '../../../compiler/expression/slots.js'
import type { Value } from '../../../compiler/expression/value.js'
import type { Local, Operand } from '../../../compiler/wasm/types.js'
import { type Accumulator, accumulatorFor } from '../accumulator.js'
import { whenAdded } from '../added-values.js'
import type { TablePlace } from '../table-place.js'
import { valueSource } from '../value-source.js'
import { HeldCells, type HeldLocal } from './held-cells.js'
import { forEach, type PartitionSite, rowAt, type WindowCode } from './partition-site.js'

/** An aggregate over a frame, whose state lies in locals. */
abstract class FrameTotalCode implements WindowCode {
  readonly arrays = 0
  protected readonly call: WindowCall
  protected readonly accumulator: Accumulator
  protected cells: readonly HeldCells[] = []
  /** The result for the frame before, and whether another must be computed: frames of equal rows, or of a whole partition, are the same. */
  #last!: Value
  #isNew!: Local

  constructor(call: WindowCall, fn: AggregateFunction, table: TablePlace) {
    this.call = call
    const aggregate: AggregateCall = { ...call, fn, distinct: false }
    this.accumulator = accumulatorFor({ call: aggregate, table, mayBeEmpty: true, inWindow: true })
  }

  begin({ f }: PartitionSite): void {
    this.cells = this.accumulator.parts.map(({ cells }) => new HeldCells(f, cells))
    this.#last = newSlots(f, this.call.type, true)
    this.#isNew = f.i32(1).setNew('i32')
  }

  /** The frame has another row, or one less. */
  protected changed({ f }: PartitionSite): void {
    f.i32(1).set(this.#isNew)
  }

  protected add(scope: Scope): void {
    const { parts } = this.accumulator
    const takesNull = parts.some((part) => part.takesNull)
    whenAdded(scope, this.call, takesNull, (inner, values) => {
      for (const [i, part] of parts.entries()) part.add(inner, this.cells[i]!, values)
    })
  }

  /** Brings the state to that of the frame, where it is not kept so row by row. */
  protected total(_site: PartitionSite, _lower: Operand, _upper: Operand): void {}

  result(site: PartitionSite, lower: Operand, upper: Operand): void {
    const { f, rows, row } = site
    f.get(this.#isNew).if(() => {
      this.total(site, lower, upper)
      const scope = rows.scopeAt(f, row)
      const { finish } = this.call
      const value = this.accumulator.result(scope, this.cells)
      assign(f, this.#last, finish ? compileExpression(finish, scope.over(valueSource([value]))) : value)
      f.i32(0).set(this.#isNew)
    })
    rows.storeComputed(f, row, this.call, this.#last)
  }
}

/** An aggregate over frames that begin where the partition does: rows are only ever added. */
export class GrowingTotalCode extends FrameTotalCode {
  readonly carried?: () => readonly HeldLocal[]

  constructor(call: WindowCall, fn: AggregateFunction, table: TablePlace) {
    super(call, fn, table)
    // Bytes would lie with the rows that are dropped.
    const keepsBytes = this.accumulator.parts.some(({ refCells = [] }) => refCells.length > 0)
    if (call.frame.upper.kind === 'current' && !keepsBytes)
      this.carried = () => this.cells.flatMap(({ locals }) => locals)
  }

  enter(site: PartitionSite, _: Local, scope: Scope): void {
    this.changed(site)
    this.add(scope)
  }
}

/** An aggregate over frames that rows leave, which cannot be taken away from it: all rows of each frame are added again. */
export class RecomputedCode extends FrameTotalCode {
  enter(site: PartitionSite): void {
    this.changed(site)
  }

  leave(site: PartitionSite): void {
    this.changed(site)
  }

  protected override total(site: PartitionSite, lower: Operand, upper: Operand): void {
    this.accumulator.parts.forEach(({ refCells }, i) => {
      this.cells[i]!.clear(refCells)
    })
    forEach(site.f, lower, upper, (index) => this.add(site.rows.scopeAt(site.f, rowAt(site, index))))
  }
}
