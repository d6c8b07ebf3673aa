import type { Expression, WindowCall } from '../../../../planner/plan/expression/expression.js'
import type { PhysicalWindow } from '../../../../planner/plan/physical/window.js'
import { compileExpression } from '../../../compiler/expression/compile.js'
import type { CompilerContext } from '../../../compiler/expression/context.js'
import { pushNullSafeEquality } from '../../../compiler/expression/functions/comparison.js'
import { type ColumnSource, Scope } from '../../../compiler/expression/scope.js'
import type { Value } from '../../../compiler/expression/value.js'
import type { FunctionBuilder } from '../../../compiler/wasm/function-builder.js'
import type { Local, Operand } from '../../../compiler/wasm/types.js'
import { WINDOW_COMPLETE, WINDOW_COUNT, WINDOW_FIRST_END, WINDOW_LAST } from '../../../kernels/interface/table.js'
import { type Consumer, loadSlot, pushSlot } from '../consumer.js'
import { PayloadLayout } from '../payload-layout.js'
import { rowRefs } from '../row-refs.js'
import { oneTable } from '../table-place.js'
import { resultKind } from './result-kind.js'

const PEERS_BEGIN = 1
const PARTITION_BEGINS = 2
const BOTH_BEGIN = PEERS_BEGIN | PARTITION_BEGINS

/** Bytes of a member of an array. */
const MEMBER_BYTES = 8
/** In place of the number of a row. */
export const NO_ROW = -1

/**
 * The rows of the partition at hand, in a table at an offset of the data area: the columns of the input, whether a partition or a group of
 * equal rows begins, room for the results, and the members of arrays that functions use while they run over the partition. Everything else
 * knows rows by their numbers (see `RowFinders`).
 */
export class WindowRows {
  readonly width: number
  /** Offset in the data area of where the refs to strings in a row are. */
  readonly refs: number
  readonly #context: CompilerContext
  readonly #plan: PhysicalWindow
  readonly #table: number
  readonly #input: PayloadLayout
  readonly #computed: PayloadLayout
  /** Of each call its position among the computed ones, or where the number of its row is. */
  readonly #places: readonly number[]
  readonly #flags: number
  readonly #members: number
  /** The flags with which rows begin that come behind complete ones. */
  readonly #begins: number

