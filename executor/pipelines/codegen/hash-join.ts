import type { Attribute } from '../../../planner/plan/expression/expression.js'
import { mayRaise } from '../../../planner/plan/expression/may-raise.js'
import type { PhysicalHashJoin } from '../../../planner/plan/physical/plan.js'
import { compileExpression } from '../../compiler/expression/compile.js'
import { compileCondition } from '../../compiler/expression/condition.js'
import type { CompilerContext } from '../../compiler/expression/context.js'
import { anyNull } from '../../compiler/expression/nulls.js'
import type { ColumnSource, Scope } from '../../compiler/expression/scope.js'
import { type Value, withNull } from '../../compiler/expression/value.js'
import type { FunctionBuilder } from '../../compiler/wasm/function-builder.js'
import { i32Constant, type Label, type Local, type Operand } from '../../compiler/wasm/types.js'
import { type Consumer, loadSlot, pushAddressOf, type RowFlow, type Selection } from './consumer.js'
import { pipelineKernel } from './kernels.js'
import { KeyLayout, type PreparedKey } from './key-layout.js'
import { COLUMN_WEIGHT, PayloadLayout } from './payload-layout.js'
import { BYTES_STORE, DIRECTORY, FILTER, FILTER_LAST, MASK, ROWS_STORE } from './table-layout.js'

const NEXT = 0
const HASH = 4
const HEADER_BYTES = 8

/** Emits what sets a local by a hash. */
type HashTest = (f: FunctionBuilder, hash: Operand, outcome: Local) => void

interface Prepared {
  readonly key: PreparedKey
  readonly hash: Operand
}

/**
 * A hash join: `build` consumes the right side into rows of the table at an offset of the data area, `probe` looks each left row up and
 * passes its matches on. Keys that are NULL match nothing. Without keys all rows are in one chain.
 */
export class HashJoin {
  readonly width: number
  readonly #context: CompilerContext
  readonly #plan: PhysicalHashJoin
  readonly #table: number
  readonly #keys: KeyLayout
  readonly #payload: PayloadLayout
  /** A row of zeros for the right side of left rows without a match. */
  readonly #noRow: number

