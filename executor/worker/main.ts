/** The program of an executor's worker threads: piscina calls `serve` once, through `entry.cts`, and tasks come over the port, one at a time. */
import { type MessagePort, workerData } from 'node:worker_threads'
import { BlockGarbage } from '../../common/collect-garbage.js'
import { MillraceError, serializeError } from '../../common/errors/millrace-error.js'
import type { ConnectorEntry } from '../../connectors/api.js'
import type { Stage } from '../../planner/plan/physical/plan.js'
import { useKernelsModule } from '../kernels/load-kernels.js'
import { SlotMemory } from '../memory/slot-memory.js'
import type { RunTask } from '../pipelines/task.js'
import { stateConnector } from '../state/entry.js'
import { useProtection } from '../thread-protection.js'
import { breaksThread } from './breaks-thread.js'
import { type ConnectorLookup, PortEnvironment } from './port-environment.js'
import type { SlotData, ThreadMessage, ThreadOrder, ThreadTask } from './thread-protocol.js'

interface TaskModule {
  readonly runTask: RunTask
  /** Bytes of linear memory the thread holds, so that the executor knows when to replace it. */
  threadMemoryBytes?(): number
  dropCache?(cacheId: string): void
  dropState?(queryId: string): void
  /** Frees what the thread keeps from task to task. */
  trim?(): void
}

/** Blocks that passed through a thread since it last collected garbage. */
const GARBAGE_BYTES = 64 * 1024 ** 2

const data = workerData as SlotData
const memory = SlotMemory.of(data.pool, data.slot)
const garbage = new BlockGarbage(GARBAGE_BYTES)
const loaded = load()
let stage: Stage | undefined
// Loading begins with the thread; that it failed is told to the first task, which awaits it.
loaded.catch(() => undefined)

// Before any task: the process compiled the kernels for all its threads.
if (data.kernels) useKernelsModule(data.kernels)

async function load(): Promise<{ readonly task: TaskModule; readonly connectors: ConnectorLookup }> {
  const [task, connectors] = await Promise.all([
    import(data.taskModule) as Promise<TaskModule>,
    data.connectorModule === undefined
      ? { connectorEntry: unknownConnector }
      : (import(data.connectorModule) as Promise<{ connectorEntry: ConnectorLookup }>),
  ])
  return { task, connectors: connectors.connectorEntry }
}

function unknownConnector(provider: string): never {
  throw new MillraceError('DATA_SOURCE_NOT_FOUND', { provider, known: 'none' })
}

const connectorOf = async (name: string): Promise<ConnectorEntry> =>
  name === stateConnector.name ? stateConnector : (await loaded).connectors(name)

/** From now on tasks come over the port. */
export function serve(port: MessagePort): void {
  let environment: PortEnvironment | undefined
  port.on('message', (order: ThreadOrder) => {
    switch (order.kind) {
      case 'run':
        useProtection(order.task.protection)
        environment = new PortEnvironment(order.task, port, memory, connectorOf)
        return void run(order.task, environment)
      case 'tell':
        return environment?.receive(order.message)
      case 'trim':
        // What cannot be given back stays, with the thread and all that it keeps.
        return void trim()
          .catch(() => undefined)
          .finally(() => port.postMessage({ kind: 'keepsLess' } satisfies ThreadMessage))
    }
  })
}

/** Runs a task; what it came to goes over the port, behind the blocks it emitted. */
async function run(task: ThreadTask, environment: PortEnvironment): Promise<void> {
  let memoryBytes = 0
  try {
    const { task: module } = await loaded
    try {
      for (const cacheId of task.droppedCaches) module.dropCache?.(cacheId)
      for (const queryId of task.droppedStates) module.dropState?.(queryId)
      stage = task.stage ?? stage
      const result = await module.runTask(stage!, task.inputs, environment)
      environment.succeed(result, module.threadMemoryBytes?.() ?? 0)
    } catch (error) {
      memoryBytes = module.threadMemoryBytes?.() ?? 0
      throw error
    }
  } catch (error) {
    environment.end({ kind: 'failed', error: serializeError(error), memoryBytes, isThreadBroken: breaksThread(error) })
  }
  garbage.released(environment.passedBytes)
}

async function trim(): Promise<void> {
  const { task } = await loaded
  task.trim?.()
}
