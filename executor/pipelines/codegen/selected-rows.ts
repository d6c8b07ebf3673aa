import { MAX_BATCH_ROWS } from '../../../connectors/api.js'
import type { CompilerContext } from '../../compiler/expression/context.js'
import type { Scope } from '../../compiler/expression/scope.js'
import type { FunctionBuilder } from '../../compiler/wasm/function-builder.js'
import type { Local, Operand } from '../../compiler/wasm/types.js'
import type { Selection } from './consumer.js'

/** The locals of a loop over a batch. */
interface BatchLoop {
  readonly first: Operand
  readonly end: Operand
  /** The row that scopes refer to. */
  readonly row: Local
  readonly index: Local
}

const ROW_BYTES = 4

/**
 * The rows of a batch that pass a consumer's tests, as numbers in the data area: every test is a loop that writes down each row and moves on
 * behind it only if it passed (see "Vectorization vs. compilation in query execution", Sompolski et al., 2011). One list serves all
 * pipelines of a module, since they run one after the other.
 */
export class SelectedRows {
  readonly #context: CompilerContext
  readonly #rows: number
  readonly #kept: number

  constructor(context: CompilerContext) {
    this.#context = context
    this.#rows = context.constants.reserve(MAX_BATCH_ROWS * ROW_BYTES)
    this.#kept = context.constants.reserve(MAX_BATCH_ROWS * ROW_BYTES)
  }

  /** Emits the loops of the tests, then the one over the rows that passed. `scopeOfRow` gives a new scope of the loop's row. */
  run(f: FunctionBuilder, loop: BatchLoop, selection: Selection, scopeOfRow: () => Scope, stop: number): void {
    const [count, base, kept] = [f.local('i32'), f.local('i32'), f.local('i32')]
    f.get(this.#context.constantsBase).set(base)
    selection.tests.forEach((test, i) => {
      const end = i === 0 ? loop.end : f.get(count).setNew('i32')
      f.i32(0).set(count)
      if (i === 0) f.get(loop.first).set(loop.index)
      else f.i32(0).set(loop.index)
      this.#loop(f, loop.index, end, () => {
        if (i === 0) f.get(loop.index).set(loop.row)
        else this.#load(f, base, this.#rows, loop.index, loop.row)
        const value = test(scopeOfRow())
        const passed = f.setNew('i32')
        const at = this.#address(f, base, count)
        f.get(at).get(loop.row).store('i32.store', this.#rows)
        if (value) f.get(at).get(value).store('i32.store', this.#kept)
        f.get(count).get(passed).op('i32.add').set(count)
      })
    })
    f.i32(0).set(loop.index)
    f.block((done) => {
      this.#loop(f, loop.index, count, () => {
        this.#load(f, base, this.#rows, loop.index, loop.row)
        this.#load(f, base, this.#kept, loop.index, kept)
        f.block((skip) => selection.row(scopeOfRow(), { skip, done, stop }, kept))
      })
    })
  }

  #loop(f: FunctionBuilder, index: Local, end: Operand, body: () => void): void {
    f.block((exit) => {
      f.loop((again) => {
        f.get(index).get(end).op('i32.ge_u').brIf(exit)
        body()
        f.get(index).i32(1).op('i32.add').set(index).br(again)
      })
    })
  }

  #address(f: FunctionBuilder, base: Local, index: Local): Local {
    return f.get(index).i32(2).op('i32.shl').get(base).op('i32.add').setNew('i32')
  }

  #load(f: FunctionBuilder, base: Local, list: number, index: Local, target: Local): void {
    f.get(index).i32(2).op('i32.shl').get(base).op('i32.add').load('i32.load', list).set(target)
  }
}
