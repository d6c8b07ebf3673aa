import type { Driver } from '../driver.js'
import type { DriverMetrics } from './driver-metrics.js'
import { MetricsServer } from './metrics-server.js'
import { processMetrics } from './process-metrics.js'
import { StreamMetrics } from './stream-metrics.js'

/** Metrics of a driver and of the streams of its session, served over HTTP. */
export interface ServedMetrics {
  readonly server: MetricsServer
  /** To be told what streams do. */
  readonly streams: StreamMetrics
}

/** @throws CANNOT_LISTEN */
export async function serveMetrics(
  host: string,
  port: number,
  driver: Pick<Driver, 'executors'>,
  metrics: DriverMetrics,
): Promise<ServedMetrics> {
  const streams = new StreamMetrics()
  const families = () => [...metrics.families(driver.executors()), ...streams.families(), ...processMetrics()]
  return { streams, server: await MetricsServer.listen(host, port, families) }
}
