import { JobMetrics } from '../../driver/metrics.js'

/** Tells how many bytes the jobs of this process have put on disk, from when it is made until it is closed. */
export class SpilledBytes {
  readonly #accept = JobMetrics.prototype.accept
  #bytes = 0

  constructor() {
    const [accept, add] = [this.#accept, (bytes: number) => (this.#bytes += bytes)]
    JobMetrics.prototype.accept = function (stageKey, partition, report) {
      add(report.spilledBytes)
      accept.call(this, stageKey, partition, report)
    }
  }

  /** Those since it was asked last. */
  take(): number {
    const bytes = this.#bytes
    this.#bytes = 0
    return bytes
  }

  close(): void {
    JobMetrics.prototype.accept = this.#accept
  }
}
