import type { Expression, WindowCall } from '../../../../planner/plan/expression/expression.js'
import type { PhysicalWindow } from '../../../../planner/plan/physical/window.js'
import { compileExpression } from '../../../compiler/expression/compile.js'
import type { CompilerContext } from '../../../compiler/expression/context.js'
import { pushNullSafeEquality } from '../../../compiler/expression/functions/comparison.js'
import { type ColumnSource, Scope } from '../../../compiler/expression/scope.js'
import type { Value } from '../../../compiler/expression/value.js'
import type { FunctionBuilder } from '../../../compiler/wasm/function-builder.js'
import type { Local, Operand } from '../../../compiler/wasm/types.js'
import {
  TABLE_STRING_STORE,
  WINDOW_ADDRESSES,
  WINDOW_COMPLETE,
  WINDOW_COUNT,
  WINDOW_LAST,
} from '../../../kernels/interface/table.js'
import { type Consumer, loadSlot, pushSlot } from '../consumer.js'
import { PayloadLayout } from '../payload-layout.js'
import { rowRefs } from '../row-refs.js'
import { resultKind } from './result-kind.js'

const PEERS_BEGIN = 1
const PARTITION_BEGINS = 2
const BOTH_BEGIN = PEERS_BEGIN | PARTITION_BEGINS

/**
 * The rows of the partition at hand, in a table at an offset of the data area: the columns of the input, whether a partition or a group of
 * equal rows begins, and room for the results. Everything asks it for rows by their numbers, so that only this class and its kernel
 * know where they lie.
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
  /** Of each call its position among the computed ones, or where the address of its row is. */
  readonly #places: readonly number[]
  readonly #flags: number

  constructor(context: CompilerContext, plan: PhysicalWindow, table: number) {
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
    this.width = (next + 4 + 7) & ~7
    this.refs = rowRefs(context, this.#input.refs)
  }

  /**
   * Adds rows.
   * @param whenComplete emits that complete partitions are to be passed on before further rows come
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
    this.#input.storeAll(scope, row, this.#table + TABLE_STRING_STORE)
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
    f.get(flags).i32(BOTH_BEGIN).op('i32.eq')
    f.if(() => {
      f.get(constantsBase)
      pushSlot(this.#context, f, this.#table + WINDOW_COUNT)
        .i32(1)
        .op('i32.sub')
      f.store('i32.store', this.#table + WINDOW_COMPLETE)
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

  /** Where rows are found by their numbers, to be kept at hand. */
  directory(f: FunctionBuilder): Local {
    return loadSlot(this.#context, f, this.#table + WINDOW_ADDRESSES)
  }

  /** Pushes the address of the row with a number. */
  pushRow(f: FunctionBuilder, directory: Operand, index: Operand): FunctionBuilder {
    return f.get(directory).get(index).i32(2).op('i32.shl').op('i32.add').load('i32.load')
  }

  /** Pushes whether rows with another order than those before begin at a row; a partition begins with them too. */
  pushPeersBegin(f: FunctionBuilder, row: Operand): FunctionBuilder {
    return f.get(row).load('i32.load', this.#flags).i32(PEERS_BEGIN).op('i32.and')
  }

  pushPartitionBegins(f: FunctionBuilder, row: Operand): FunctionBuilder {
    return f.get(row).load('i32.load', this.#flags).i32(PARTITION_BEGINS).op('i32.and')
  }

  /** Pushes the address of so many bytes that functions may use while they run over a partition. Pops the number. */
  scratch(f: FunctionBuilder, bytes: Local): FunctionBuilder {
    return this.#pushTable(f).get(bytes).call(this.#context.kernel('windowScratch'))
  }

  /** The columns of the input of the row at an address. */
  input(row: Operand): ColumnSource {
    return this.#input.source(row)
  }

  scopeAt(f: FunctionBuilder, row: Operand): Scope {
    return new Scope(this.#context, f, this.input(row))
  }

  storeComputed(f: FunctionBuilder, row: Operand, call: WindowCall, value: Value): void {
    this.#computed.store(f, row, this.#placeOf(call), value, this.#table + TABLE_STRING_STORE)
  }

  storeRow(f: FunctionBuilder, row: Operand, call: WindowCall, found: Operand): void {
    f.get(row).get(found).store('i32.store', this.#placeOf(call))
  }

  loadComputed(f: FunctionBuilder, row: Operand, call: WindowCall): Value {
    return this.#computed.load(f, row, this.#placeOf(call))
  }

  /** The address of the row that the result is taken from, 0 for none. */
  loadRow(f: FunctionBuilder, row: Operand, call: WindowCall): Local {
    return f.get(row).load('i32.load', this.#placeOf(call)).setNew('i32')
  }

  #placeOf(call: WindowCall): number {
    return this.#places[this.#plan.calls.indexOf(call)]!
  }
}
