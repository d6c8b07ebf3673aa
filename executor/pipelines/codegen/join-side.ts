import { BIGINT, INT } from '../../../columnar/types.js'
import { MillraceError } from '../../../common/errors/millrace-error.js'
import type { Attribute, Expression } from '../../../planner/plan/expression/expression.js'
import { isPreserved, knowsMatches, type PhysicalStreamJoin } from '../../../planner/plan/physical/stateful.js'
import { compileExpression } from '../../compiler/expression/compile.js'
import type { CompilerContext } from '../../compiler/expression/context.js'
import { rowSource } from '../../compiler/expression/row-source.js'
import type { ColumnSource, Scope } from '../../compiler/expression/scope.js'
import { type ScalarValue, scalar, type Value } from '../../compiler/expression/value.js'
import type { FunctionBuilder } from '../../compiler/wasm/function-builder.js'
import type { Local, Operand } from '../../compiler/wasm/types.js'
import { CHAINED_ROW_HEADER_BYTES } from '../../kernels/interface/rows.js'
import { ROW_MARK_BYTES, ROW_TOUCHED, STATE_NEXT_NUMBER } from '../../kernels/interface/table.js'
import { ChainedRows } from './chained-rows.js'
import { type Consumer, pushAddressOf, type RowFlow } from './consumer.js'
import { KeyLayout } from './key-layout.js'
import { COLUMN_WEIGHT, PayloadLayout } from './payload-layout.js'
import { type RowExpiry, RowMarks } from './row-marks.js'
import { rowRefs } from './row-refs.js'
import { oneTable, type TablePlace } from './table-place.js'

/* Of a row that knows whether it has had a match: its number, by which files tell it from others, and the state of that (i32). */
const NUMBER = CHAINED_ROW_HEADER_BYTES
const MATCHED = NUMBER + 8
const MATCHED_BYTES = 16

/** That a row has had a match, and that it was without one in a batch before: of such a row, files have an older version. */
const HAS_MATCH = 1
const HAD_NONE = 2

/** How the rows of a side of a join of streams are kept, in memory and in files. */
export class JoinSide {
  readonly keys: KeyLayout
  readonly rows: ChainedRows
  readonly marks: RowMarks
  readonly width: number
  readonly mark: number
  /** Whether rows that never had a match are output, so that those are kept as well that can have none. */
  readonly isPreserved: boolean
  /** Whether rows know if they have had a match. */
  readonly isMarked: boolean
  readonly #context: CompilerContext
  readonly #state: number
  readonly #columns: readonly Attribute[]
  readonly #keyExpressions: readonly Expression[]
  readonly #expiry: Expression | undefined
  readonly #payload: PayloadLayout
  readonly #table: TablePlace

