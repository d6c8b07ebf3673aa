import { MAX_BATCH_ROWS } from '../../../connectors/api.js'
import type { CompilerContext } from '../../compiler/expression/context.js'
import type { Scope } from '../../compiler/expression/scope.js'
import type { FunctionBuilder } from '../../compiler/wasm/function-builder.js'
import type { Local, Operand } from '../../compiler/wasm/types.js'
import type { RowTest, Selection } from './consumer.js'
import { type EmitMask, VECTOR_ROWS, type VectorColumns } from './vector-test.js'

/** The locals of a loop over a batch. */
export interface BatchLoop {
  readonly first: Operand
  readonly end: Operand
  /** The row that scopes refer to. */
  readonly row: Local
  readonly index: Local
  /** Gives a new scope of the loop's row. */
  scopeOfRow(): Scope
  readonly columns: VectorColumns
}

const ROW_BYTES = 4
/** What tests write behind the list at most: eight rows at a time. */
const SLACK_ROWS = 8
const NUMBERS = new Uint8Array(new Int32Array([0, 1, 2, 3]).buffer)

/**
 * The rows of a batch that pass a consumer's tests, as numbers in the data area: every test is a loop that writes down each row and moves on
 * behind it only if it passed (see "Vectorization vs. compilation in query execution", Sompolski et al., 2011). One list serves all
 * pipelines of a module, since they run one after the other.
 */
export class SelectedRows {
  readonly #context: CompilerContext
  readonly #rows: number
  readonly #kept: number
  readonly #compressions: number

  constructor(context: CompilerContext) {
    this.#context = context
    this.#rows = context.constants.reserve((MAX_BATCH_ROWS + SLACK_ROWS) * ROW_BYTES)
    this.#kept = context.constants.reserve(MAX_BATCH_ROWS * ROW_BYTES)
    this.#compressions = context.constants.add(compressions())
  }

  /** Where in the data area the list of rows is. */
  get rows(): number {
    return this.#rows
  }

  /** Emits the loop of a test: the first over a batch, any other over the `end` rows that passed so far. Pushes how many rows pass. */
  test(f: FunctionBuilder, loop: BatchLoop, test: RowTest, isFirst: boolean): void {
    const [count, base] = [f.local('i32'), f.get(this.#context.constantsBase).setNew('i32')]
    if (isFirst) this.#testBatch(f, loop, test, base, count)
    else this.#testRows(f, loop, test, base, count)
    f.get(count)
  }

  /** Emits the loop over rows that passed, from the `first` of the list up to its `end`. */
  run(f: FunctionBuilder, loop: BatchLoop, selection: Selection, stop: number): void {
    const base = f.get(this.#context.constantsBase).setNew('i32')
    const kept = f.local('i32')
    f.get(loop.first).set(loop.index)
    f.block((done) => {
      this.#loop(f, loop.index, loop.end, () => {
        this.#load(f, base, this.#rows, loop.index, loop.row)
        this.#load(f, base, this.#kept, loop.index, kept)
        f.block((skip) => selection.row(loop.scopeOfRow(), { skip, done, stop }, kept))
      })
    })
  }

  /** Several rows at a time as long as there are so many, where the test can. */
  #testBatch(f: FunctionBuilder, loop: BatchLoop, test: RowTest, base: Local, count: Local): void {
    f.i32(0).set(count).get(loop.first).set(loop.index)
    const mask = test.vector?.(loop.columns, this.#context)
    if (mask) this.#testVectors(f, loop, mask, base, count)
    this.#loop(f, loop.index, loop.end, () => {
      f.get(loop.index).set(loop.row)
      this.#test(f, loop, test, base, count)
    })
  }

  #testVectors(f: FunctionBuilder, { index, end }: BatchLoop, mask: EmitMask, base: Local, count: Local): void {
    const passed = f.local('i32')
    f.block((exit) => {
      f.loop((again) => {
        f.get(index).i32(VECTOR_ROWS).op('i32.add').get(end).op('i32.gt_u').brIf(exit)
        mask(f, index)
        f.op('i32x4.bitmask').set(passed)
        f.get(this.#address(f, base, count))
        f.get(index).op('i32x4.splat').v128(NUMBERS).op('i32x4.add')
        f.get(passed).i32(4).op('i32.shl').get(base).op('i32.add').load('v128.load', this.#compressions)
        f.op('i8x16.swizzle').store('v128.store', this.#rows)
        f.get(count).get(passed).op('i32.popcnt').op('i32.add').set(count)
        f.get(index).i32(VECTOR_ROWS).op('i32.add').set(index).br(again)
      })
    })
  }

  #testRows(f: FunctionBuilder, loop: BatchLoop, test: RowTest, base: Local, count: Local): void {
    f.i32(0).set(count).get(loop.first).set(loop.index)
    this.#loop(f, loop.index, loop.end, () => {
      this.#load(f, base, this.#rows, loop.index, loop.row)
      this.#test(f, loop, test, base, count)
    })
  }

  #test(f: FunctionBuilder, loop: BatchLoop, test: RowTest, base: Local, count: Local): void {
    const value = test.push(loop.scopeOfRow())
    const passed = f.setNew('i32')
    const at = this.#address(f, base, count)
    f.get(at).get(loop.row).store('i32.store', this.#rows)
    if (value) f.get(at).get(value).store('i32.store', this.#kept)
    f.get(count).get(passed).op('i32.add').set(count)
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

/** For each of the sixteen outcomes of four rows: the bytes that move the numbers of those that passed to the front. */
function compressions(): Uint8Array {
  const bytes = new Uint8Array(16 * 16)
  for (let mask = 0; mask < 16; mask++) {
    let at = mask * 16
    for (let lane = 0; lane < VECTOR_ROWS; lane++) {
      if ((mask >> lane) & 1) for (let i = 0; i < 4; i++) bytes[at++] = lane * 4 + i
    }
  }
  return bytes
}
