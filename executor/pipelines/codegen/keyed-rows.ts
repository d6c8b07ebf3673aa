import { BIGINT, BINARY } from '../../../columnar/types.js'
import type { CompilerContext } from '../../compiler/expression/context.js'
import { rowSource } from '../../compiler/expression/row-source.js'
import type { ColumnSource, Scope } from '../../compiler/expression/scope.js'
import { type BytesValue, bytes, type ScalarValue, type Value } from '../../compiler/expression/value.js'
import type { Operand } from '../../compiler/wasm/types.js'
import {
  KEYED_EXPIRES,
  KEYED_KEY,
  KEYED_MARK,
  KEYED_ROW_BYTES,
  KEYED_VALUE,
} from '../../kernels/interface/keyed-state.js'
import { ROW_DELETED } from '../../kernels/interface/table.js'
import { type Consumer, pushAddressOf } from './consumer.js'
import { ReturningRows } from './returning-rows.js'
import { RowMarks } from './row-marks.js'
import { rowRefs } from './row-refs.js'

const KEY = 0
const VALUE = 1
const EXPIRES = 2
const COLUMN_WEIGHT = 12

/** How the cells of a state get into files and out of them (executor/kernels/assembly/state/keyed-state.ts): the key, the value, which is NULL of one that was removed, and when it expires. */
export class KeyedRows {
  readonly width = KEYED_ROW_BYTES
  readonly mark = KEYED_MARK
  readonly refs: number
  readonly marks: RowMarks
  readonly #context: CompilerContext
  readonly #state: number
  readonly #returning: ReturningRows

  constructor(context: CompilerContext, state: number, late: number) {
    this.#returning = new ReturningRows(context, state, false)
    this.#context = context
    this.#state = state
    const refs = [KEYED_KEY, KEYED_VALUE].map((offset) => ({ offset, kind: 'ref' }) as const)
    this.refs = rowRefs(context, refs)
    this.marks = new RowMarks(context, state, KEYED_MARK, late)
  }

  /** Does as rows of files say: one without a value removes a cell. */
  get restoring(): Consumer {
    return {
      begin: () => {},
      row: (scope) => {
        const { f } = scope
        const [key, value] = [scope.column(KEY) as BytesValue, scope.column(VALUE) as BytesValue]
        const expires = scope.column(EXPIRES) as ScalarValue
        const hash = f.get(key.address).get(key.length).call(this.#context.kernel('keyedHash')).setNew('i32')
        this.#returning.ask(f, hash)
        pushAddressOf(this.#context, f, this.#state).get(hash).get(key.address).get(key.length)
        f.get(value.address).get(value.length).get(expires.value)
        if (value.isNull) f.get(value.isNull)
        else f.i32(0)
        f.call(this.#context.kernel('keyedRestore'))
      },
      end: () => {},
    }
  }

  /** The columns of a row as they are in files. */
  source(row: Operand): ColumnSource {
    return rowSource(row, (ordinal, scope, at) => this.#load(ordinal, scope, at), COLUMN_WEIGHT)
  }

  #load(ordinal: number, { f }: Scope, row: Operand): Value {
    const word = (offset: number) => f.get(row).load('i32.load', offset).setNew('i32')
    if (ordinal === EXPIRES) {
      const value = f.get(row).load('i64.load', KEYED_EXPIRES).setNew('i64')
      return { kind: 'scalar', type: BIGINT, value, isNull: undefined }
    }
    if (ordinal === KEY) return bytes(BINARY, word(KEYED_KEY), word(KEYED_KEY + 4), undefined)
    f.get(row).load('i32.load', KEYED_MARK).i32(ROW_DELETED).op('i32.and').i32(0).op('i32.ne')
    const isDeleted = f.setNew('i32')
    return bytes(BINARY, word(KEYED_VALUE), word(KEYED_VALUE + 4), isDeleted)
  }
}