  constructor(context: CompilerContext, plan: PhysicalHashJoin, table: number) {
    this.#context = context
    this.#plan = plan
    this.#table = table
    this.#keys = new KeyLayout(
      context,
      plan.rightKeys.map(({ type }) => ({ type, nullable: false })),
      HEADER_BYTES,
    )
    this.#payload = new PayloadLayout(context, plan.inputs[1].attributes, HEADER_BYTES + this.#keys.width)
    this.width = this.#payload.end
    this.#noRow = context.constants.reserve(this.width)
  }

  get build(): Consumer {
    return {
      begin: () => {},
      end: () => {},
      row: (scope, { skip }) => {
        const { f } = scope
        const { key, hash } = this.#prepare(scope, this.#plan.rightKeys, skip)
        pushAddressOf(this.#context, f, this.#table + ROWS_STORE).i32(this.width)
        const row = f.call(pipelineKernel(this.#context, 'storeAllocate')).setNew('i32')
        f.get(row).get(hash).store('i32.store', HASH)
        this.#keys.store(f, row, key, this.#table + BYTES_STORE)
        this.#payload.storeAll(scope, row, this.#table + BYTES_STORE)
      },
    }
  }

  #prepare(scope: Scope, keys: PhysicalHashJoin['leftKeys'], onNull: Label): Prepared {
    const { f } = scope
    const values = keys.map((key) => compileExpression(key, scope))
    const isNull = anyNull(
      f,
      values.map((value) => value.isNull),
    )
    if (isNull) f.get(isNull).brIf(onNull)
    const key = this.#keys.prepare(
      f,
      values.map((value) => withNull(value, undefined)),
    )
    if (keys.length === 0) return { key, hash: i32Constant(0) }
    return { key, hash: f.get(this.#keys.hash(f, key)).op('i32.wrap_i64').setNew('i32') }
  }

  probe(next: Consumer): Consumer {
    let directory: Local
    let mask: Local
    let filter: Local
    let filterLast: Local
    return {
      begin: (f) => {
        directory = loadSlot(this.#context, f, this.#table + DIRECTORY)
        mask = loadSlot(this.#context, f, this.#table + MASK)
        filter = loadSlot(this.#context, f, this.#table + FILTER)
        filterLast = loadSlot(this.#context, f, this.#table + FILTER_LAST)
        next.begin(f)
      },
      end: (f) => next.end(f),
      row: (scope, flow) => {
        if (this.#plan.type === 'inner') this.#probeInner(scope, flow, next, directory, mask)
        else this.#probeLeft(scope, flow, next, directory, mask)
      },
      ...this.#selection(
        next,
        (f, hash, found) => this.#filter(f, hash, filter, filterLast, found),
        (f, hash, row) => this.#lookUp(f, hash, directory, mask, row),
      ),
    }
  }

  /** Of an inner join, a row passes when the filter, and then the directory, know the hash of its key; where its chain begins is kept. */
  #selection(next: Consumer, filter: HashTest, lookUp: HashTest): { readonly selection?: Selection } {
    const { type, leftKeys } = this.#plan
    if (type !== 'inner' || leftKeys.length === 0 || leftKeys.some(mayRaise)) return {}
    const tested = (scope: Scope, test: HashTest): Local => {
      const { f } = scope
      const outcome = f.local('i32')
      f.i32(0).set(outcome)
      f.block((isNull) => test(f, this.#prepare(scope, leftKeys, isNull).hash, outcome))
      return outcome
    }
    return {
      selection: {
        tests: [
          {
            push: (scope) => {
              scope.f.get(tested(scope, filter))
              return undefined
            },
          },
          {
            push: (scope) => {
              const row = tested(scope, lookUp)
              scope.f.get(row).i32(0).op('i32.ne')
              return row
            },
          },
        ],
        row: (scope, flow, row) => this.#walk(scope, this.#prepare(scope, leftKeys, flow.skip), row, flow, next),
      },
    }
  }

  /** Sets `passes` to 0 when no row of the table has the hash. */
  #filter(f: FunctionBuilder, hash: Operand, filter: Local, last: Local, passes: Local): void {
    f.get(filter).get(hash).get(last).op('i32.and').i32(3).op('i32.shr_u').op('i32.add').load('i32.load8_u')
    f.get(hash).i32(7).op('i32.and').op('i32.shr_u').i32(1).op('i32.and').set(passes)
  }

  /** Sets `row` to the first row of the chain of a hash, or to 0 when no row of the chain has a hash like it. */
  #lookUp(f: FunctionBuilder, hash: Operand, directory: Local, mask: Local, row: Local): void {
    const entry = f
      .get(directory)
      .get(hash)
      .get(mask)
      .op('i32.and')
      .i32(3)
      .op('i32.shl')
      .op('i32.add')
      .load('i64.load')
      .setNew('i64')
    f.get(entry).op('i32.wrap_i64').i32(0)
    f.get(entry).i64(32n).op('i64.shr_u').op('i32.wrap_i64').get(hash).i32(27).op('i32.shr_u').op('i32.shr_u')
    f.i32(1).op('i32.and').select().set(row)
  }

  /** Goes to `different` unless the row has the keys and the condition holds. */
  #match(scope: Scope, row: Local, hash: Operand, key: PreparedKey, different: Label): void {
    const { f } = scope
    if (this.#plan.leftKeys.length > 0) {
      f.get(row).load('i32.load', HASH).get(hash).op('i32.ne').brIf(different)
      this.#keys.compare(f, row, key, different)
    }
  }

  #probeInner(scope: Scope, flow: RowFlow, next: Consumer, directory: Local, mask: Local): void {
    const { f } = scope
    const prepared = this.#prepare(scope, this.#plan.leftKeys, flow.skip)
    const row = f.local('i32')
    this.#lookUp(f, prepared.hash, directory, mask, row)
    f.get(row).op('i32.eqz').brIf(flow.skip)
    this.#walk(scope, prepared, row, flow, next)
  }

  /** Passes on what a row is joined with along a chain, which is not empty. */
  #walk(scope: Scope, { key, hash }: Prepared, row: Local, flow: RowFlow, next: Consumer): void {
    const { f } = scope
    f.loop((again) => {
      f.block((skip) => {
        this.#match(scope, row, hash, key, skip)
        const joined = scope.over(this.#joined(scope.fork(), row, undefined))
        if (this.#plan.condition) compileCondition(this.#plan.condition, joined, skip)
        next.row(joined, { ...flow, skip })
      })
      f.get(row).load('i32.load', NEXT).tee(row).brIf(again)
    })
  }

  #probeLeft(scope: Scope, flow: RowFlow, next: Consumer, directory: Local, mask: Local): void {
    const { f } = scope
    const [row, noMatch, hasMatched] = [f.local('i32'), f.local('i32'), f.local('i32')]
    f.i32(0).set(row).i32(0).set(hasMatched)
    let prepared: Prepared | undefined
    f.block((isNull) => {
      prepared = this.#prepare(scope, this.#plan.leftKeys, isNull)
      this.#lookUp(f, prepared.hash, directory, mask, row)
    })
    const { key, hash } = prepared!
    f.loop((again) => {
      f.block((skip) => {
        f.get(row).op('i32.eqz').tee(noMatch)
        f.if(
          () => {
            // The end of the chain: a row without a match goes on once, joined with nothing.
            f.get(hasMatched).brIf(flow.skip)
            pushAddressOf(this.#context, f, this.#noRow).set(row)
          },
          () => {
            this.#match(scope, row, hash, key, skip)
            if (this.#plan.condition) {
              const joined = scope.fork().over(this.#joined(scope.fork(), row, undefined))
              compileCondition(this.#plan.condition, joined, skip)
            }
            f.i32(1).set(hasMatched)
          },
        )
        next.row(scope.over(this.#joined(scope.fork(), row, noMatch)), { ...flow, skip })
      })
      f.get(noMatch).brIf(flow.skip)
      f.get(row).load('i32.load', NEXT).set(row).br(again)
    })
  }

  /** Left columns, then right ones from a row of the table; these are NULL where `isMissing` is 1. */
  #joined(left: Scope, row: Operand, isMissing: Operand | undefined): ColumnSource {
    const leftColumns: readonly Attribute[] = this.#plan.inputs[0].attributes
    return {
      column: (ordinal, { f }): Value => {
        if (ordinal < leftColumns.length) return left.column(ordinal)
        const value = this.#payload.load(f, row, ordinal - leftColumns.length)
        return isMissing ? withNull(value, anyNull(f, [value.isNull, isMissing])) : value
      },
      computeShared: (pieces) =>
        left.computeShared(pieces.map((piece) => piece.filter((ordinal) => ordinal < leftColumns.length))),
      fork: () => this.#joined(left.fork(), row, isMissing),
      within: (f, carry) => this.#joined(left.within(f, carry), carry(row), isMissing && carry(isMissing)),
      weight: (ordinal) => (ordinal < leftColumns.length ? left.weight(ordinal) : COLUMN_WEIGHT),
    }
  }
}
