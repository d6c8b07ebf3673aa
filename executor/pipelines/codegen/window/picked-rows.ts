import type { WindowCall } from '../../../../planner/plan/expression/expression.js'
import type { Local, Operand } from '../../../compiler/wasm/types.js'
import { whenAdded } from '../added-values.js'
import { forEach, type PartitionSite, pushMember, rowAt, type WindowCode } from './partition-site.js'
import { NO_ROW } from './window-rows.js'

/** The rows of a partition that count, where some do not: how many come before each row, and which they are. */
class CountingRows {
  readonly #before: number
  readonly #numbers: number
  readonly #found: Local

  constructor(site: PartitionSite, call: WindowCall) {
    const { f, first, end, rows } = site
    this.#before = site.array()
    this.#numbers = site.array()
    const found = f.get(first).setNew('i32')
    forEach(f, first, end, (index) => {
      pushMember(site, this.#before, index, true).get(found).store('i32.store')
      // What stands in for a row that is not there does not count.
      const counted = { ...call, args: call.args.slice(0, 1) }
      whenAdded(rows.scopeAt(f, rowAt(site, index)), counted, !call.ignoresNulls, () => {
        pushMember(site, this.#numbers, found, true).get(index).store('i32.store')
        f.get(found).i32(1).op('i32.add').set(found)
      })
    })
    this.#found = found
  }

  /** How many rows that count come before one, the number of the partition's first row added. */
  before(site: PartitionSite, index: Operand): Local {
    const { f, end } = site
    f.get(index).get(end).op('i32.lt_s')
    f.if(
      () => pushMember(site, this.#before, index).load('i32.load'),
      () => f.get(this.#found),
      'i32',
    )
    return f.setNew('i32')
  }

  /** Pushes the number of the row that comes so many later than the first of those that count. */
  pushNumber(site: PartitionSite, position: Operand): void {
    pushMember(site, this.#numbers, position).load('i32.load')
  }
}

/** Functions whose result is taken from another row. */
abstract class PickingCode implements WindowCode {
  readonly arrays: number
  protected readonly call: WindowCall
  protected counting: CountingRows | undefined

  constructor(call: WindowCall) {
    this.call = call
    this.arrays = call.ignoresNulls || call.filter ? 2 : 0
  }

  begin(site: PartitionSite): void {
    this.counting = this.arrays > 0 ? new CountingRows(site, this.call) : undefined
  }

  abstract result(site: PartitionSite, lower: Operand, upper: Operand): void

  /** Pops whether there is such a row; stores its number, that of a position among those that count. */
  protected store(site: PartitionSite, pushPosition: () => void): void {
    const { f, rows, row } = site
    f.if(
      () => {
        pushPosition()
        if (this.counting) this.counting.pushNumber(site, f.setNew('i32'))
      },
      () => f.i32(NO_ROW),
      'i32',
    )
    rows.storeRow(f, row, this.call, f.setNew('i32'))
  }
}

/** The first, the last or the nth row of the frame. */
export class FramePickCode extends PickingCode {
  result(site: PartitionSite, lower: Operand, upper: Operand): void {
    const { f } = site
    const from = this.counting?.before(site, lower) ?? lower
    const to = this.counting?.before(site, upper) ?? upper
    const behind = (this.call.n ?? 1) - 1
    f.get(to).get(from).op('i32.sub').i32(behind).op('i32.gt_s')
    this.store(site, () => {
      if (this.call.fn === 'last') f.get(to).i32(1).op('i32.sub')
      else f.get(from).i32(behind).op('i32.add')
    })
  }
}

/** The row so many before or behind the current one, of those that count. */
export class OffsetPickCode extends PickingCode {
  readonly #offset: number

  constructor(call: WindowCall) {
    super(call)
    const { lower } = call.frame
    this.#offset = lower.kind === 'offset' ? lower.offset : 0
  }

  override begin(site: PartitionSite): void {
    if (this.#offset !== 0) super.begin(site)
  }

  result(site: PartitionSite): void {
    const { f, index, first, end } = site
    const distance = Math.min(Math.abs(this.#offset), 2 ** 31 - 1)
    const counting = this.counting
    if (this.#offset > 0) {
      // Behind the current row itself, whether or not it counts.
      const next = f.get(index).i32(1).op('i32.add').setNew('i32')
      const from = counting?.before(site, next) ?? next
      const to = counting?.before(site, end) ?? end
      f.get(to)
        .get(from)
        .op('i32.sub')
        .i32(distance - 1)
        .op('i32.gt_s')
      this.store(site, () =>
        f
          .get(from)
          .i32(distance - 1)
          .op('i32.add'),
      )
      return
    }
    const from = counting?.before(site, index) ?? index
    f.get(from).get(first).op('i32.sub').i32(distance).op('i32.ge_s')
    this.store(site, () => f.get(from).i32(distance).op('i32.sub'))
  }
}
