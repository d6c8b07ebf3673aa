/** Which executor has which partition of a state in its memory: the one that ran its last task. A state has an id that begins with that of its query. */
export class StateHolders {
  readonly #byState = new Map<string, Map<number, string>>()

  of(stateId: string, partition: number): string | undefined {
    return this.#byState.get(stateId)?.get(partition)
  }

  set(stateId: string, partition: number, executorId: string): void {
    const holders = this.#byState.get(stateId) ?? new Map<number, string>()
    this.#byState.set(stateId, holders)
    holders.set(partition, executorId)
  }

  forgetExecutor(executorId: string): void {
    for (const holders of this.#byState.values()) {
      for (const [partition, holder] of holders) if (holder === executorId) holders.delete(partition)
    }
  }

  forgetQuery(queryId: string): void {
    for (const stateId of this.#byState.keys()) if (stateId.startsWith(`${queryId}/`)) this.#byState.delete(stateId)
  }
}
