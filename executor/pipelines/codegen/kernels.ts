import type { CompilerContext } from '../../compiler/expression/context.js'
import type { FunctionReference, ValueType } from '../../compiler/wasm/types.js'

/** The kernels pipelines call from generated code, parameters and result in short: i = i32, l = i64. */
const SIGNATURES = {
  groupInsert: ['iii', 'i'],
  storeAllocate: ['ii', 'i'],
  storeBytes: ['iii', 'i'],
  storeReplaced: ['iiii', 'i'],
  topAllocate: ['iiii', 'i'],
  stringPrefix: ['ii', 'l'],
  appendBytes: ['iiii', ''],
  stringWord: ['ii', 'l'],
  bytesEqual: ['iii', 'i'],
  decimalExceeds: ['lli', 'i'],
  /** Not a kernel but the host's: hands a full block on. Called once a block. */
  flushBlock: ['i', ''],
} as const satisfies Record<string, readonly [string, string]>

export type PipelineKernel = keyof typeof SIGNATURES

const typesOf = (codes: string): ValueType[] => [...codes].map((code) => (code === 'l' ? 'i64' : 'i32'))

export function pipelineKernel(context: CompilerContext, name: PipelineKernel): FunctionReference {
  const [parameters, results] = SIGNATURES[name]
  return context.importKernel(name, typesOf(parameters), typesOf(results))
}
