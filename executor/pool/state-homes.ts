import type { TaskInputs } from '../../planner/plan/physical/stage-parts.js'

/** Which slot has a partition of a stream's state in the memory of its thread: the one that ran the last task that goes on from it. */
export class StateHomes<Slot> {
  readonly #byQuery = new Map<string, Map<string, Slot>>()

  of({ streaming, partition }: TaskInputs): Slot | undefined {
    return streaming && this.#byQuery.get(streaming.queryId)?.get(keyOf(streaming.operators, partition))
  }

  set({ streaming, partition }: TaskInputs, slot: Slot): void {
    if (!streaming) return
    const homes = this.#byQuery.get(streaming.queryId) ?? new Map<string, Slot>()
    this.#byQuery.set(streaming.queryId, homes)
    homes.set(keyOf(streaming.operators, partition), slot)
  }

  forgetQuery(queryId: string): void {
    this.#byQuery.delete(queryId)
  }
}

const keyOf = (operators: object, partition: number): string => `${Object.keys(operators).join()}/${partition}`
