import { readFile } from 'node:fs/promises'
import { compileKernels } from './kernels/load-kernels.js'
import type { ThreadData } from './worker/thread-protocol.js'

/** Which modules an executor's threads load; URLs. */
export interface ThreadModules {
  readonly entry: string
  readonly taskModule: string
  readonly connectorModule: string | undefined
  /** URL of the kernels' WebAssembly module. */
  readonly kernels: string | undefined
}

/** Gives every thread of the process the same data: the kernels are compiled once. A failure is not kept, the next thread tries again. */
export function threadDataOnce(modules: ThreadModules): () => Promise<ThreadData> {
  let loaded: Promise<ThreadData> | undefined
  return () => {
    loaded ??= threadData(modules).catch((error: unknown) => {
      loaded = undefined
      throw error
    })
    return loaded
  }
}

async function threadData({ kernels, ...modules }: ThreadModules): Promise<ThreadData> {
  const module = kernels === undefined ? undefined : await compileKernels(await readFile(new URL(kernels)))
  return { ...modules, kernels: module }
}
