/** Where a task's output lies: with an executor, or (`executorId` undefined) where it cannot be lost. */
export interface TaskOutput {
  readonly attemptId: number
  readonly executorId: string | undefined
  readonly bytes: number
  /** Of each partition that it wrote for a shuffle. */
  readonly partitionBytes?: readonly number[] | undefined
}

/** The attempts whose output one executor holds. */
export interface OutputGroup {
  readonly executorId: string
  readonly attemptIds: readonly number[]
}

/** The outputs of a stage's tasks, by partition. A cache's table is shared by all jobs that use it. */
export class OutputTable {
  #outputs: (TaskOutput | undefined)[]
  #available = 0
  #bytes = 0
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
    return this.#bytes
  }

  /** As many tasks write instead, of which none has yet. */
  resize(partitions: number): void {
    this.#outputs = new Array<TaskOutput | undefined>(partitions).fill(undefined)
  }

  /** How many bytes there are of each partition that tasks wrote. */
  partitionSizes(partitions: number): readonly number[] {
    const sizes = new Array<number>(partitions).fill(0)
    for (const output of this.#outputs) for (let i = 0; i < partitions; i++) sizes[i]! += sizeOf(output, i, partitions)
    return sizes
  }

  /** How many bytes each task wrote of a partition. */
  sizesOf(partition: number, partitions: number): readonly number[] {
    return this.#outputs.map((output) => sizeOf(output, partition, partitions))
  }

  at(partition: number): TaskOutput | undefined {
    return this.#outputs[partition]
  }

  set(partition: number, output: TaskOutput): void {
    const before = this.#outputs[partition]
    if (before === undefined) this.#available++
    this.#bytes += output.bytes - (before?.bytes ?? 0)
    this.#outputs[partition] = output
    this.#groups = undefined
  }

  /** What an executor holds, by partition. */
  *heldBy(executorId: string): Iterable<readonly [partition: number, TaskOutput]> {
    for (let partition = 0; partition < this.#outputs.length; partition++) {
      const output = this.#outputs[partition]
      if (output?.executorId === executorId) yield [partition, output]
    }
  }

  /** Another executor holds an output from now on. False when it is not the one that the first one held. */
  move(partition: number, attemptId: number, from: string, to: string): boolean {
    const output = this.#outputs[partition]
    if (output?.executorId !== from || output.attemptId !== attemptId) return false
    this.set(partition, { ...output, executorId: to })
    return true
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
    const before = this.#outputs[partition]
    if (before === undefined) return
    this.#outputs[partition] = undefined
    this.#bytes -= before.bytes
    this.#available--
    this.#groups = undefined
  }

  /** All outputs by executor; the same object until something changes, so that it can be encoded once. */
  groups(): readonly OutputGroup[] {
    this.#groups ??= this.groupsOf(0, this.#outputs.length)
    return this.#groups
  }

  /** The outputs of some tasks by executor. */
  groupsOf(from: number, until: number): readonly OutputGroup[] {
    const byExecutor = new Map<string, number[]>()
    for (const output of this.#outputs.slice(from, until)) {
      if (output?.executorId === undefined) continue
      const attemptIds = byExecutor.get(output.executorId)
      if (attemptIds) attemptIds.push(output.attemptId)
      else byExecutor.set(output.executorId, [output.attemptId])
    }
    return [...byExecutor].map(([executorId, attemptIds]) => ({ executorId, attemptIds }))
  }
}

/** Where it is not told, the bytes of a task count as evenly divided. */
function sizeOf(output: TaskOutput | undefined, partition: number, partitions: number): number {
  if (!output) return 0
  return output.partitionBytes ? (output.partitionBytes[partition] ?? 0) : output.bytes / partitions
}
