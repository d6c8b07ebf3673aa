import type { FrameBound, SortOrder, WindowFrame } from '../../../../planner/plan/expression/expression.js'
import { compileExpression } from '../../../compiler/expression/compile.js'
import { pushComparison } from '../../../compiler/expression/functions/comparison.js'
import type { Local } from '../../../compiler/wasm/types.js'
import { type PartitionSite, pushClamped, rowAt } from './partition-site.js'

type ValueBound = Extract<FrameBound, { readonly kind: 'value' }>
type Side = 'lower' | 'upper'

/** Where the frame of the current row lies. From row to row both ends only go forward. */
export class FrameBounds {
  readonly #site: PartitionSite
  readonly #frame: WindowFrame
  readonly #key: SortOrder | undefined
  readonly lower: Local
  readonly upper: Local

  /** @param orders those of the window; a bound that is a value is one of the first */
  constructor(site: PartitionSite, frame: WindowFrame, orders: readonly SortOrder[]) {
    const { f, first, end } = site
    this.#site = site
    this.#frame = frame
    this.#key = orders[0]
    this.lower = f.get(first).setNew('i32')
    this.upper = f.get(frame.upper.kind === 'unbounded' ? end : first).setNew('i32')
  }

  /** Whether the rows that are equal to the current one by the order must be known. */
  get usesPeers(): boolean {
    const { unit, lower, upper } = this.#frame
    return unit === 'range' && (lower.kind !== 'unbounded' || upper.kind !== 'unbounded')
  }

  /** Emits what finds them for the current row. */
  advance(): void {
    const { f, index, peers } = this.#site
    if (this.#frame.lower.kind !== 'value' && this.#frame.upper.kind !== 'value') {
      this.#advance('lower')
      this.#advance('upper')
      return
    }
    // Rows that are equal by the order have the same values as bounds.
    f.get(index).get(peers.first).op('i32.eq')
    f.if(() => {
      this.#advance('lower')
      this.#advance('upper')
    })
  }

  #advance(side: Side): void {
    const { f, index, peers } = this.#site
    const bound = this.#frame[side]
    const target = this[side]
    const behind = side === 'upper' ? 1 : 0
    switch (bound.kind) {
      case 'unbounded':
        return
      case 'current':
        if (this.#frame.unit === 'range') f.get(side === 'lower' ? peers.first : peers.end)
        else f.get(index).i32(behind).op('i32.add')
        f.set(target)
        return
      case 'offset':
        pushClamped(this.#site, index, bound.offset + behind)
        f.set(target)
        return
      case 'value':
        this.#advanceTo(bound, side, target)
    }
  }

  /** Of a row whose key is NULL the frame begins and ends with the others whose key is NULL. */
  #advanceTo({ value, key }: ValueBound, side: Side, target: Local): void {
    const { f, rows, row, peers } = this.#site
    const current = rows.scopeAt(f, row)
    const own = compileExpression(key, current)
    const search = () => {
      const wanted = compileExpression(value, current.fork())
      this.#whileBefore(target, (index) => {
        const candidate = rows.scopeAt(f, rowAt(this.#site, index))
        const found = compileExpression(key, candidate)
        const isAscending = this.#key!.direction === 'asc'
        const comparison = side === 'lower' ? (isAscending ? 'lt' : 'gt') : isAscending ? 'le' : 'ge'
        pushComparison(candidate, comparison, found, wanted)
        if (!found.isNull) return
        f.i32(this.#key!.nulls === 'first' ? 1 : 0)
        const isBefore = f.setNew('i32')
        const holds = f.setNew('i32')
        f.get(isBefore).get(holds).get(found.isNull).select()
      })
    }
    if (!own.isNull) return search()
    f.get(own.isNull)
    f.if(() => f.get(side === 'lower' ? peers.first : peers.end).set(target), search)
  }

  /** Goes on from row to row while a condition holds, which is pushed for the row with a number. */
  #whileBefore(target: Local, pushIsBefore: (index: Local) => void): void {
    const { f, end } = this.#site
    f.block((done) => {
      f.loop((again) => {
        f.get(target).get(end).op('i32.ge_s').brIf(done)
        pushIsBefore(target)
        f.op('i32.eqz').brIf(done)
        f.get(target).i32(1).op('i32.add').set(target).br(again)
      })
    })
  }
}
