import type { PhysicalHashJoin } from '../../../planner/plan/physical/plan.js'
import type { CompilerContext } from '../../compiler/expression/context.js'
import type { ColumnSource } from '../../compiler/expression/scope.js'
import type { Local } from '../../compiler/wasm/types.js'
import { JOIN_ROW_HASH, JOIN_ROW_HEADER_BYTES } from '../../kernels/interface/rows.js'
import { TABLE_ROW_STORE } from '../../kernels/interface/table.js'
import type { Consumer } from './consumer.js'
import type { HashJoin } from './hash-join.js'
import type { LeftMarks } from './left-marks.js'
import { PayloadLayout } from './payload-layout.js'
import { rowRefs } from './row-refs.js'
import type { TablePlace } from './table-place.js'

/** The left rows of a join, kept with the hashes of their keys until those of the right side with the same hashes are at hand. */
export class SpooledRows implements Consumer {
  readonly width: number
  /** Offset of the list of refs in a row. */
  readonly refs: number
  readonly #context: CompilerContext
  readonly #table: TablePlace
  readonly #join: HashJoin
  readonly #marks: LeftMarks
  readonly #payload: PayloadLayout

  constructor(context: CompilerContext, plan: PhysicalHashJoin, join: HashJoin, table: TablePlace, marks: LeftMarks) {
    this.#context = context
    this.#join = join
    this.#table = table
    this.#marks = marks
    this.#payload = new PayloadLayout(context, plan.inputs[0].attributes, JOIN_ROW_HEADER_BYTES)
    this.width = this.#payload.end
    this.refs = rowRefs(context, this.#payload.refs)
  }

  begin(): void {}
  end(): void {}

  row(scope: Parameters<Consumer['row']>[0], { skip }: Parameters<Consumer['row']>[1]): void {
    const { f } = scope
    const hash = this.#join.leftHash(scope, skip)
    this.#table.choose(f, hash)
    this.#table.address(f, TABLE_ROW_STORE).i32(this.width)
    const row: Local = f.call(this.#context.kernel('storeAllocate')).setNew('i32')
    this.#marks.clear(f, row)
    f.get(row).get(hash).store('i32.store', JOIN_ROW_HASH)
    this.#payload.storeAll(scope, row, this.#table)
  }

  source(row: Local): ColumnSource {
    this.#marks.isAt(row)
    return this.#payload.source(row)
  }
}
