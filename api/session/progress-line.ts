import type { EngineListener, EventOf, EventStage } from '../../driver/index.js'

/** A query that is faster than this shows nothing. */
const AFTER_MS = 2_000
const EVERY_MS = 500
const ERASE_LINE = '\r\u001b[K'

/** A terminal, as far as a progress line needs one. */
export interface Terminal {
  readonly columns?: number
  write(text: string): unknown
}

interface StageProgress extends Pick<EventStage, 'stageKey'> {
  tasks: number
  readsInput: boolean
  finished: number
}

/** How far a job is. */
export interface JobProgress {
  readonly jobId: number
  readonly sinceMs: number
  /** In the order in which they run. */
  readonly stages: readonly StageProgress[]
  rowsRead: number
}

/**
 * One line at the bottom of a terminal that tells how far the queries are, from two seconds after their start; it goes away when they
 * end or hand over their first rows. Batches of streams are none of it.
 */
export class ProgressLine implements EngineListener {
  readonly #terminal: Terminal
  readonly #nowMs: () => number
  readonly #jobs = new Map<number, JobProgress>()
  #timer: NodeJS.Timeout | undefined
  #isShown = false

  constructor(terminal: Terminal, nowMs: () => number) {
    this.#terminal = terminal
    this.#nowMs = nowMs
  }

  onJobStart({ jobId, batch, stages, timeMs }: EventOf<'jobStart'>): void {
    if (batch !== undefined) return
    const begun = stages.map((stage) => ({ ...stage, finished: 0 }))
    this.#jobs.set(jobId, { jobId, sinceMs: timeMs, stages: begun, rowsRead: 0 })
    this.#timer ??= setInterval(() => this.draw(), EVERY_MS).unref()
  }

  /** What a changed stage reads itself, no other one reads for it. */
  onStageChanged({ jobId, stageKey, tasks, decision }: EventOf<'stageChanged'>): void {
    const all = this.#jobs.get(jobId)?.stages ?? []
    const left = decision.kind === 'broadcast' ? all.find((one) => one.stageKey === decision.left) : undefined
    const stage = all.find((one) => one.stageKey === stageKey)
    if (!stage) return
    stage.tasks = tasks
    if (!left) return
    left.tasks = 0
    stage.readsInput ||= left.readsInput
  }

  onTaskEnd({ jobId, stageKey, counts }: EventOf<'taskEnd'>): void {
    const job = this.#jobs.get(jobId)
    const stage = job?.stages.find((one) => one.stageKey === stageKey)
    if (!job || !stage || !counts) return
    stage.finished++
    if (stage.readsInput) job.rowsRead += counts.rowsRead
  }

  onJobFirstRows({ jobId }: EventOf<'jobFirstRows'>): void {
    this.#forget(jobId)
  }

  onJobEnd({ jobId }: EventOf<'jobEnd'>): void {
    this.#forget(jobId)
  }

  #forget(jobId: number): void {
    if (!this.#jobs.delete(jobId) || this.#jobs.size > 0) return
    clearInterval(this.#timer)
    this.#timer = undefined
    this.#erase()
  }

  draw(): void {
    const nowMs = this.#nowMs()
    const slow = [...this.#jobs.values()].filter(({ sinceMs }) => nowMs - sinceMs >= AFTER_MS)
    if (slow.length === 0) return this.#erase()
    const { columns = 80 } = this.#terminal
    const text = slow.map((job) => progressText(job, nowMs - job.sinceMs)).join(' | ')
    this.#terminal.write(`${ERASE_LINE}${text.slice(0, columns - 1)}`)
    this.#isShown = true
  }

  #erase(): void {
    if (this.#isShown) this.#terminal.write(ERASE_LINE)
    this.#isShown = false
  }
}

/** Such as `job 3: stage 2 of 3, 6 of 30 tasks, 12.3 M rows read, 1.6 M rows/s, 8 s, about 15 s left`. */
function progressText({ jobId, stages, rowsRead }: JobProgress, elapsedMs: number): string {
  const open = stages.findIndex(({ tasks, finished }) => finished < tasks)
  const at = open < 0 ? stages.length - 1 : open
  const current = stages[at]!
  const seconds = elapsedMs / 1000
  const parts = [
    `job ${jobId}: stage ${at + 1} of ${stages.length}`,
    `${Math.min(current.finished, current.tasks)} of ${current.tasks} tasks`,
    `${short(rowsRead)} rows read`,
    `${short(rowsRead / seconds)} rows/s`,
    `${Math.round(seconds)} s`,
  ]
  const left = secondsLeft(stages, seconds)
  return (left === undefined ? parts : [...parts, `about ${left} s left`]).join(', ')
}

/** How long the tasks that are left take if they take as long as those that are done; unknown until one is. */
function secondsLeft(stages: readonly StageProgress[], seconds: number): number | undefined {
  const tasks = stages.reduce((sum, stage) => sum + stage.tasks, 0)
  const finished = stages.reduce((sum, stage) => sum + Math.min(stage.finished, stage.tasks), 0)
  return finished === 0 ? undefined : Math.ceil((seconds * (tasks - finished)) / finished)
}

/** A count in at most five letters. */
function short(count: number): string {
  if (count < 1_000) return String(Math.round(count))
  const [unit, text] = count < 1e6 ? [1e3, 'k'] : count < 1e9 ? [1e6, 'M'] : [1e9, 'G']
  return `${(count / unit).toFixed(1)} ${text}`
}
