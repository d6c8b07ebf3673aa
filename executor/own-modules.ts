import { ownFile } from '../common/own-files.js'
import type { ThreadModules } from './thread-data.js'

/** What the threads of an executor load, as this package brings it. */
export const OWN_MODULES: ThreadModules = {
  entry: ownFile('executor/worker/entry.cjs'),
  taskModule: ownFile('executor/pipelines/run-task.js'),
  connectorModule: ownFile('connectors/registry.js'),
  kernels: ownFile('executor/kernels/kernels.wasm'),
}

/** The program of an executor's process. */
export const EXECUTOR_MAIN = ownFile('executor/main.js')
