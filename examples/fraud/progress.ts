import type { StreamingQuery } from '../../api/index.js'

/** One line about a query: batch, speed, lag and watermark. */
export function progressLine(query: Pick<StreamingQuery, 'name' | 'lastProgress'>): string {
  const last = query.lastProgress
  if (!last) return `${query.name}: starting`
  const rate = Math.round(last.processedRowsPerSecond).toLocaleString('en')
  const lag = last.sources
    .reduce((sum, source) => sum + Number(source.metrics?.['totalOffsetsBehindLatest'] ?? 0), 0)
    .toLocaleString('en')
  const watermark = last.eventTime ? `, watermark ${last.eventTime.watermark.slice(11, 19)}` : ''
  return `${query.name}: batch ${last.batchId}, ${rate} records/s, lag ${lag}${watermark}`
}

/** Redraws a line in a terminal; elsewhere prints it when it changed. */
export class ProgressPrinter {
  readonly #stream: NodeJS.WriteStream
  #last = ''

  constructor(stream: NodeJS.WriteStream) {
    this.#stream = stream
  }

  print(line: string): void {
    if (line === this.#last) return
    this.#last = line
    this.#stream.write(this.#stream.isTTY ? `\r\u001b[2K${line}` : `${line}\n`)
  }

  /** Leaves the line as it is and goes on below it. */
  end(): void {
    if (this.#stream.isTTY) this.#stream.write('\n')
  }
}