  /**
   * @param members how many members of arrays each row has (see `pushMember`)
   * @param isRunning whether rows are complete once those that are equal to them by the order are known (see `CarriedState`)
   */
  constructor(context: CompilerContext, plan: PhysicalWindow, table: number, members: number, isRunning: boolean) {
    this.#begins = isRunning ? PEERS_BEGIN : PARTITION_BEGINS
    this.#context = context
    this.#plan = plan
    this.#table = table
    this.#input = new PayloadLayout(context, plan.inputs[0].attributes, 0)
    const computed = plan.calls.filter((call) => resultKind(call.fn) === 'computed')
    this.#computed = new PayloadLayout(context, computed, this.#input.end)
    let next = this.#computed.end
    this.#places = plan.calls.map((call) => {
      const position = computed.indexOf(call)
      if (position >= 0) return position
      next += 4
      return next - 4
    })
    this.#flags = next
    this.#members = (next + 4 + 7) & ~7
    this.width = this.#members + members * MEMBER_BYTES
    this.refs = rowRefs(context, this.#input.refs)
  }

  /**
   * Adds rows.
   * @param whenComplete emits that complete rows are to be passed on before further rows come
   * @param stopped offset in the data area of a u32 that is 1 when nobody wants further results
   */
  filledBy(whenComplete: (f: FunctionBuilder) => void, stopped: number): Consumer {
    const { constantsBase } = this.#context
    let last: Local
    let stop: number
    return {
      begin: (f) => {
        last = loadSlot(this.#context, f, this.#table + WINDOW_LAST)
      },
      row: (scope, flow) => {
        stop = flow.stop
        this.#add(scope, last)
      },
      end: (f) => {
        f.get(constantsBase)
          .get(last)
          .store('i32.store', this.#table + WINDOW_LAST)
        f.get(constantsBase).load('i32.load', this.#table + WINDOW_COMPLETE)
        f.if(() => whenComplete(f))
        f.get(constantsBase).load('i32.load', stopped)
        f.if(() => f.get(constantsBase).i32(1).store('i32.store', stop))
      },
    }
  }

  /** Adds the current row behind the last one, and notes what begins with it. */
  #add(scope: Scope, last: Local): void {
    const { f } = scope
    const { constantsBase } = this.#context
    this.#pushTable(f).i32(this.width).call(this.#context.kernel('windowAllocate'))
    const row = f.setNew('i32')
    this.#input.storeAll(scope, row, oneTable(this.#context, this.#table))
    const flags = f.i32(BOTH_BEGIN).setNew('i32')
    f.get(last).if(() => {
      const inner = scope.fork()
      this.#pushSame(inner, last, this.#plan.partitionBy)
      f.if(() => {
        const orders = this.#plan.orderBy.map(({ expression }) => expression)
        this.#pushSame(inner.fork(), last, orders)
        f.op('i32.eqz').set(flags)
      })
    })
    f.get(row).get(flags).store('i32.store', this.#flags)
    f.get(flags).i32(this.#begins).op('i32.and')
    f.if(() => {
      const before = pushSlot(this.#context, f, this.#table + WINDOW_COUNT)
        .i32(1)
        .op('i32.sub')
        .setNew('i32')
      pushSlot(this.#context, f, this.#table + WINDOW_COMPLETE).op('i32.eqz')
      f.if(() =>
        f
          .get(constantsBase)
          .get(before)
          .store('i32.store', this.#table + WINDOW_FIRST_END),
      )
      f.get(constantsBase)
        .get(before)
        .store('i32.store', this.#table + WINDOW_COMPLETE)
    })
    f.get(row).set(last)
  }

  /** Pushes 1 when keys have the same values for the current row and the one before. */
  #pushSame(scope: Scope, last: Local, keys: readonly Expression[]): void {
    const { f } = scope
    const before = scope.over(this.input(last))
    f.i32(1)
    for (const key of keys) {
      pushNullSafeEquality(scope, compileExpression(key, scope), compileExpression(key, before))
      f.op('i32.and')
    }
  }

  #pushTable(f: FunctionBuilder): FunctionBuilder {
    return f.get(this.#context.constantsBase).i32(this.#table).op('i32.add')
  }

  /** Pushes whether rows with another order than those before begin at a row; a partition begins with them too. */
  pushPeersBegin(f: FunctionBuilder, row: Operand): FunctionBuilder {
    return f.get(row).load('i32.load', this.#flags).i32(PEERS_BEGIN).op('i32.and')
  }

  pushPartitionBegins(f: FunctionBuilder, row: Operand): FunctionBuilder {
    return f.get(row).load('i32.load', this.#flags).i32(PARTITION_BEGINS).op('i32.and')
  }

  /** Pushes the address of a row's member of an array. Pops the address of the row. */
  pushMemberOf(f: FunctionBuilder, array: number): FunctionBuilder {
    return f.i32(this.#members + array * MEMBER_BYTES).op('i32.add')
  }

  /** The columns of the input of the row at an address. */
  input(row: Operand): ColumnSource {
    return this.#input.source(row)
  }

  scopeAt(f: FunctionBuilder, row: Operand): Scope {
    return new Scope(this.#context, f, this.input(row))
  }

  storeComputed(f: FunctionBuilder, row: Operand, call: WindowCall, value: Value): void {
    this.#computed.store(f, row, this.#placeOf(call), value, oneTable(this.#context, this.#table))
  }

  /** Stores the number of the row that the result is taken from, `NO_ROW` for none. */
  storeRow(f: FunctionBuilder, row: Operand, call: WindowCall, found: Operand): void {
    f.get(row).get(found).store('i32.store', this.#placeOf(call))
  }

  loadComputed(f: FunctionBuilder, row: Operand, call: WindowCall): Value {
    return this.#computed.load(f, row, this.#placeOf(call))
  }

  loadRow(f: FunctionBuilder, row: Operand, call: WindowCall): Local {
    return f.get(row).load('i32.load', this.#placeOf(call)).setNew('i32')
  }

  #placeOf(call: WindowCall): number {
    return this.#places[this.#plan.calls.indexOf(call)]!
  }
}
