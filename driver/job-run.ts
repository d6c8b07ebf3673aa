import type { Block } from '../columnar/blocks/block.js'
import { MillraceError, toMillraceError } from '../common/errors/millrace-error.js'
import type { Json, SinkProvider, WriteDescription } from '../connectors/api.js'
import type { TaskReport } from '../planner/plan/physical/task-report.js'
import { withChange } from './changed-plan.js'
import type { JobPlan } from './job-plan.js'
import type { JobResult } from './job-result.js'
import type { TaskAttempt } from './jobs/actions.js'
import type { StageChange } from './jobs/adaption.js'
import { JobMetrics } from './metrics.js'
import { type ResultListener, ResultStream } from './result-stream.js'

/** A job as the one who submitted it sees it. */
export interface JobHandle {
  readonly jobId: number
  /**
   * The blocks of a collected result in the order of partitions; to be iterated once. Blocks stay with executors until they are
   * asked for; leaving the loop early cancels the job. Throws what failed the job.
   */
  readonly blocks: AsyncIterable<Block>
  /** Settles when the job ended: for a collected result only after all blocks were taken. Rejects with what failed the job. */
  readonly result: Promise<JobResult>
  cancel(): void
}

/** A job's write, and the connector that commits it. */
export interface JobWrite {
  readonly sink: SinkProvider
  readonly write: WriteDescription
  /** Told the folders of partitions that get rows, before these can be seen. */
  readonly beforeCommit?: ((folders: readonly string[]) => void) | undefined
  /** Keeps what tasks prepared, of a transactional sink. From then on it is not taken back: what it may be committed by later is there. */
  readonly keepPrepared?: ((messages: readonly Json[]) => Promise<void>) | undefined
}

/** What the driver keeps of a job while it runs, beside the scheduler's own books. */
export class JobRun {
  readonly stream: ResultStream
  readonly metrics: JobMetrics
  readonly jobWrite: JobWrite | undefined
  readonly #settle: Settle
  readonly #messages = new Map<number, Json>()
  #plan: JobPlan
  #isKept = false

  constructor(plan: JobPlan, settle: Settle, jobWrite: JobWrite | undefined, listener: ResultListener) {
    this.#plan = plan
    this.jobWrite = jobWrite
    this.metrics = new JobMetrics(plan)
    this.#settle = settle
    this.stream = new ResultStream(plan.result.stage.sink.kind === 'collect' ? plan.result.taskCount : 0, listener)
  }

  get plan(): JobPlan {
    return this.#plan
  }

  /** A stage is other than was planned. */
  change(change: StageChange): void {
    this.#plan = withChange(this.#plan, change)
    this.metrics.change(this.#plan, change)
    const { result } = this.#plan
    if (change.stageKey === result.key && result.stage.sink.kind === 'collect') this.stream.divide(change.tasks)
  }

  accept({ stageKey, partition }: TaskAttempt, report: TaskReport): void {
    this.metrics.accept(stageKey, partition, report)
    if (this.jobWrite && stageKey === this.#plan.result.key) this.#messages.set(partition, report.commitMessage ?? null)
  }

  /** Whether there is something to run. When not, since the sink has the output already or raised an error, the job is settled. */
  async begin(): Promise<boolean> {
    try {
      if (!this.jobWrite || (await this.jobWrite.sink.begin(this.jobWrite.write))) return true
      this.#settle.resolve({ ...this.metrics.result(), skipped: true })
    } catch (error) {
      this.#settle.reject(error)
    }
    return false
  }

  /** Makes the output visible and settles the job. Errors of the commit are the job's. */
  async succeed(): Promise<void> {
    try {
      if (this.jobWrite) {
        const { sink, write, beforeCommit, keepPrepared } = this.jobWrite
        const messages = this.#commitMessages()
        beforeCommit?.(sink.foldersOf?.(messages) ?? [])
        if (keepPrepared && (await sink.awaitsCommit?.(write, messages))) {
          // It may be written even when this fails: the file is there, and the answer is lost.
          this.#isKept = true
          await keepPrepared(messages)
        }
        await sink.commit(write, messages)
      }
      this.#settle.resolve(this.metrics.result())
    } catch (error) {
      await this.fail(error)
    }
  }

  /** Takes back what tasks prepared and settles the job with its error; one from taking back is only its companion. */
  async fail(error: unknown): Promise<void> {
    try {
      if (this.jobWrite && !this.#isKept) await this.jobWrite.sink.abort(this.jobWrite.write, this.#commitMessages())
    } finally {
      this.stream.fail(toMillraceError(error))
      this.#settle.reject(error)
    }
  }

  /** The driver closes and waits no longer for its write: what becomes of that nobody will hear. */
  abandon(): void {
    const error = new MillraceError('SESSION_CLOSED')
    this.stream.fail(error)
    this.#settle.reject(error)
  }

  #commitMessages(): readonly Json[] {
    return [...this.#messages].sort(([a], [b]) => a - b).map(([, message]) => message)
  }
}

export interface Settle {
  resolve(result: JobResult): void
  reject(error: unknown): void
}

/** The blocks of a job that is being prepared. @param onFirst called before the first one */
export async function* blocksOf(
  prepared: Promise<JobRun | undefined>,
  result: Promise<JobResult>,
  onFirst: () => void,
): AsyncGenerator<Block> {
  // A job that is abandoned while it is prepared has a result before.
  const run = await Promise.race([prepared, result.then(() => prepared)])
  let isFirst = true
  for await (const block of run?.stream.blocks() ?? []) {
    if (isFirst) onFirst()
    isFirst = false
    yield block
  }
  // The end of the blocks is not the end of the job: its failure, should there be one, is thrown here.
  await result
}
