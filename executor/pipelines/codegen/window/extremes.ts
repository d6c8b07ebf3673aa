import type { WindowCall } from '../../../../planner/plan/expression/expression.js'
import { compileExpression } from '../../../compiler/expression/compile.js'
import { pushComparison } from '../../../compiler/expression/functions/comparison.js'
import type { Scope } from '../../../compiler/expression/scope.js'
import type { Value } from '../../../compiler/expression/value.js'
import type { Local } from '../../../compiler/wasm/types.js'
import { whenAdded } from '../added-values.js'
import { type PartitionSite, pushMember, rowAt, type WindowCode } from './partition-site.js'
import { NO_ROW } from './window-rows.js'

/**
 * The least or greatest value of a frame that rows come to and leave: a queue of rows of which each is surpassed by none behind it. A row that
 * comes drops those before it that it surpasses, so that the first of the queue is the result, and every row comes and goes once.
 */
export class SlidingExtremeCode implements WindowCode {
  readonly arrays = 1
  readonly #call: WindowCall
  #queue = 0
  #head!: Local
  #tail!: Local

  constructor(call: WindowCall) {
    this.#call = call
  }

  begin(site: PartitionSite): void {
    const { f, first } = site
    this.#queue = site.array()
    this.#head = f.get(first).setNew('i32')
    this.#tail = f.get(first).setNew('i32')
  }

  enter(site: PartitionSite, index: Local, scope: Scope): void {
    const { f } = site
    whenAdded(scope, this.#call, false, (_, [value]) => {
      f.block((done) => {
        f.loop((again) => {
          f.get(this.#tail).get(this.#head).op('i32.eq').brIf(done)
          const behind = f.get(this.#tail).i32(1).op('i32.sub').setNew('i32')
          const last = pushMember(site, this.#queue, behind).load('i32.load').setNew('i32')
          pushSurpasses(site, this.#call, value!, last)
          f.op('i32.eqz').brIf(done)
          f.get(behind).set(this.#tail).br(again)
        })
      })
      pushMember(site, this.#queue, this.#tail, true).get(index).store('i32.store')
      f.get(this.#tail).i32(1).op('i32.add').set(this.#tail)
    })
  }

  leave(site: PartitionSite, index: Local): void {
    const { f } = site
    f.get(this.#head).get(this.#tail).op('i32.lt_s')
    f.if(() => {
      pushMember(site, this.#queue, this.#head).load('i32.load').get(index).op('i32.eq')
      f.if(() => f.get(this.#head).i32(1).op('i32.add').set(this.#head))
    })
  }

  result(site: PartitionSite): void {
    const { f, rows, row } = site
    f.get(this.#head).get(this.#tail).op('i32.lt_s')
    f.if(
      () => pushMember(site, this.#queue, this.#head).load('i32.load'),
      () => f.i32(NO_ROW),
      'i32',
    )
    rows.storeRow(f, row, this.#call, f.setNew('i32'))
  }
}

/** The same where frames begin with the partition, so that no row leaves. */
export class GrowingExtremeCode implements WindowCode {
  readonly arrays = 0
  readonly #call: WindowCall
  #best!: Local

  constructor(call: WindowCall) {
    this.#call = call
  }

  begin({ f }: PartitionSite): void {
    this.#best = f.i32(NO_ROW).setNew('i32')
  }

  enter(site: PartitionSite, index: Local, scope: Scope): void {
    const { f } = site
    whenAdded(scope, this.#call, false, (_, [value]) => {
      f.get(this.#best).i32(NO_ROW).op('i32.eq')
      f.if(
        () => f.i32(1),
        () => pushSurpasses(site, this.#call, value!, this.#best),
        'i32',
      )
      f.if(() => f.get(index).set(this.#best))
    })
  }

  result({ f, rows, row }: PartitionSite): void {
    rows.storeRow(f, row, this.#call, this.#best)
  }
}

/** Pushes whether a value surpasses that of the row with a number. */
function pushSurpasses(site: PartitionSite, { fn, args }: WindowCall, value: Value, index: Local): void {
  const other = site.rows.scopeAt(site.f, rowAt(site, index))
  pushComparison(other, fn === 'min' ? 'lt' : 'gt', value, compileExpression(args[0]!, other))
}
