import type { JobHandle, JobResult } from '../../driver/index.js'

/** A query that is faster than this shows nothing. */
const AFTER_MS = 2_000
const EVERY_MS = 500
const ERASE_LINE = '\r\u001b[K'

/** A terminal, as far as a progress line needs one. */
export interface Terminal {
  readonly columns?: number
  write(text: string): unknown
}

/**
 * One line at the bottom of a terminal that tells how far the queries are, from two seconds after their start; it goes away when they
 * end or hand over their first rows.
 */
export class ProgressLine {
  readonly #terminal: Terminal
  readonly #jobs = new Map<JobHandle, number>()
  #timer: NodeJS.Timeout | undefined
  #isShown = false

  constructor(terminal: Terminal) {
    this.#terminal = terminal
  }

  /** @returns what takes the job off the line again */
  watch(job: JobHandle): () => void {
    this.#jobs.set(job, performance.now())
    this.#timer ??= setInterval(() => this.#draw(), EVERY_MS).unref()
    return () => {
      if (!this.#jobs.delete(job) || this.#jobs.size > 0) return
      clearInterval(this.#timer)
      this.#timer = undefined
      this.#erase()
    }
  }

  #draw(): void {
    const nowMs = performance.now()
    const texts = [...this.#jobs].flatMap(([job, sinceMs]) => {
      const progress = nowMs - sinceMs >= AFTER_MS ? job.progress() : undefined
      return progress === undefined ? [] : [progressText(progress, nowMs - sinceMs)]
    })
    if (texts.length === 0) return this.#erase()
    const { columns = 80 } = this.#terminal
    this.#terminal.write(`${ERASE_LINE}${texts.join(' | ').slice(0, columns - 1)}`)
    this.#isShown = true
  }

  #erase(): void {
    if (this.#isShown) this.#terminal.write(ERASE_LINE)
    this.#isShown = false
  }
}

/** Such as `job 3: stage 2 of 3, 6 of 30 tasks, 12.3 M rows read, 1.6 M rows/s, 8 s, about 15 s left`. */
export function progressText({ jobId, stages, rowsRead }: JobResult, elapsedMs: number): string {
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
function secondsLeft(stages: JobResult['stages'], seconds: number): number | undefined {
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
