import { BIGINT } from '../../../columnar/types.js'
import { MillraceError } from '../../../common/errors/millrace-error.js'
import type { PhysicalDeduplicate } from '../../../planner/plan/physical/stateful.js'
import { compileExpression } from '../../compiler/expression/compile.js'
import type { CompilerContext } from '../../compiler/expression/context.js'
import { rowSource } from '../../compiler/expression/row-source.js'
import type { ColumnSource, Scope } from '../../compiler/expression/scope.js'
import type { ScalarValue, Value } from '../../compiler/expression/value.js'
import type { Local, Operand } from '../../compiler/wasm/types.js'
import { ROW_MARK_BYTES } from '../../kernels/interface/table.js'
import type { Consumer } from '../codegen/consumer.js'
import { GroupProbe } from '../codegen/group-probe.js'
import { KeyLayout } from '../codegen/key-layout.js'
import { ReturningRows } from '../codegen/returning-rows.js'
import { NEVER, type RowExpiry, RowMarks } from '../codegen/row-marks.js'
import { rowRefs } from '../codegen/row-refs.js'
import { oneTable } from '../codegen/table-place.js'
import type { EventTimeView } from '../event-times.js'
import { expired, keptPlaces, keptRows, opened, saved } from './kept-operator.js'
import type { ExecutableOperator } from './operator.js'

const CELL_BYTES = 8
const COLUMN_WEIGHT = 12

/** The keys of the batches before stay; of this batch's rows those go on whose keys are not among them, nor late. */
export const deduplicate: ExecutableOperator<PhysicalDeduplicate> = {
  produce(compiler, plan, next) {
    const { context } = compiler
    const places = keptPlaces(compiler, plan.state)
    const { operatorId, state, late } = places
    const times = compiler.eventTimes.view(operatorId, context.constants)
    const rows = new KeptKeys(context, plan, state, times, late)
    const { width, refs, mark } = rows
    const layout = {
      ...{ ...places, width, refs, mark },
      times: plan.keptMicros === undefined ? undefined : times,
      leaving: { expires: plan.keptMicros === undefined ? undefined : rows.expiresAt },
    }
    const kept = keptRows(compiler, layout, {
      marks: rows.marks,
      restore: rows.restoring,
      load: (row) => rows.source(row),
    })
    compiler.step(opened(kept))
    compiler.input(plan, 0, rows.passing(next))
    compiler.step(expired(kept))
    compiler.step(saved(kept))
  },
}

class KeptKeys {
  readonly width: number
  readonly mark: number
  readonly refs: number
  /** Offset in a row of when it expires. */
  readonly expiresAt: number
  readonly marks: RowMarks
  readonly #plan: PhysicalDeduplicate
  readonly #keys: KeyLayout
  readonly #probe: GroupProbe
  readonly #times: EventTimeView

  constructor(context: CompilerContext, plan: PhysicalDeduplicate, state: number, times: EventTimeView, late: number) {
    this.#plan = plan
    this.#times = times
    const types = plan.keys.map(({ expression: { type, nullable } }) => ({ type, nullable }))
    this.#keys = new KeyLayout(context, types, 0)
    this.expiresAt = this.#keys.width
    this.mark = this.expiresAt + CELL_BYTES
    this.width = this.mark + ROW_MARK_BYTES
    this.refs = rowRefs(context, this.#keys.refs)
    this.marks = new RowMarks(context, state, this.mark, late)
    const returning = new ReturningRows(context, state, false)
    this.#probe = new GroupProbe(context, oneTable(context, state), this.#keys, this.width, returning)
  }

  /** Takes keys of the state. */
  get restoring(): Consumer {
    const { keys } = this.#plan
    return {
      begin: (f) => this.#probe.begin(f),
      row: (scope) => {
        const expires = (scope.column(keys.length) as ScalarValue).value
        this.#find(
          scope,
          keys.map((_, i) => scope.column(i)),
          expires,
        )
      },
      end: () => {},
    }
  }

  /** Takes the batch's rows, and passes on those whose keys are new. */
  passing(next: Consumer): Consumer {
    return {
      begin: (f) => {
        this.#probe.begin(f)
        next.begin(f)
      },
      row: (scope, flow) => {
        const { f } = scope
        const at = this.#eventTime(scope)
        if (at) this.marks.skipLate(scope, { micros: at.value, isNull: at.isNull }, this.#times.late, flow)
        const isNew = f.i32(0).setNew('i32')
        const keys = this.#plan.keys.map(({ expression }) => compileExpression(expression, scope))
        this.#find(scope, keys, this.#expiryOf(scope), (row) => {
          this.marks.touch(f, row)
          f.i32(1).set(isNew)
        })
        f.get(isNew).op('i32.eqz').brIf(flow.skip)
        next.row(scope, flow)
      },
      end: (f) => next.end(f),
    }
  }

  /** The columns of a row as they are in files. */
  source(row: Operand): ColumnSource {
    const load = (ordinal: number, { f }: Scope, at: Operand): Value => {
      if (ordinal < this.#plan.keys.length) return this.#keys.load(f, at, ordinal)
      const value = f.get(at).load('i64.load', this.expiresAt).setNew('i64')
      return { kind: 'scalar', type: BIGINT, value, isNull: undefined }
    }
    return rowSource(row, load, COLUMN_WEIGHT)
  }

  #find(scope: Scope, keys: readonly Value[], expires: Operand, found?: (row: Local) => void): void {
    const { f } = scope
    const expiry: RowExpiry | undefined =
      this.#plan.keptMicros === undefined ? undefined : { micros: expires, isNull: isNever(scope, expires) }
    const added = this.marks.added(expiry)
    this.#probe.find(f, this.#keys.prepare(f, keys), undefined, (_, row, hash) => {
      f.get(row).get(expires).store('i64.store', this.expiresAt)
      added(f, row, hash)
      found?.(row)
    })
  }

  /** When the key of a row expires: never without an event time. */
  #expiryOf(scope: Scope): Local {
    const { f } = scope
    const { keptMicros } = this.#plan
    const at = this.#eventTime(scope)
    if (keptMicros === undefined || !at) return f.i64(NEVER).setNew('i64')
    f.get(at.value).i64(keptMicros).op('i64.add')
    if (at.isNull) f.i64(NEVER).get(at.isNull).op('i32.eqz').select()
    return f.setNew('i64')
  }

  #eventTime(scope: Scope): ScalarValue | undefined {
    const { eventTime } = this.#plan
    if (!eventTime) return undefined
    const value = compileExpression(eventTime, scope)
    if (value.kind === 'scalar' && value.value.type === 'i64') return value
    throw new MillraceError('INTERNAL_ERROR', { message: 'an event time that is not a timestamp' })
  }
}

/** Whether a key is kept for ever. */
const isNever = ({ f }: Scope, expires: Operand): Local => f.get(expires).i64(NEVER).op('i64.eq').setNew('i32')
