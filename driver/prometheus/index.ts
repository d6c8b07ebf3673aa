import type { Driver } from '../driver.js'
import type { DriverMetrics } from './driver-metrics.js'
import { MetricsServer } from './metrics-server.js'
import { processMetrics } from './process-metrics.js'
import { StreamMetrics } from './stream-metrics.js'

/** Serves metrics of a driver, and of the streams of its session, over HTTP. @throws CANNOT_LISTEN */
export async function serveMetrics(
  host: string,
  port: number,
  driver: Pick<Driver, 'executors' | 'events'>,
  metrics: DriverMetrics,
): Promise<MetricsServer> {
  const streams = new StreamMetrics()
  driver.events.add(streams)
  const families = () => [...metrics.families(driver.executors()), ...streams.families(), ...processMetrics()]
  return await MetricsServer.listen(host, port, families)
}
