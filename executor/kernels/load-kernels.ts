import { readFileSync } from 'node:fs'
import { digestOf } from '../../common/digest.js'
import { MillraceError } from '../../common/errors/millrace-error.js'
import { ownFile } from '../../common/own-files.js'
import { KERNELS_DIGEST, type KernelImports, type Kernels } from './interface/generated.js'

let shared: WebAssembly.Module | undefined

/** Makes this thread use a module another thread compiled, instead of compiling its own. */
export function useKernelsModule(module: WebAssembly.Module): void {
  shared = module
}

/** The kernels' module, compiled once and good for every thread of the process. @throws KERNELS_MISMATCH */
export function kernelsModule(): WebAssembly.Module {
  shared ??= ownKernels(readFileSync(new URL(ownFile('executor/kernels/kernels.wasm'))))
  return shared
}

function ownKernels(bytes: Uint8Array<ArrayBuffer>): WebAssembly.Module {
  if (!areAsBuilt(bytes)) throw new MillraceError('KERNELS_MISMATCH', { differences: 'the bytes are others' })
  return new WebAssembly.Module(bytes)
}

const areAsBuilt = (bytes: Uint8Array): boolean => digestOf(bytes) === KERNELS_DIGEST

/** @throws KERNELS_MISMATCH when functions, their types or the layouts are others than this code was built for */
export async function compileKernels(bytes: Uint8Array<ArrayBuffer>): Promise<WebAssembly.Module> {
  const module = new WebAssembly.Module(bytes)
  // What is compared otherwise is a thousand names, which takes a tenth of the time that a process needs to start.
  if (!areAsBuilt(bytes)) (await import('./kernels-check.js')).checkKernels(bytes)
  return module
}

/** Kernels over a memory; their types are those that `compileKernels` checked. */
export function instantiateKernels(
  module: WebAssembly.Module,
  memory: WebAssembly.Memory,
  imports: KernelImports,
): Kernels {
  return new WebAssembly.Instance(module, { env: { memory, ...imports } }).exports as unknown as Kernels
}
