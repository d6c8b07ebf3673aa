import { readFile } from 'node:fs/promises'
import type { ThreadData } from './worker/thread-protocol.js'

/** Which modules an executor's threads load; URLs. */
export interface ThreadModules {
  readonly taskModule: string
  readonly connectorModule: string | undefined
  /** URL of the kernels' WebAssembly module. */
  readonly kernels: string | undefined
}

/** Compiles the kernels once for all threads of the process. */
export async function threadData({ taskModule, connectorModule, kernels }: ThreadModules): Promise<ThreadData> {
  const module = kernels === undefined ? undefined : new WebAssembly.Module(await readFile(new URL(kernels)))
  return { taskModule, connectorModule, kernels: module }
}
