/** What tasks do together: they wait for one another, or each hands all others a text as well. */
export type BarrierMethod = 'barrier' | 'allGather'

/** A call of a task that waits for the others of its stage. */
export interface BarrierCall {
  /** Which of the task's calls it is, from 0. */
  readonly sequence: number
  readonly method: BarrierMethod
  /** What it hands to the others. */
  readonly message: string
}

/** One of the tasks that run together. */
export interface BarrierTaskInfo {
  /** Of the executor that runs it: host:port, or `localhost` in the process of the session. */
  readonly address: string
}

/** What a function gets as its second argument that is called with `barrier: true`: the tasks of its stage run all at once, and may wait for one another. */
export interface BarrierTaskContext {
  /** Which partition this task has, from 0. */
  partitionId(): number
  /** How many tasks there are. */
  numPartitions(): number
  /** Which attempt this is, from 0: when one task fails all are run again. */
  attemptNumber(): number
  /** Where the tasks run, by partition. */
  getTaskInfos(): readonly BarrierTaskInfo[]
  /** Waits until all tasks have called it. Each must call this and `allGather` equally often, and in the same order. */
  barrier(): Promise<void>
  /** Waits like `barrier`. @returns what each task gave, by partition. @throws CONTROL_MESSAGE_TOO_LARGE */
  allGather(message: string): Promise<readonly string[]>
}
