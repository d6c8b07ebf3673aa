import type { PhysicalHashJoin } from '../../../planner/plan/physical/plan.js'
import { compileExpression } from '../../compiler/expression/compile.js'
import { compileCondition } from '../../compiler/expression/condition.js'
import type { CompilerContext } from '../../compiler/expression/context.js'
import { anyNull } from '../../compiler/expression/nulls.js'
import type { Scope } from '../../compiler/expression/scope.js'
import { withNull } from '../../compiler/expression/value.js'
import { i32Constant, type Label, type Local, type Operand } from '../../compiler/wasm/types.js'
import { JOIN_ROW_NEXT } from '../../kernels/interface/rows.js'
import { JOIN_HAS_NULL, TABLE_ROW_STORE } from '../../kernels/interface/table.js'
import { type Consumer, pushAddressOf, type RowFlow } from './consumer.js'
import { type JoinHeader, loadHeader, lookUp, testFilter } from './join-lookup.js'
import { JoinRows, keepsNull, type UnmatchedRows } from './join-rows.js'
import { joinSelection } from './join-selection.js'
import type { PreparedKey } from './key-layout.js'
import type { LeftMarks } from './left-marks.js'
import { rowRefs } from './row-refs.js'
import { oneTable, type TablePlace } from './table-place.js'

interface Prepared {
  readonly key: PreparedKey
  readonly hash: Operand
}

/**
 * A hash join: `build` consumes the right side into rows of the table at an offset of the data area, `probe` looks each left row up and
 * passes its matches on, or the row itself where only its having one counts; `unmatched` are the rows of the table that a full join found no
 * match for. Keys that are NULL match nothing unless they are compared by `<=>`. Without keys all rows are in one chain.
 */
export class HashJoin {
  readonly width: number
  readonly #context: CompilerContext
  readonly #plan: PhysicalHashJoin
  readonly #table: number
  readonly #rows: JoinRows
  readonly #built: TablePlace
  readonly #marks: LeftMarks | undefined

  /**
   * @param built where right rows go, when not to the table in which they are looked up
   * @param marks where that table holds some of the right rows at a time
   */
  constructor(
    context: CompilerContext,
    plan: PhysicalHashJoin,
    table: number,
    built: TablePlace = oneTable(context, table),
    marks?: LeftMarks,
  ) {
    this.#context = context
    this.#plan = plan
    this.#table = table
    this.#built = built
    this.#marks = marks
    this.#rows = new JoinRows(context, plan, built)
    this.width = this.#rows.width
  }

