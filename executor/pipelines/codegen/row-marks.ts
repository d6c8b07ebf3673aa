import type { CompilerContext } from '../../compiler/expression/context.js'
import type { Scope } from '../../compiler/expression/scope.js'
import type { FunctionBuilder } from '../../compiler/wasm/function-builder.js'
import type { Operand } from '../../compiler/wasm/types.js'
import { ROW_MARK_HASH, ROW_REMOVED } from '../../kernels/interface/table.js'
import { pushAddressOf, type RowFlow } from './consumer.js'
import type { AddedRow } from './group-probe.js'

/** When a row expires that is kept for ever. */
export const NEVER = (1n << 63n) - 1n

/** When a row is, or expires (i64), unless that is NULL. */
export interface RowExpiry {
  readonly micros: Operand
  readonly isNull: Operand | undefined
}

/** Emits what stateful operators note of their rows (see the end of executor/kernels/interface/table.ts). */
export class RowMarks {
  readonly #context: CompilerContext
  readonly #state: number
  readonly #mark: number
  readonly #late: number
  readonly #expires: number | undefined

  /**
   * @param state what the operator keeps; `mark` where marks lie in rows; both are offsets
   * @param late offset of a count of rows that came too late (i64)
   * @param expires where it says in rows when they expire, if it does
   */
  constructor(context: CompilerContext, state: number, mark: number, late: number, expires?: number) {
    this.#context = context
    this.#state = state
    this.#mark = mark
    this.#late = late
    this.#expires = expires
  }

  /** What is done with a row that was added. */
  added(expiry: RowExpiry | undefined): AddedRow {
    return (f, row, hash) => {
      f.get(row)
        .get(hash)
        .store('i32.store', this.#mark + ROW_MARK_HASH)
      if (!expiry) return
      this.#noteExpiry(f, row, expiry)
      f.block((never) => {
        if (expiry.isNull) f.get(expiry.isNull).brIf(never)
        pushAddressOf(this.#context, f, this.#state).get(row).get(expiry.micros)
        f.call(this.#context.kernel('stateExpires'))
      })
    }
  }

  #noteExpiry(f: FunctionBuilder, row: Operand, { micros, isNull }: RowExpiry): void {
    if (this.#expires === undefined) return
    f.get(row).get(micros)
    if (isNull) f.i64(NEVER).get(isNull).op('i32.eqz').select()
    f.store('i64.store', this.#expires)
  }

  /** Notes that the batch changed a row. */
  touch(f: FunctionBuilder, row: Operand): void {
    pushAddressOf(this.#context, f, this.#state).get(row).i32(this.#mark)
    f.call(this.#context.kernel('stateTouch'))
  }

  /** Skips a row that came too late, and counts it. @param late offset of the time up to where rows are late (i64) */
  skipLate(scope: Scope, { micros, isNull }: RowExpiry, late: number, { skip }: RowFlow): void {
    const { f } = scope
    f.get(micros).get(this.#context.constantsBase).load('i64.load', late).op('i64.le_s')
    if (isNull) f.get(isNull).op('i32.eqz').op('i32.and')
    f.if(() => {
      this.#countLate(f)
      f.br(skip)
    })
  }

  #countLate(f: FunctionBuilder): void {
    f.get(this.#context.constantsBase)
    f.get(this.#context.constantsBase).load('i64.load', this.#late).i64(1n).op('i64.add')
    f.store('i64.store', this.#late)
  }

  /** Pushes whether a row, that can still be read, was removed in the batch; not 0 when it was. */
  pushIsRemoved(f: FunctionBuilder, row: Operand): FunctionBuilder {
    return f.get(row).load('i32.load', this.#mark).i32(ROW_REMOVED).op('i32.and')
  }
}
