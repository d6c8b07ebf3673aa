import { MillraceError } from '../../common/errors/millrace-error.js'
import type { Logger } from '../../common/log.js'
import type { StreamProvider, StreamSource } from '../../connectors/api.js'
import type { PhysicalScan } from '../../planner/plan/physical/plan.js'
import type { PlannedQuery } from '../../planner/plan-query.js'
import type { DriverConnectors } from '../connectors.js'
import { planReads } from '../plan-reads.js'
import { withHarmlessDisplay } from './display-only.js'

/** A stream that a query reads. */
export interface OpenSource {
  readonly scan: PhysicalScan
  readonly stream: StreamSource
  /** What is read, in words. */
  readonly identity: string
  readonly isReplayable: boolean
}

/** The streams that a query reads. @throws INVALID_API_USE without any */
export function streamedScans(planned: PlannedQuery): readonly PhysicalScan[] {
  const scans = planReads(planned.physical.root).scans.filter((scan) => scan.streaming)
  if (scans.length > 0) return scans
  throw new MillraceError('INVALID_API_USE', { reason: 'writeStream needs a streaming DataFrame (readStream)' })
}

/** @throws UNSUPPORTED_FEATURE */
export async function streamProvider({ source }: PhysicalScan, connectors: DriverConnectors): Promise<StreamProvider> {
  const { stream } = await connectors.source(source.provider)
  if (stream) return stream
  throw new MillraceError('UNSUPPORTED_FEATURE', { feature: `streaming reads of the format ${source.provider}` })
}

export async function openSource(
  scan: PhysicalScan,
  connectors: DriverConnectors,
  logger: Logger,
): Promise<OpenSource> {
  const { source } = scan
  const provider = await streamProvider(scan, connectors)
  const stream = withHarmlessDisplay(await provider.open(source), logger)
  return { scan, stream, identity: provider.identity(source), isReplayable: provider.isReplayable }
}
