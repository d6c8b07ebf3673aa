import type { WindowCall } from '../../../../planner/plan/expression/expression.js'
import { compileExpression } from '../../../compiler/expression/compile.js'
import { pushComparison } from '../../../compiler/expression/functions/comparison.js'
import type { Scope } from '../../../compiler/expression/scope.js'
import type { Local } from '../../../compiler/wasm/types.js'
import { whenAdded } from '../added-values.js'
import { MEMBER_BYTES, type PartitionSite, type WindowCode } from './partition-site.js'

/**
 * The least or greatest value of the frame: a queue of rows of which each is surpassed by none behind it. A row that comes drops those
 * before it that it surpasses, so that the first of the queue is the result, and every row comes and goes once.
 */
export class ExtremeCode implements WindowCode {
  readonly arrays = 1
  readonly #call: WindowCall
  #queue!: Local
  #head!: Local
  #tail!: Local

  constructor(call: WindowCall) {
    this.#call = call
  }

  begin(site: PartitionSite): void {
    const { f } = site
    this.#queue = site.array()
    this.#head = f.get(this.#queue).setNew('i32')
    this.#tail = f.get(this.#queue).setNew('i32')
  }

  enter(site: PartitionSite, index: Local, scope: Scope): void {
    const { f, rows, directory } = site
    whenAdded(scope, this.#call, false, (_, [value]) => {
      f.block((done) => {
        f.loop((again) => {
          f.get(this.#tail).get(this.#head).op('i32.eq').brIf(done)
          const last = f.get(this.#tail).i32(MEMBER_BYTES).op('i32.sub').load('i32.load').setNew('i32')
          const other = rows.scopeAt(f, rows.pushRow(f, directory, last).setNew('i32'))
          const known = compileExpression(this.#call.args[0]!, other)
          pushComparison(other, this.#call.fn === 'min' ? 'lt' : 'gt', value!, known)
          f.op('i32.eqz').brIf(done)
          f.get(this.#tail).i32(MEMBER_BYTES).op('i32.sub').set(this.#tail).br(again)
        })
      })
      f.get(this.#tail).get(index).store('i32.store')
      f.get(this.#tail).i32(MEMBER_BYTES).op('i32.add').set(this.#tail)
    })
  }

  leave({ f }: PartitionSite, index: Local): void {
    f.get(this.#head).get(this.#tail).op('i32.lt_u')
    f.if(() => {
      f.get(this.#head).load('i32.load').get(index).op('i32.eq')
      f.if(() => f.get(this.#head).i32(MEMBER_BYTES).op('i32.add').set(this.#head))
    })
  }

  result({ f, rows, directory, row }: PartitionSite): void {
    f.get(this.#head).get(this.#tail).op('i32.lt_u')
    f.if(
      () => {
        const found = f.get(this.#head).load('i32.load').setNew('i32')
        rows.pushRow(f, directory, found)
      },
      () => f.i32(0),
      'i32',
    )
    rows.storeRow(f, row, this.#call, f.setNew('i32'))
  }
}