  /** Offset of the list of refs in a row of the table. */
  get refs(): number {
    return rowRefs(this.#context, this.#rows.refs)
  }

  get build(): Consumer {
    return {
      begin: () => {},
      end: () => {},
      row: (scope, { skip }) => {
        if (!this.#plan.isNullAware) return this.#add(scope, skip)
        const { f } = scope
        f.block((isNull) => {
          this.#add(scope, isNull)
          f.br(skip)
        })
        pushAddressOf(this.#context, f, this.#table).i32(1).store('i32.store', JOIN_HAS_NULL)
      },
    }
  }

  /** Adds a row to the table. */
  #add(scope: Scope, onNull: Label): void {
    const { f } = scope
    const { rightKeys } = this.#plan
    const { key, hash } = this.#prepare(scope, rightKeys, onNull, (i) => keepsNull(this.#plan, i))
    this.#built.choose(f, hash)
    this.#built.address(f, TABLE_ROW_STORE).i32(this.width)
    const row = f.call(this.#context.kernel('storeAllocate')).setNew('i32')
    this.#rows.store(scope, row, key, hash)
  }

  #prepareLeft(scope: Scope, onNull: Label): Prepared {
    return this.#prepare(scope, this.#plan.leftKeys, onNull, (i) => this.#plan.nullSafe[i]!)
  }

  /** @param isKept whether the key of a position goes on as it is when it is NULL */
  #prepare(
    scope: Scope,
    keys: PhysicalHashJoin['leftKeys'],
    onNull: Label,
    isKept: (position: number) => boolean,
  ): Prepared {
    const { f } = scope
    const values = keys.map((key) => compileExpression(key, scope))
    const isNull = anyNull(
      f,
      values.flatMap((value, i) => (isKept(i) ? [] : [value.isNull])),
    )
    if (isNull) f.get(isNull).brIf(onNull)
    const key = this.#rows.keys.prepare(
      f,
      values.map((value, i) => (isKept(i) ? value : withNull(value, undefined))),
    )
    if (keys.length === 0) return { key, hash: i32Constant(0) }
    return { key, hash: f.get(this.#rows.keys.hash(f, key)).op('i32.wrap_i64').setNew('i32') }
  }

  /** The hash of a left row's keys, any where they match nothing; rows that need not be looked up go to `skip`. */
  leftHash(scope: Scope, skip: Label): Local {
    const { f } = scope
    const { type } = this.#plan
    const hash = f.local('i32')
    f.i32(0).set(hash)
    f.block((isNull) => {
      f.get(this.#prepareLeft(scope, type === 'inner' || type === 'left_semi' ? skip : isNull).hash).set(hash)
    })
    return hash
  }

  probe(next: Consumer): Consumer {
    let header: JoinHeader
    return {
      begin: (f) => {
        header = loadHeader(this.#context, f, this.#table, this.#plan.isNullAware)
        next.begin(f)
      },
      end: (f) => next.end(f),
      row: (scope, flow) => this.#probeRow(scope, flow, next, header),
      ...joinSelection(this.#plan, next, {
        hash: (scope, isNull) => this.#prepareLeft(scope, isNull).hash,
        filter: (f, hash, found) => testFilter(f, hash, header, found),
        chain: (f, hash, row) => lookUp(f, hash, header, row),
        row: (scope, flow, row) => this.#passOn(scope, this.#prepareLeft(scope, flow.skip), row, flow, next),
      }),
    }
  }

  #probeRow(scope: Scope, flow: RowFlow, next: Consumer, header: JoinHeader): void {
    const { type } = this.#plan
    if (type === 'left_semi' || type === 'left_anti') this.#marks?.push(scope.f).brIf(flow.skip)
    switch (type) {
      case 'inner':
      case 'left_semi':
        return this.#probeMatching(scope, flow, next, header)
      case 'left':
      case 'full':
        return this.#probeAll(scope, flow, next, header)
      case 'left_anti':
        return this.#probeAnti(scope, flow, next, header)
    }
  }

  /** Passes on the rows of a full join's table that no left row matched; to be run over the table after all left rows. */
  unmatched(next: Consumer): UnmatchedRows {
    return this.#rows.unmatched(next)
  }

  /** Goes to `different` unless a row of the table has the keys and the condition holds. */
  #match(scope: Scope, row: Local, { key, hash }: Prepared, different: Label): void {
    this.#rows.compare(scope.f, row, hash, key, different)
    if (!this.#plan.condition) return
    const joined = scope.fork().over(this.#rows.joined(scope.fork(), row, undefined))
    compileCondition(this.#plan.condition, joined, different)
  }

  #probeMatching(scope: Scope, flow: RowFlow, next: Consumer, header: JoinHeader): void {
    const { f } = scope
    const prepared = this.#prepareLeft(scope, flow.skip)
    const row = f.local('i32')
    lookUp(f, prepared.hash, header, row)
    f.get(row).op('i32.eqz').brIf(flow.skip)
    this.#passOn(scope, prepared, row, flow, next)
  }

  /** Passes on what a row is joined with along a chain, which is not empty; of a semi join the row itself, once. */
  #passOn(scope: Scope, prepared: Prepared, row: Local, flow: RowFlow, next: Consumer): void {
    const { f } = scope
    if (this.#plan.type === 'left_semi') {
      f.block((found) => {
        this.#findMatch(scope, prepared, row, found)
        f.br(flow.skip)
      })
      this.#marks?.set(f)
      return next.row(scope, flow)
    }
    f.loop((again) => {
      f.block((skip) => {
        this.#rows.compare(f, row, prepared.hash, prepared.key, skip)
        const joined = scope.over(this.#rows.joined(scope.fork(), row, undefined))
        if (this.#plan.condition) compileCondition(this.#plan.condition, joined, skip)
        next.row(joined, { ...flow, skip })
      })
      f.get(row).load('i32.load', JOIN_ROW_NEXT).tee(row).brIf(again)
    })
  }

  /** Goes to `found` at the first match along a chain, which is not empty. */
  #findMatch(scope: Scope, prepared: Prepared, row: Local, found: Label): void {
    const { f } = scope
    f.loop((again) => {
      f.block((skip) => {
        this.#match(scope, row, prepared, skip)
        f.br(found)
      })
      f.get(row).load('i32.load', JOIN_ROW_NEXT).tee(row).brIf(again)
    })
  }

  /** Passes on rows without a match. */
  #probeAnti(scope: Scope, flow: RowFlow, next: Consumer, header: JoinHeader): void {
    const { f } = scope
    const { nulls } = header
    const row = f.local('i32')
    if (nulls) f.get(nulls.hasNull).brIf(flow.skip)
    f.block((unmatched) => {
      f.block((isNull) => {
        const prepared = this.#prepareLeft(scope, isNull)
        lookUp(f, prepared.hash, header, row)
        f.get(row).op('i32.eqz').brIf(unmatched)
        f.block((found) => {
          this.#findMatch(scope, prepared, row, found)
          f.br(unmatched)
        })
        this.#marks?.set(f)
        f.br(flow.skip)
      })
      if (nulls) f.get(nulls.rows).brIf(flow.skip)
    })
    this.#marks?.skipUntilLast(f, flow.skip)
    next.row(scope, flow)
  }

  /** Passes on all left rows, those without a match joined with nothing. */
  #probeAll(scope: Scope, flow: RowFlow, next: Consumer, header: JoinHeader): void {
    const { f } = scope
    const [row, noMatch, hasMatched] = [f.local('i32'), f.local('i32'), f.local('i32')]
    f.i32(0).set(row)
    if (this.#marks) this.#marks.push(f).set(hasMatched)
    else f.i32(0).set(hasMatched)
    let prepared: Prepared | undefined
    f.block((isNull) => {
      prepared = this.#prepareLeft(scope, isNull)
      lookUp(f, prepared.hash, header, row)
    })
    f.loop((again) => {
      f.block((skip) => {
        f.get(row).op('i32.eqz').tee(noMatch)
        f.if(
          () => {
            // The end of the chain: a row without a match goes on once, joined with nothing.
            f.get(hasMatched).brIf(flow.skip)
            this.#marks?.skipUntilLast(f, flow.skip)
            this.#rows.pushNoRow(f).set(row)
          },
          () => {
            this.#match(scope, row, prepared!, skip)
            f.i32(1).set(hasMatched)
            this.#marks?.set(f)
            if (this.#plan.type === 'full') this.#rows.markMatched(f, row)
          },
        )
        next.row(scope.over(this.#rows.joined(scope.fork(), row, noMatch)), { ...flow, skip })
      })
      f.get(noMatch).brIf(flow.skip)
      f.get(row).load('i32.load', JOIN_ROW_NEXT).set(row).br(again)
    })
  }
}
