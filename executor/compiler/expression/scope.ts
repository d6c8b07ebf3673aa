import type { ConditionName } from '../../../common/errors/catalogue.js'
import type { Origin } from '../../../common/errors/condition.js'
import { type ErrorParameters, MillraceError } from '../../../common/errors/millrace-error.js'
import type { Expression } from '../../../planner/plan/expression/expression.js'
import type { Kernels } from '../../kernels/interface/generated.js'
import type { FunctionBuilder } from '../wasm/function-builder.js'
import type { FunctionReference, Local, Operand } from '../wasm/types.js'
import { ERROR_DETAIL_OFFSET, ERROR_ROW_OFFSET } from './constant-pool.js'
import type { CompilerContext } from './context.js'
import { type BytesValue, lazilyCarried, type Value } from './value.js'

/** Gives the local of another function the value that an operand of this one has. */
export type Carry = (operand: Operand) => Operand

/** Where the columns of the current row come from. A scope asks for a column once and keeps the value. */
export interface ColumnSource {
  /** Emits the load of a column, or its computation, in the function of a scope. */
  column(ordinal: number, scope: Scope): Value
  /** The source to use in code that runs conditionally. A source that keeps no values returns itself. */
  fork(): ColumnSource
  /** The same columns in another function. */
  within(f: FunctionBuilder, carry: Carry): ColumnSource
  /** How much code a column is (see `weightOf`). */
  weight(ordinal: number): number
  /** The code that a dictionary gives to the value of a column, where rows may have one. */
  code?(ordinal: number, scope: Scope): ColumnCode | undefined
  /** Computes what the columns of several pieces have in common; absent where columns are only loaded. */
  computeShared?(pieces: readonly (readonly number[])[]): void
}

/** A code that stands for the value of a column in a row, within a dictionary that it has for a batch at least. */
export interface ColumnCode {
  /** The number of the dictionary, and how many codes there are, that for NULL included: 0 while rows have none. Both i32, set where the function begins. */
  readonly dictionary: Local
  readonly codes: Local
  /** Emits the load of the code of the current row, where rows have one; an i32. */
  load(): Local
}

/** The scope in whose function another function is called, as a part of it. */
interface Caller {
  readonly scope: Scope
  readonly carry: Carry
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
  readonly #caller: Caller | undefined
  readonly #columns = new Map<number, Value>()
  readonly #variables = new Map<number, Value>()
  readonly #computed = new Map<string, Value>()

  constructor(context: CompilerContext, f: FunctionBuilder, source: ColumnSource, parent?: Scope, caller?: Caller) {
    this.context = context
    this.f = f
    this.#source = source
    this.#parent = parent
    this.#caller = caller
  }

  /** A scope for code that runs only sometimes. */
  fork(): Scope {
    return new Scope(this.context, this.f, this.#source.fork(), this)
  }

  /** A scope for code that runs for an element, in which the variables of a lambda have values. */
  bind(variables: readonly (readonly [level: number, value: Value])[]): Scope {
    const inner = this.fork()
    for (const [level, value] of variables) inner.#variables.set(level, value)
    return inner
  }

  /** The value of a variable of a lambda around. */
  variable(level: number): Value {
    const known = this.#variables.get(level) ?? this.#parent?.variable(level)
    if (known) return known
    if (!this.#caller)
      throw new MillraceError('INTERNAL_ERROR', { message: `the lambda variable ${level} has no value` })
    const value = lazilyCarried(this.#caller.scope.variable(level), this.#caller.carry)
    this.#variables.set(level, value)
    return value
  }

  /** A scope over other columns in the same function: those of a projection over this one, say. */
  over(source: ColumnSource): Scope {
    return new Scope(this.context, this.f, source)
  }

  /** The scope of the same row in another function that this one calls here. What is known here is known there. */
  within(f: FunctionBuilder, carry: Carry): Scope {
    return new Scope(this.context, f, this.#source.within(f, carry), undefined, { scope: this, carry })
  }

  /** Emits the evaluation of a bound expression for the current row. @throws UNSUPPORTED_FEATURE for what cannot be compiled */
  value(expression: Expression): Value {
    return this.context.compile(expression, this)
  }

  column(ordinal: number): Value {
    const known = this.#knownColumn(ordinal)
    if (known) return known
    const value = this.#source.column(ordinal, this)
    this.#columns.set(ordinal, value)
    return value
  }

  code(ordinal: number): ColumnCode | undefined {
    return this.#source.code?.(ordinal, this)
  }

  #knownColumn(ordinal: number): Value | undefined {
    const known = this.#columns.get(ordinal) ?? (this.#parent ? this.#parent.#knownColumn(ordinal) : undefined)
    if (known || !this.#caller) return known
    const value = this.#caller.scope.#knownColumn(ordinal)
    const carried = value && lazilyCarried(value, this.#caller.carry)
    if (carried) this.#columns.set(ordinal, carried)
    return carried
  }

  /** Computes what the columns of several pieces have in common, so that functions for the pieces need not each do it. */
  computeShared(pieces: readonly (readonly number[])[]): void {
    if (pieces.length > 1) this.#source.computeShared?.(pieces)
  }

  /** How much code it is to have a column at hand. */
  weight(ordinal: number): number {
    return this.#knownColumn(ordinal) ? 1 : this.#source.weight(ordinal)
  }

  /** What was computed here before under a key. */
  recall(key: string): Value | undefined {
    const known = this.#computed.get(key) ?? this.#parent?.recall(key)
    if (known || !this.#caller) return known
    const value = this.#caller.scope.recall(key)
    const carried = value && lazilyCarried(value, this.#caller.carry)
    if (carried) this.#computed.set(key, carried)
    return carried
  }

  remember(key: string, value: Value): void {
    this.#computed.set(key, value)
  }

  kernel(name: keyof Kernels): FunctionReference {
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

  /** Emits the raising of an error: the function returns the status as its only result. `detail` is the text at fault, for sites with DETAIL; `row` the address of the text of its row. */
  raise(
    condition: ConditionName,
    parameters: ErrorParameters,
    origin: Origin | undefined,
    detail?: BytesValue,
    row?: Operand,
  ): void {
    const { f } = this
    if (detail) {
      f.get(this.context.constantsBase).get(detail.address).store('i32.store', ERROR_DETAIL_OFFSET)
      f.get(this.context.constantsBase)
        .get(detail.length)
        .store('i32.store', ERROR_DETAIL_OFFSET + 4)
    }
    if (row) f.get(this.context.constantsBase).get(row).store('i32.store', ERROR_ROW_OFFSET)
    f.i32(this.context.errors.add(condition, parameters, origin, row !== undefined)).return()
  }
}
