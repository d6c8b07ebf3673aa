import type { PhysicalGroupLimit } from '../../../planner/plan/physical/window.js'
import { compileExpression } from '../../compiler/expression/compile.js'
import type { CompilerContext } from '../../compiler/expression/context.js'
import type { Scope } from '../../compiler/expression/scope.js'
import type { FunctionBuilder } from '../../compiler/wasm/function-builder.js'
import type { Local } from '../../compiler/wasm/types.js'
import { type Consumer, loadSlot, type RowFlow } from './consumer.js'
import { GroupProbe } from './group-probe.js'
import { KeyLayout } from './key-layout.js'
import { isWholeOrder, orderPrefix } from './order-words.js'
import { oneTable } from './table-place.js'

/** Where in the data area a limit of groups counts (u32 each). */
export const LIMITED_BYTES = 16
/** 1 while rows are passed on unseen. */
export const LIMITED_UNSEEN = 0
/** Rows that came since the host was asked, and how many of them were passed on. */
export const LIMITED_ROWS = 4
export const LIMITED_PASSED = 8
/** After so many rows it is asked. */
export const LIMITED_ASKS = 12

const PLACE_BYTES = 8

interface Counts {
  readonly isUnseen: Local
  readonly rows: Local
  readonly passed: Local
}

/** Offsets in the data area. */
export interface LimitedSite {
  readonly table: number
  readonly state: number
}

/**
 * The first places of partitions. A partition is a row in a table of groups: its keys, and the orders of its first rows in 64 bits each, turned around so
 * that zero, which is there at first, comes last.
 */
export class LimitedGroups {
  readonly width: number
  readonly #context: CompilerContext
  readonly #plan: PhysicalGroupLimit
  readonly #site: LimitedSite
  readonly #keys: KeyLayout
  readonly #probe: GroupProbe
  readonly #places: number

  constructor(context: CompilerContext, plan: PhysicalGroupLimit, site: LimitedSite) {
    this.#context = context
    this.#plan = plan
    this.#site = site
    this.#keys = new KeyLayout(context, plan.partitionBy, 0)
    this.#places = this.#keys.width
    this.width = this.#places + plan.limit * PLACE_BYTES
    this.#probe = new GroupProbe(context, oneTable(context, site.table), this.#keys, this.width)
  }

  /** Passes on rows that may be among the first of their partition: those before which fewer than `limit` rows come by the order. @param ask asks the host */
  limiting(ask: (f: FunctionBuilder) => void, next: Consumer): Consumer {
    const { state } = this.#site
    let counts: Counts | undefined
    const slot = (f: FunctionBuilder, offset: number): Local => loadSlot(this.#context, f, state + offset)
    const store = (f: FunctionBuilder, offset: number, value: Local) =>
      f
        .get(this.#context.constantsBase)
        .get(value)
        .store('i32.store', state + offset)
    return {
      begin: (f) => {
        counts = { isUnseen: slot(f, LIMITED_UNSEEN), rows: slot(f, LIMITED_ROWS), passed: slot(f, LIMITED_PASSED) }
        this.#probe.begin(f)
        next.begin(f)
      },
      row: (scope, flow) => {
        const { f } = scope
        const { isUnseen, rows, passed } = counts!
        f.get(rows).i32(1).op('i32.add').set(rows)
        f.get(isUnseen).op('i32.eqz')
        f.if(() => this.#place(scope.fork(), flow))
        f.get(passed).i32(1).op('i32.add').set(passed)
        next.row(scope, flow)
      },
      end: (f) => {
        const { rows, passed } = counts!
        next.end(f)
        store(f, LIMITED_ROWS, rows)
        store(f, LIMITED_PASSED, passed)
        f.get(rows).get(slot(f, LIMITED_ASKS)).op('i32.ge_u')
        f.if(() => ask(f))
      },
    }
  }

  /** Skips a row behind all places of its partition, and gives any other one a place. */
  #place(scope: Scope, { skip }: RowFlow): void {
    const { f } = scope
    const { partitionBy, ranking, limit } = this.#plan
    const keys = partitionBy.map((key) => compileExpression(key, scope))
    const row = this.#probe.find(f, this.#keys.prepare(f, keys))
    const word = this.#word(scope)
    const last = this.#places + (limit - 1) * PLACE_BYTES
    // One less for each makes zero the greatest: it is behind no place, nor is anything behind a place that is not taken.
    f.get(word)
    if (this.#leavesOutEqual) f.i64(1n).op('i64.sub')
    f.get(row).load('i64.load', last).op('i64.lt_u').brIf(skip)
    if (limit === 1) f.get(row).get(word).store('i64.store', last)
    else {
      f.get(row).i32(this.#places).op('i32.add').i32(limit).get(word)
      f.call(this.#context.kernel(ranking === 'dense_rank' ? 'placesPutOnce' : 'placesPut'))
    }
  }

  /** Rows that are equal to the last one by the order would get the next number, where each row has its own. */
  get #leavesOutEqual(): boolean {
    const { ranking, orderBy } = this.#plan
    return ranking === 'row_number' && orderBy.length <= 1 && orderBy.every(isWholeOrder)
  }

  /** The order of the current row, the greater the sooner it comes. */
  #word(scope: Scope): Local {
    const { f } = scope
    const [first] = this.#plan.orderBy
    if (!first) return f.i64(-1n).setNew('i64')
    const prefix = orderPrefix(this.#context, f, first, compileExpression(first.expression, scope))
    return f.get(prefix).i64(-1n).op('i64.xor').setNew('i64')
  }
}
