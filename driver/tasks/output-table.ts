/** Where a task's output lies: with an executor, or (`executorId` undefined) where it cannot be lost. */
export interface TaskOutput {
  readonly attemptId: number
  readonly executorId: string | undefined
  readonly bytes: number
}

/** The attempts whose output one executor holds. */
export interface OutputGroup {
  readonly executorId: string
  readonly attemptIds: readonly number[]
}

/** The outputs of a stage's tasks, by partition. A cache's table is shared by all jobs that use it. */
export class OutputTable {
  readonly #outputs: (TaskOutput | undefined)[]
  #available = 0
  #groups: readonly OutputGroup[] | undefined

  constructor(partitions: number) {
    this.#outputs = new Array<TaskOutput | undefined>(partitions).fill(undefined)
  }

  get partitions(): number {
    return this.#outputs.length
  }

  get available(): number {
    return this.#available
  }

  get bytes(): number {
    return this.#outputs.reduce((sum, output) => sum + (output?.bytes ?? 0), 0)
  }

  at(partition: number): TaskOutput | undefined {
    return this.#outputs[partition]
  }

  set(partition: number, output: TaskOutput): void {
    if (this.#outputs[partition] === undefined) this.#available++
    this.#outputs[partition] = output
    this.#groups = undefined
  }

  /** Forgets the outputs that an executor held, of all its attempts or of those before one. Returns how many there were. */
  forgetExecutor(executorId: string, beforeAttemptId = Number.POSITIVE_INFINITY): number {
    let forgotten = 0
    this.#outputs.forEach((output, partition) => {
      if (output?.executorId === executorId && output.attemptId < beforeAttemptId) {
        this.forget(partition)
        forgotten++
      }
    })
    return forgotten
  }

  forget(partition: number): void {
    if (this.#outputs[partition] === undefined) return
    this.#outputs[partition] = undefined
    this.#available--
    this.#groups = undefined
  }

  /** All outputs by executor; the same object until something changes, so that it can be encoded once. */
  groups(): readonly OutputGroup[] {
    if (this.#groups) return this.#groups
    const byExecutor = new Map<string, number[]>()
    for (const output of this.#outputs) {
      if (output?.executorId === undefined) continue
      const attemptIds = byExecutor.get(output.executorId)
      if (attemptIds) attemptIds.push(output.attemptId)
      else byExecutor.set(output.executorId, [output.attemptId])
    }
    this.#groups = [...byExecutor].map(([executorId, attemptIds]) => ({ executorId, attemptIds }))
    return this.#groups
  }
}
