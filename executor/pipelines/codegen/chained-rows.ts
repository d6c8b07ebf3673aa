import type { CompilerContext } from '../../compiler/expression/context.js'
import type { FunctionBuilder } from '../../compiler/wasm/function-builder.js'
import type { Label, Local, Operand } from '../../compiler/wasm/types.js'
import { CHAINED_ROW_EXPIRES, JOIN_ROW_HASH, JOIN_ROW_NEXT } from '../../kernels/interface/rows.js'
import { TABLE_DIRECTORY, TABLE_MASK } from '../../kernels/interface/table.js'
import { loadSlot, pushAddressOf } from './consumer.js'
import { lookUp } from './join-lookup.js'
import { ReturningRows } from './returning-rows.js'
import { NEVER, type RowExpiry } from './row-marks.js'

/** Emits how rows of state are found, added and removed of which several may have the same keys (executor/kernels/assembly/state/chained-state.ts). */
export class ChainedRows {
  readonly #context: CompilerContext
  readonly #state: number
  readonly #width: number
  readonly #mark: number
  readonly #returning: ReturningRows

  /** @param state what the operator keeps, an offset; of a row its width, and where its mark lies */
  constructor(context: CompilerContext, state: number, width: number, mark: number) {
    this.#context = context
    this.#state = state
    this.#width = width
    this.#mark = mark
    this.#returning = new ReturningRows(context, state, true)
  }

  /** Runs over the rows with a hash, the last one added first. What `each` emits may go on to the next one, and may remove the row. */
  forEach(f: FunctionBuilder, hash: Operand, each: (row: Local, next: Label) => void): void {
    this.ask(f, hash)
    const header = {
      directory: loadSlot(this.#context, f, this.#state + TABLE_DIRECTORY),
      mask: loadSlot(this.#context, f, this.#state + TABLE_MASK),
    }
    const [row, following] = [f.local('i32'), f.local('i32')]
    lookUp(f, hash, header, row)
    f.get(row).if(() => {
      f.loop((again) => {
        f.get(row).load('i32.load', JOIN_ROW_NEXT).set(following)
        f.block((next) => {
          f.get(row).load('i32.load', JOIN_ROW_HASH).get(hash).op('i32.ne').brIf(next)
          each(row, next)
        })
        f.get(following).tee(row).brIf(again)
      })
    })
  }

  /** Has the rows with a hash come back that are on disk. Before one is added this must have been: rows with a hash are together. */
  ask(f: FunctionBuilder, hash: Operand): void {
    this.#returning.ask(f, hash)
  }

  /** Adds a row of zeros; its address. */
  insert(f: FunctionBuilder, hash: Operand): Local {
    pushAddressOf(this.#context, f, this.#state).get(hash).i32(this.#width)
    return f.call(this.#context.kernel('chainInsert')).setNew('i32')
  }

  remove(f: FunctionBuilder, row: Operand): void {
    pushAddressOf(this.#context, f, this.#state).get(row).i32(this.#mark)
    f.call(this.#context.kernel('chainRemove'))
  }

  /** Notes in a row when it expires (i64). */
  setExpiry(f: FunctionBuilder, row: Operand, { micros, isNull }: RowExpiry): void {
    f.get(row).get(micros)
    if (isNull) f.i64(NEVER).get(isNull).op('i32.eqz').select()
    f.store('i64.store', CHAINED_ROW_EXPIRES)
  }
}
