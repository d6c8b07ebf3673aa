import type { Expression } from '../../../planner/plan/expression/expression.js'
import { compileCondition } from '../../compiler/expression/condition.js'
import type { CompilerContext } from '../../compiler/expression/context.js'
import type { Scope } from '../../compiler/expression/scope.js'
import type { FunctionBuilder } from '../../compiler/wasm/function-builder.js'
import type { Local } from '../../compiler/wasm/types.js'
import { TABLE_ROWS } from '../../kernels/interface/table.js'
import { type Consumer, loadSlot, pushAddressOf, pushSlot, type RowFlow } from './consumer.js'
import type { GroupedAggregate } from './grouped-aggregate.js'

/** Where in the data area a partial aggregation says what it does with rows (u32 each). */
export const PARTIAL_BYTES = 16
/** 1 while rows go on as groups of their own. */
export const PARTIAL_UNGROUPED = 0
/** Rows that came since this changed, or since the table was empty. */
export const PARTIAL_ROWS = 4
/** How many groups there may be, or rows that go on, before the host is asked what to do. */
export const PARTIAL_LIMIT = 8

/** What a partial aggregation is made of: offsets in the data area, and what asks the host. */
export interface PartialSite {
  readonly table: number
  readonly state: number
  /** A row of the table's width, for what one row of the input adds up to. */
  readonly row: number
  /** Whether the host is asked after so many rows, however few groups these have. */
  readonly countsRows: boolean
  /** For which rows, that have the columns of groups first, they go on as they are. */
  readonly passes: Expression | undefined
  ask(f: FunctionBuilder): void
  /** Whether it is the function under way, asked for where it begins, that passes rows on. */
  isUngrouped(): boolean
}

/** Adds rows to their groups or, in the second function of the pipeline, passes each on as a group of its own. */
export class PartialGroups implements Consumer {
  readonly #context: CompilerContext
  readonly #groups: GroupedAggregate
  readonly #next: Consumer
  readonly #site: PartialSite
  #isUngrouped = false
  #rows: Local | undefined

  constructor(context: CompilerContext, groups: GroupedAggregate, next: Consumer, site: PartialSite) {
    this.#context = context
    this.#groups = groups
    this.#next = next
    this.#site = site
  }

  begin(f: FunctionBuilder): void {
    this.#isUngrouped = this.#site.isUngrouped()
    if (this.#isUngrouped || this.#site.passes) this.#next.begin(f)
    if (!this.#isUngrouped) this.#groups.begin(f)
    this.#rows = loadSlot(this.#context, f, this.#site.state + PARTIAL_ROWS)
  }

  row(scope: Scope, flow: RowFlow): void {
    const { passes } = this.#site
    if (!passes) return this.#group(scope, flow)
    scope.f.block((grouped) => {
      scope.f.block((passed) => {
        compileCondition(passes, scope.fork(), passed)
        this.#next.row(scope.fork(), flow)
        scope.f.br(grouped)
      })
      this.#group(scope.fork(), flow)
    })
  }

  #group(scope: Scope, flow: RowFlow): void {
    const { f } = scope
    f.get(this.#rows!).i32(1).op('i32.add').set(this.#rows!)
    if (!this.#isUngrouped) return this.#groups.row(scope)
    const row = pushAddressOf(this.#context, f, this.#site.row).setNew('i32')
    this.#next.row(scope.over(this.#groups.ofOneRow(scope, row)), flow)
  }

  end(f: FunctionBuilder): void {
    const { table, state, countsRows } = this.#site
    if (this.#isUngrouped || this.#site.passes) this.#next.end(f)
    if (!this.#isUngrouped) this.#groups.end()
    f.get(this.#context.constantsBase)
      .get(this.#rows!)
      .store('i32.store', state + PARTIAL_ROWS)
    if (this.#isUngrouped || countsRows) f.get(this.#rows!)
    else pushSlot(this.#context, f, table + TABLE_ROWS)
    pushSlot(this.#context, f, state + PARTIAL_LIMIT).op('i32.ge_u')
    f.if(() => this.#site.ask(f))
  }
}
