import { MillraceError } from '../../../common/errors/millrace-error.js'

/** The types of WebAssembly values. */
export type ValueType = 'i32' | 'i64' | 'f32' | 'f64' | 'v128'

/** A local variable or parameter of a function. */
export interface Local {
  readonly kind: 'local'
  readonly type: ValueType
  readonly index: number
}

/** A value known while compiling; pushing it emits a `const`. */
export type Constant =
  | { readonly kind: 'constant'; readonly type: 'i32' | 'f32' | 'f64'; readonly value: number; readonly late?: Late }
  | { readonly kind: 'constant'; readonly type: 'i64'; readonly value: bigint; readonly late?: Late }

/** A constant that the module imports, so that its code is good for other values too, as long as nobody asks for this one. */
export interface Late {
  readonly global: Global
  /** What code depends on where it does not depend on the whole value. */
  ask<T>(question: (value: number | bigint) => T): T
}

/** A global variable of the module. */
export interface Global {
  readonly kind: 'global'
  readonly type: ValueType
  /** Imported globals are numbered before defined ones, so the index is only known when the module is finished. */
  readonly origin: 'imported' | 'defined'
  readonly position: number
}

/** What `FunctionBuilder.get` can push. */
export type Operand = Local | Constant | Global

/** A function that can be called: imported or defined in the module. Its index is known when the module is finished. */
export interface FunctionReference {
  readonly kind: 'function'
  readonly origin: 'imported' | 'defined'
  readonly position: number
  readonly parameters: readonly ValueType[]
  readonly results: readonly ValueType[]
}

/** The target of a branch: leaving a block or `if`, or starting a loop again. */
export interface Label {
  readonly kind: 'label'
  readonly depth: number
}

export const i32Constant = (value: number): Constant => ({ kind: 'constant', type: 'i32', value: value | 0 })
export const i64Constant = (value: bigint): Constant => ({ kind: 'constant', type: 'i64', value })
export const f32Constant = (value: number): Constant => ({ kind: 'constant', type: 'f32', value })
export const f64Constant = (value: number): Constant => ({ kind: 'constant', type: 'f64', value })

/** What follows from a constant, of which code is to depend on no more than that. The question must refer to nothing else. */
export function told<T>(constant: Constant, question: (value: number | bigint) => T): T {
  return constant.late ? constant.late.ask(question) : question(constant.value)
}

const TYPE_CODES: Readonly<Record<ValueType, number>> = { i32: 0x7f, i64: 0x7e, f32: 0x7d, f64: 0x7c, v128: 0x7b }

/** The byte that stands for a type in the binary format. */
export const typeCode = (type: ValueType): number => TYPE_CODES[type]

/** The type that a byte of the binary format stands for. */
export function typeOfCode(code: number): ValueType {
  const found = (Object.keys(TYPE_CODES) as ValueType[]).find((type) => TYPE_CODES[type] === code)
  if (found === undefined) throw new MillraceError('INTERNAL_ERROR', { message: `the WebAssembly type ${code}` })
  return found
}

/** The parameters and results of a signature such as `i32 i64 -> i32`. */
export function typesOfSignature(signature: string): readonly [readonly ValueType[], readonly ValueType[]] {
  const [parameters = [], results = []] = signature.split('->').map((side) => side.match(/\w+/g) ?? [])
  return [parameters as ValueType[], results as ValueType[]]
}
