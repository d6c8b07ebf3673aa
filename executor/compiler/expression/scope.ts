import type { ConditionName } from '../../../common/errors/catalogue.js'
import type { Origin } from '../../../common/errors/condition.js'
import type { ErrorParameters } from '../../../common/errors/millrace-error.js'
import type { FunctionBuilder } from '../wasm/function-builder.js'
import type { FunctionReference, Local } from '../wasm/types.js'
import { ERROR_DETAIL_OFFSET } from './constant-pool.js'
import type { CompilerContext } from './context.js'
import type { KernelName } from './kernel-signatures.js'
import type { BytesValue, Value } from './value.js'

/** Where the columns of the current row come from. `column` emits the load; a scope calls it once per column and keeps the value. */
export interface ColumnSource {
  column(ordinal: number): Value
  /** The source to use in code that runs conditionally. A source that keeps no values returns itself. */
  fork(): ColumnSource
}

/** How a function leaves when an error is raised: given the status, emits code that does not fall through. */
export type EmitRaise = (f: FunctionBuilder, status: number) => void

function returnStatus(f: FunctionBuilder, status: number): void {
  f.i32(status).return()
}

/**
 * The code being generated for one row: which function it goes to, where columns come from and what has been computed
 * already. Values are remembered so that a column is loaded, and a common subexpression evaluated, once.
 *
 * What is emitted inside an arm that may not run must go through `fork()`: the fork sees what its parent has computed so far,
 * and what it computes is forgotten with it.
 */
export class Scope {
  readonly f: FunctionBuilder
  readonly context: CompilerContext
  readonly #source: ColumnSource
  readonly #parent: Scope | undefined
  readonly #emitRaise: EmitRaise
  readonly #columns = new Map<number, Value>()
  readonly #computed = new Map<string, Value>()

  /** @param emitRaise by default the function returns the status as its only result */
  constructor(
    context: CompilerContext,
    f: FunctionBuilder,
    source: ColumnSource,
    emitRaise: EmitRaise = returnStatus,
    parent?: Scope,
  ) {
    this.context = context
    this.f = f
    this.#source = source
    this.#emitRaise = emitRaise
    this.#parent = parent
  }

  /** A scope for code that runs only sometimes. */
  fork(): Scope {
    return new Scope(this.context, this.f, this.#source.fork(), this.#emitRaise, this)
  }

  /** A scope over other columns in the same function: those of a projection over this one, say. */
  over(source: ColumnSource): Scope {
    return new Scope(this.context, this.f, source, this.#emitRaise)
  }

  column(ordinal: number): Value {
    for (let scope: Scope | undefined = this; scope; scope = scope.#parent) {
      const known = scope.#columns.get(ordinal)
      if (known) return known
    }
    const value = this.#source.column(ordinal)
    this.#columns.set(ordinal, value)
    return value
  }

  /** What was computed here before under a key. */
  recall(key: string): Value | undefined {
    return this.#computed.get(key) ?? this.#parent?.recall(key)
  }

  remember(key: string, value: Value): void {
    this.#computed.set(key, value)
  }

  kernel(name: KernelName): FunctionReference {
    return this.context.kernel(name)
  }

  /** Pushes the address of a place in the data area. */
  pushAddress(offset: number): void {
    this.f.get(this.context.constantsBase)
    if (offset !== 0) this.f.i32(offset).op('i32.add')
  }

  /** The address of constant bytes, in a new local. */
  constant(bytes: Uint8Array): Local {
    this.pushAddress(this.context.constants.add(bytes))
    return this.f.setNew('i32')
  }

  /** Emits the raising of an error; nothing falls through. `detail` is the text at fault, for sites with DETAIL. */
  raise(condition: ConditionName, parameters: ErrorParameters, origin: Origin | undefined, detail?: BytesValue): void {
    const { f } = this
    if (detail) {
      f.get(this.context.constantsBase).get(detail.address).store('i32.store', ERROR_DETAIL_OFFSET)
      f.get(this.context.constantsBase)
        .get(detail.length)
        .store('i32.store', ERROR_DETAIL_OFFSET + 4)
    }
    this.#emitRaise(f, this.context.errors.add(condition, parameters, origin))
  }
}
