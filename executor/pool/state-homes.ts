import type { TaskLaunch } from '../../proto/protocol.js'

type OfTask = Pick<TaskLaunch, 'inputs'> & { readonly stage: Pick<TaskLaunch['stage'], 'id'> }

/**
 * Which slot has in the memory of its thread what a partition of a stream left there: the one that ran the last task that goes on from the same state, or, where there is none,
 * the last task of the same stage.
 */
export class StateHomes<Slot> {
  readonly #byQuery = new Map<string, Map<string, Slot>>()

  of(task: OfTask): Slot | undefined {
    const { streaming } = task.inputs
    return streaming && this.#byQuery.get(streaming.queryId)?.get(keyOf(task))
  }

  /** Of tasks that are not of a stream nothing is noted. */
  set(task: OfTask, slot: Slot): void {
    const { streaming } = task.inputs
    if (!streaming) return
    const homes = this.#byQuery.get(streaming.queryId) ?? new Map<string, Slot>()
    this.#byQuery.set(streaming.queryId, homes)
    homes.set(keyOf(task), slot)
  }

  forgetQuery(queryId: string): void {
    this.#byQuery.delete(queryId)
  }
}

function keyOf({ stage, inputs: { streaming, partition } }: OfTask): string {
  const operators = Object.keys(streaming?.operators ?? {}).join()
  return `${operators || `stage ${stage.id}`}/${partition}`
}
