import type { WindowCall } from '../../../../planner/plan/expression/expression.js'
import type { Scope } from '../../../compiler/expression/scope.js'
import { scalar, type Value } from '../../../compiler/expression/value.js'
import type { Local, Operand } from '../../../compiler/wasm/types.js'
import { whenAdded } from '../added-values.js'
import { type PartitionSite, pushMember, type WindowCode } from './partition-site.js'

/**
 * Sums and averages of doubles in frames that rows come to and leave. Taking a double away again is not exact, and nothing takes NaN away. So
 * the frame is two parts: of the front one the sum from each row to its end is kept, and when its rows have all left it is made anew of
 * the rows behind it, whose sum alone is known. Every row is added twice.
 */
export class SlidingDoubleCode implements WindowCode {
  readonly arrays = 2
  readonly #call: WindowCall
  #sums!: Local
  #counts!: Local
  /** Where the front part ends. */
  #middle!: Local
  #sum!: Local
  #count!: Local

  constructor(call: WindowCall) {
    this.#call = call
  }

  begin(site: PartitionSite): void {
    const { f, first } = site
    this.#sums = site.array()
    this.#counts = site.array()
    this.#middle = f.get(first).setNew('i32')
    this.#sum = f.f64(0).setNew('f64')
    this.#count = f.i64(0n).setNew('i64')
  }

  enter(_: PartitionSite, __: Local, scope: Scope): void {
    this.#add(scope, this.#sum, this.#count)
  }

  /** The row that leaves is the first of the frame: from the front part it goes by itself. */
  leave(site: PartitionSite, index: Local): void {
    const { f, entered } = site
    f.get(index).get(this.#middle).op('i32.ge_s')
    f.if(() => {
      f.get(entered).set(this.#middle)
      f.f64(0).set(this.#sum)
      f.i64(0n).set(this.#count)
      this.#fillFront(site, index)
      f.f64(0).set(this.#sum)
      f.i64(0n).set(this.#count)
    })
  }

  /** From the end of the front part to a row, the sums of what lies between. */
  #fillFront(site: PartitionSite, from: Local): void {
    const { f, rows, directory, entered } = site
    const at = f.get(entered).setNew('i32')
    f.block((done) => {
      f.loop((again) => {
        f.get(at).get(from).op('i32.le_s').brIf(done)
        f.get(at).i32(1).op('i32.sub').set(at)
        const row = rows.pushRow(f, directory, at).setNew('i32')
        this.#add(rows.scopeAt(f, row), this.#sum, this.#count)
        pushMember(site, this.#sums, at).get(this.#sum).store('f64.store')
        pushMember(site, this.#counts, at).get(this.#count).store('i64.store')
        f.br(again)
      })
    })
  }

  #add(scope: Scope, sum: Local, count: Local): void {
    const { f } = scope
    whenAdded(scope, this.#call, false, (_, [value]) => {
      f.get(sum)
        .get((value as Value & { readonly value: Operand }).value)
        .op('f64.add')
        .set(sum)
      f.get(count).i64(1n).op('i64.add').set(count)
    })
  }

  result(site: PartitionSite): void {
    const { f, rows, row, left } = site
    const sum = f.get(this.#sum).setNew('f64')
    const count = f.get(this.#count).setNew('i64')
    f.get(left).get(this.#middle).op('i32.lt_s')
    f.if(() => {
      pushMember(site, this.#sums, left).load('f64.load').get(sum).op('f64.add').set(sum)
      pushMember(site, this.#counts, left).load('i64.load').get(count).op('i64.add').set(count)
    })
    const isNull = f.get(count).op('i64.eqz').setNew('i32')
    if (this.#call.fn === 'avg') f.get(sum).get(count).op('f64.convert_i64_s').op('f64.div').set(sum)
    rows.storeComputed(f, row, this.#call, scalar(this.#call.type, sum, isNull))
  }
}
