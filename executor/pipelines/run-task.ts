import { MillraceError, toMillraceError } from '../../common/errors/millrace-error.js'
import { threadMemory } from '../memory/linear-memory.js'
import { CachedColumns } from './cached-columns.js'
import { ResidentStates } from './resident-states.js'
import { ResidentTables } from './resident-tables.js'
import { RunningTask } from './running-task.js'
import { codeOf } from './stage-code.js'
import type { RunTask } from './task.js'

const residentTables = new ResidentTables()
const residentStates = new ResidentStates()

let cachedColumns: CachedColumns | undefined

function columnsOfCaches(): CachedColumns {
  cachedColumns ??= new CachedColumns(threadMemory())
  return cachedColumns
}

/** A cached relation was dropped: frees what this thread kept of it. */
export const dropCache = (cacheId: string): void => columnsOfCaches().drop(cacheId)

/** A stream ended: frees what this thread kept of its state. */
export const dropState = (queryId: string): void => residentStates.dropQuery(threadMemory(), queryId)

/** Frees what this thread keeps to be faster next time. */
export function trim(): void {
  columnsOfCaches().clear()
  residentTables.release(threadMemory())
  residentStates.trim(threadMemory())
  threadMemory().settle()
}

/** Bytes of linear memory this thread has taken and can never give back; the executor replaces a thread that took too many. */
export const threadMemoryBytes = (): number => threadMemory().linear.buffer.byteLength

/** Runs one task of a stage to its end on this thread. Whatever happens, it gives back all memory it took, but for what the thread keeps for the next ones. */
export const runTask: RunTask = async (stage, inputs, environment) => {
  const memory = threadMemory()
  const code = codeOf(stage, environment.spills)
  memory.use(environment.memory)
  residentTables.open(stage, memory)
  const thread = { memory, residentTables, residentStates, cachedColumns: columnsOfCaches() }
  const task = new RunningTask(stage, inputs, environment, thread, code)
  try {
    return await task.run()
  } catch (error) {
    await task.abort()
    // Whatever was short, it should not be for lack of what is only kept to be faster next time.
    if (MillraceError.is(error) && error.condition === 'UNABLE_TO_ACQUIRE_MEMORY') {
      columnsOfCaches().clear()
      residentStates.release(memory)
    }
    throw environment.signal.aborted ? canceled(environment.signal.reason, error) : toMillraceError(error)
  } finally {
    task.release()
    memory.settle()
  }
}

/** What ends a cancelled task; `met` is what it met when it was, for whoever must know whether its thread can go on. */
function canceled(reason: unknown, met: unknown): MillraceError {
  return MillraceError.is(met) && met === reason ? met : new MillraceError('OPERATION_CANCELED', {}, { cause: met })
}