  /** @param state what is kept of the side, `late` of the count of its rows that came too late; both are offsets */
  constructor(context: CompilerContext, plan: PhysicalStreamJoin, side: 0 | 1, state: number, late: number) {
    const { type, nullSafe, leftKeys, rightKeys } = plan
    this.#context = context
    this.#state = state
    this.#columns = plan.inputs[side].attributes
    this.#keyExpressions = side === 0 ? leftKeys : rightKeys
    this.#expiry = plan.sides[side].expiry
    this.#table = oneTable(context, state)
    this.isPreserved = isPreserved(type, side)
    this.isMarked = knowsMatches(type, side)
    const header = CHAINED_ROW_HEADER_BYTES + (this.isMarked ? MATCHED_BYTES : 0)
    // NULL in the other side is compared with these.
    const mayBeNull = (i: number): boolean => leftKeys[i]!.nullable || rightKeys[i]!.nullable
    const keys = this.#keyExpressions.map((key, i) => ({
      type: key.type,
      nullable: (nullSafe[i]! || this.isPreserved) && mayBeNull(i),
    }))
    this.keys = new KeyLayout(context, keys, header)
    this.#payload = new PayloadLayout(context, this.#columns, header + this.keys.width)
    this.mark = this.#payload.end
    this.width = this.mark + ROW_MARK_BYTES
    this.marks = new RowMarks(context, state, this.mark, late)
    this.rows = new ChainedRows(context, state, this.width, this.mark)
  }

  /** Offset of the list of refs in a row. */
  get refs(): number {
    return rowRefs(this.#context, [...this.keys.refs, ...this.#payload.refs])
  }

  /** Takes rows of files. */
  get restoring(): Consumer {
    return {
      begin: () => {},
      row: (scope, { skip }) => {
        const { f } = scope
        const values = this.keyValues(scope)
        if (!this.isMarked) {
          this.#insert(scope, values)
          return
        }
        const [number, matched] = [0, 1].map((i) => (scope.column(this.#columns.length + i) as ScalarValue).value)
        f.get(matched!).i32(HAD_NONE).op('i32.and')
        f.if(() => {
          const hash = f
            .get(this.keys.hash(f, this.keys.prepare(f, values)))
            .op('i32.wrap_i64')
            .setNew('i32')
          this.rows.forEach(f, hash, (row, next) => {
            f.get(row).load('i64.load', NUMBER).get(number!).op('i64.ne').brIf(next)
            f.get(row).get(matched!).store('i32.store', MATCHED)
            f.br(skip)
          })
        })
        this.#number(scope, this.#insert(scope, values), number!, matched!)
        this.#pushNextNumber(f).get(number!).op('i64.le_s')
        f.if(() => this.#setNextNumber(f, () => f.get(number!).i64(1n).op('i64.add')))
      },
      end: () => {},
    }
  }

  keyValues(scope: Scope): readonly Value[] {
    return this.#keyExpressions.map((key) => compileExpression(key, scope))
  }

  /** Skips a row without the time by which it would expire: a condition on that time does not hold of it, and it would be kept for ever. */
  skipTimeless(scope: Scope, { skip }: RowFlow): void {
    const isNull = this.#expiryOf(scope)?.isNull
    if (isNull) scope.f.get(isNull).brIf(skip)
  }

  /** Adds the current row. @param matched whether it has had a match (i32), where rows know that */
  add(scope: Scope, keys: readonly Value[], matched: Operand | undefined): void {
    const { f } = scope
    const row = this.#insert(scope, keys)
    if (matched) {
      const number = this.#pushNextNumber(f).setNew('i64')
      this.#number(scope, row, number, matched)
      this.#setNextNumber(f, () => f.get(number).i64(1n).op('i64.add'))
    }
    this.marks.touch(f, row)
  }

  /** Notes that a row has a match. */
  markMatched(f: FunctionBuilder, row: Operand): void {
    this.pushIsUnmatched(f, row)
    f.if(() => {
      f.get(row)
        .i32(HAS_MATCH)
        .i32(HAS_MATCH | HAD_NONE)
      f.get(row).load('i32.load', this.mark).i32(ROW_TOUCHED).op('i32.and').select()
      f.store('i32.store', MATCHED)
      this.marks.touch(f, row)
    })
  }

  /** Pushes 1 for a row that has had no match, else 0. */
  pushIsUnmatched(f: FunctionBuilder, row: Operand): FunctionBuilder {
    return f.get(row).load('i32.load', MATCHED).op('i32.eqz')
  }

  /** The columns of a row. */
  source(row: Operand): ColumnSource {
    return this.#payload.source(row)
  }

  /** The columns of a row as they are in files. @param isWhole whether the file has all rows, and so no newer versions of some */
  stored(row: Operand, isWhole: boolean): ColumnSource {
    const count = this.#columns.length
    const load = (ordinal: number, { f }: Scope, at: Operand): Value => {
      if (ordinal < count) return this.#payload.load(f, at, ordinal)
      if (ordinal === count) return scalar(BIGINT, f.get(at).load('i64.load', NUMBER).setNew('i64'), undefined)
      f.get(at).load('i32.load', MATCHED)
      if (isWhole) f.i32(HAS_MATCH).op('i32.and')
      return scalar(INT, f.setNew('i32'), undefined)
    }
    return rowSource(row, load, COLUMN_WEIGHT)
  }

  #insert(scope: Scope, values: readonly Value[]): Local {
    const { f } = scope
    const key = this.keys.prepare(f, values)
    const hash = f.get(this.keys.hash(f, key)).op('i32.wrap_i64').setNew('i32')
    this.rows.ask(f, hash)
    const row = this.rows.insert(f, hash)
    this.keys.store(f, row, key, this.#table)
    this.#payload.storeAll(scope, row, this.#table)
    const expiry = this.#expiryOf(scope)
    if (expiry) this.rows.setExpiry(f, row, expiry)
    this.marks.added(expiry)(f, row, hash)
    return row
  }

  #expiryOf(scope: Scope): RowExpiry | undefined {
    return this.#expiry && momentOf(this.#expiry, scope)
  }

  #number({ f }: Scope, row: Operand, number: Operand, matched: Operand): void {
    f.get(row).get(number).store('i64.store', NUMBER)
    f.get(row).get(matched).i32(HAS_MATCH).op('i32.and').store('i32.store', MATCHED)
  }

  #pushNextNumber(f: FunctionBuilder): FunctionBuilder {
    return f.get(this.#context.constantsBase).load('i64.load', this.#state + STATE_NEXT_NUMBER)
  }

  #setNextNumber(f: FunctionBuilder, push: () => void): void {
    pushAddressOf(this.#context, f, this.#state)
    push()
    f.store('i64.store', STATE_NEXT_NUMBER)
  }
}

/** A time of a row. */
export function momentOf(e: Expression, scope: Scope): RowExpiry {
  const value = compileExpression(e, scope)
  if (value.kind === 'scalar' && value.value.type === 'i64') return { micros: value.value, isNull: value.isNull }
  throw new MillraceError('INTERNAL_ERROR', { message: 'a time of a row that is not a timestamp' })
}
