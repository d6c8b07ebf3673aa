import type { Row } from '../../columnar/rows.js'

/** Who is told what the metrics of a query came to (`DataFrame.observe`). */
export interface MetricsObserver {
  told(metrics: Row): void
  failed(error: unknown): void
}
