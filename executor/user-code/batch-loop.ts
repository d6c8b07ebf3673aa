import { compileFunction } from 'node:vm'
import type { DataType } from '../../columnar/types.js'
import { columnCode } from './column-code.js'
import type { LoadedFunction } from './load-function.js'

/** What a loop over a batch gets of an argument: its values, where they are not NULL, and of texts how to read one. */
export interface ArgumentColumn {
  readonly values: ArrayLike<number> | ArrayLike<bigint> | TextColumn | BytesColumn
  /** A byte a row, 0 for NULL; undefined when there is none. */
  readonly validity: Uint8Array | undefined
}

/** Texts of a batch: those of ASCII are cut out of one. */
export interface TextColumn {
  /** The address and the length of each. */
  readonly refs: Uint32Array
  /** All of them, where they lie one behind the other and are ASCII. */
  readonly whole: string | undefined
  /** The address where `whole` begins. */
  readonly start: number
  decode(address: number, length: number): string
}

/** Binary values of a batch. */
export interface BytesColumn {
  /** The address and the length of each. */
  readonly refs: Uint32Array
  at(address: number, length: number): Uint8Array
}

/** Where results go: values by row, texts and bytes as they are. */
export interface ResultColumn {
  readonly values: { [row: number]: unknown }
  /** A byte a row, all 1 before. */
  readonly validity: Uint8Array
}

/**
 * Calls a function for each row. @param otherwise gives what is stored of a result that the loop does not know, or throws
 * @returns whether there are NULLs
 */
export type BatchLoop = (
  rows: number,
  args: readonly ArgumentColumn[],
  out: ResultColumn,
  otherwise: (value: unknown) => unknown,
) => boolean

/**
 * The loop that calls a function for the rows of a batch, as code of its own: so that the function is compiled into it, and values of arguments and
 * results are no objects.
 */
export function batchLoop(fn: LoadedFunction, args: readonly DataType[], result: DataType): BatchLoop {
  const lines = [
    'return (rows, args, out, otherwise) => {',
    ...args.map(declared),
    'const { values, validity } = out',
    'let hasNulls = false',
    'for (let i = 0; i < rows; i++) {',
    `const r = fn(${args.map(argument).join(', ')})`,
    ...storing(result),
    '}',
    'return hasNulls',
    '}',
  ]
  return compileFunction(lines.join('\n'), ['fn'], { filename: 'node:millrace/batch-loop' })(fn) as BatchLoop
}

function declared(type: DataType, i: number): string {
  return `const ${parts(type, i)} = args[${i}].values, v${i} = args[${i}].validity`
}

function parts({ kind }: DataType, i: number): string {
  if (kind === 'string') return `{ refs: d${i}, whole: t${i}, start: s${i}, decode: u${i} }`
  return kind === 'binary' ? `{ refs: d${i}, at: u${i} }` : `d${i}`
}

function argument(type: DataType, i: number): string {
  const code = columnCode(type)
  const value = code ? code.read(`d${i}`) : type.kind === 'binary' ? `u${i}(d${i}[2 * i], d${i}[2 * i + 1])` : text(i)
  return `v${i} !== undefined && v${i}[i] === 0 ? null : ${value}`
}

function text(i: number): string {
  const [address, length] = [`d${i}[2 * i]`, `d${i}[2 * i + 1]`]
  const cut = `t${i}.substring(${address} - s${i}, ${address} - s${i} + ${length})`
  return `t${i} === undefined ? u${i}(${address}, ${length}) : ${cut}`
}

function storing(type: DataType): readonly string[] {
  const code = columnCode(type)
  const isBytes = type.kind === 'binary' ? 'r instanceof Uint8Array' : "typeof r === 'string'"
  const [isStored, stored] = code ? [code.isStored, code.stored] : [isBytes, 'r']
  return [
    `if (${isStored}) values[i] = ${stored}`,
    'else if (r === null || r === undefined) { validity[i] = 0; hasNulls = true }',
    'else values[i] = otherwise(r)',
  ]
}
