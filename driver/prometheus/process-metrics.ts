import type { MetricFamily } from './exposition.js'

/** Metrics of the driver's process, under the names that Prometheus has for them. */
export function processMetrics(): readonly MetricFamily[] {
  const { rss, heapUsed } = process.memoryUsage()
  const { user, system } = process.cpuUsage()
  const metric = (name: string, type: MetricFamily['type'], help: string, value: number): MetricFamily => ({
    ...{ name, type, help, samples: [{ value }] },
  })
  return [
    metric('process_resident_memory_bytes', 'gauge', 'Memory that the process of the driver takes.', rss),
    metric('process_heap_bytes', 'gauge', 'Memory of JavaScript in it.', heapUsed),
    metric('process_cpu_seconds_total', 'counter', 'Processor time that it took.', (user + system) / 1e6),
    metric('process_start_time_seconds', 'gauge', 'When it began.', Date.now() / 1000 - process.uptime()),
  ]
}
