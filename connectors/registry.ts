import { closest } from '../common/closest.js'
import { MillraceError } from '../common/errors/millrace-error.js'
import { onceEach } from '../common/once-each.js'
import type { ConnectorEntry, RowSinkProvider } from './api.js'
import { arrowConnector } from './arrow/entry.js'
import { avroConnector } from './avro/entry.js'
import { binaryFileConnector } from './binary-file/entry.js'
import { kafkaConnector } from './kafka/entry.js'
import { parquetConnector } from './parquet/entry.js'
import { jdbcConnector, postgresqlConnector } from './postgres/entry.js'
import { consoleConnector, foreachBatchConnector, foreachConnector, memoryConnector } from './program/entries.js'
import { microBatchConnector, rateConnector } from './rate/entry.js'
import { socketConnector } from './socket/entry.js'
import { textConnector } from './text/entry.js'

/** Every connector there is; the only place that names them. Each part loads when it is first used. */
const CONNECTORS: readonly ConnectorEntry[] = [
  kafkaConnector,
  parquetConnector,
  arrowConnector,
  avroConnector,
  textConnector,
  binaryFileConnector,
  jdbcConnector,
  postgresqlConnector,
  rateConnector,
  microBatchConnector,
  socketConnector,
  consoleConnector,
  memoryConnector,
  foreachConnector,
  foreachBatchConnector,
]

const BY_NAME: ReadonlyMap<string, ConnectorEntry> = new Map(
  CONNECTORS.map((entry) => [entry.name.toLowerCase(), entry]),
)

/** Sources that Spark has and that are not built. */
const NOT_BUILT: ReadonlySet<string> = new Set(['orc', 'xml', 'delta'])

/** Whether ``select … from name.`path` `` means a source: one that can be read, or one that is refused by name. */
export const isSourceName = (name: string): boolean =>
  BY_NAME.get(name.toLowerCase())?.source !== undefined || NOT_BUILT.has(name.toLowerCase())

/** @throws DATA_SOURCE_NOT_FOUND, UNSUPPORTED_FEATURE */
export function connectorEntry(name: string): ConnectorEntry {
  const entry = BY_NAME.get(name.toLowerCase())
  if (entry) return entry
  if (NOT_BUILT.has(name.toLowerCase()))
    throw new MillraceError('UNSUPPORTED_FEATURE', { feature: `the data source ${name.toLowerCase()}` })
  const names = CONNECTORS.flatMap((entry) => [entry.name, ...(entry.formats ?? [])])
  const near = closest(name, names, 1)[0]
  const known = names.join(', ') + (near === undefined ? '' : ` (did you mean ${near}?)`)
  throw new MillraceError('DATA_SOURCE_NOT_FOUND', { provider: name, known })
}

/** Lets go of what connectors keep in this thread for their next user. */
export async function closeConnectors(): Promise<void> {
  await Promise.all(CONNECTORS.map((entry) => entry.close?.()))
}

/** How a sink takes rows in the process of the driver, if it does. @throws DATA_SOURCE_NOT_FOUND, UNSUPPORTED_FEATURE */
export const rowSinkOf = async (name: string): Promise<RowSinkProvider | undefined> =>
  await connectorEntry(name).rowSink?.()

/** What a part loads, asked for once: every query asks again. */
const loaded = onceEach((load: () => Promise<unknown>) => load())

/** One part of a connector. @throws DATA_SOURCE_NOT_FOUND, UNSUPPORTED_FEATURE when it has no such part */
export async function connectorPart<P extends 'source' | 'reader' | 'sink' | 'writer'>(
  name: string,
  part: P,
): Promise<Awaited<ReturnType<NonNullable<ConnectorEntry[P]>>>> {
  const load = connectorEntry(name)[part]
  if (!load) {
    const verb = part === 'source' || part === 'reader' ? 'reading' : 'writing'
    throw new MillraceError('UNSUPPORTED_FEATURE', { feature: `${verb} the format ${name}` })
  }
  return (await loaded(load)) as Awaited<ReturnType<NonNullable<ConnectorEntry[P]>>>
}
