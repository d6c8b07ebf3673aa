import { readFileSync } from 'node:fs'

let shared: WebAssembly.Module | undefined

/** Makes this thread use a module another thread compiled, instead of compiling its own. */
export function useKernelsModule(module: WebAssembly.Module): void {
  shared = module
}

/** The kernels' module, compiled once and good for every thread of the process. */
export function kernelsModule(): WebAssembly.Module {
  shared ??= new WebAssembly.Module(readFileSync(new URL('./kernels.wasm', import.meta.url)))
  return shared
}
