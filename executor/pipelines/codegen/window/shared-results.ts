import type { WindowCall } from '../../../../planner/plan/expression/expression.js'
import type { CompilerContext } from '../../../compiler/expression/context.js'
import type { FunctionBuilder } from '../../../compiler/wasm/function-builder.js'
import type { Local, Operand } from '../../../compiler/wasm/types.js'
import { pushSlot } from '../consumer.js'
import type { Pass } from './partitions.js'
import { isForWhole } from './result-kind.js'
import type { RowFinders } from './row-finder.js'

const FLAG_BYTES = 4

/**
 * Results that are the same for all rows of a partition. Of one on disk, whose rows are read alone, only the first row gets them, and the others are not
 * written again.
 */
export class SharedResults {
  /** Offset in the data area of a u32 that is 1 while the rows are those of one partition. */
  readonly alone: number
  readonly #context: CompilerContext
  readonly #passes: ReadonlySet<Pass>
  readonly #calls: ReadonlySet<WindowCall>

  constructor(context: CompilerContext, passes: readonly Pass[]) {
    const shared = passes.filter(({ calls }) => calls.every(isForWhole))
    this.alone = context.constants.reserve(FLAG_BYTES)
    this.#context = context
    this.#passes = new Set(shared)
    this.#calls = new Set(shared.flatMap(({ calls }) => calls))
  }

  /** The end of the rows that get the results of a pass. */
  endOf(f: FunctionBuilder, pass: Pass, first: Local, end: Local): Local {
    if (!this.#passes.has(pass)) return end
    f.get(first).i32(1).op('i32.add').get(end)
    return pushSlot(this.#context, f, this.alone).select().setNew('i32')
  }

  /** The row that has the result of a call for a row. */
  rowWith(f: FunctionBuilder, call: WindowCall, finders: RowFinders, row: Operand): Operand {
    if (!this.#calls.has(call)) return row
    const first = f.i32(0).setNew('i32')
    pushSlot(this.#context, f, this.alone)
    f.if(
      () => finders.in(f).push(first),
      () => f.get(row),
      'i32',
    )
    return f.setNew('i32')
  }
}
