import { setTimeout as sleep } from 'node:timers/promises'
import { writeResult } from './report.js'
import { type Cluster, type Cost, measured, mostMibOfExecutors, startCluster } from './scale/clusters.js'
import { filesOf, mostMibOf } from './scale/processes.js'
import { shuffled } from './scale/works.js'

const GB = 1e9
const GB_OF_RECORD = 20
const EXECUTORS = 2
/** What an executor may hold; its process takes that of Node and its threads beside. */
const MIB_OF_EXECUTOR = 512
const MOST_MIB = MIB_OF_EXECUTOR * 1.25 + 256
const LOOK_EVERY_MS = 500
/** Files are closed when the executors have heard that the job ended. */
const CLOSED_WITHIN_MS = 60_000
const SPILLED = /millrace-spill-/

export interface ShuffleFigures extends Cost {
  /** What the tasks before the exchange wrote. */
  readonly shuffledBytes: number
  readonly mostDiskBytes: number
  readonly driverMostMib: number
  readonly executorMostMib: number
}

/**
 * Many times what executors may hold goes through their exchange, with a checksum over all bytes of all rows. Memory and disk are looked at meanwhile, and what is left
 * afterwards. `SHUFFLE_GB` is another size than 20.
 */
export async function benchShuffle(): Promise<void> {
  const gigabytes = Number(process.env['SHUFFLE_GB'] ?? GB_OF_RECORD)
  const cluster = await startCluster(EXECUTORS, MIB_OF_EXECUTOR)
  try {
    const figures = await measureShuffle(cluster, gigabytes)
    writeResult({
      name: 'shuffle',
      title: `${gigabytes} GB through the exchange of ${EXECUTORS} executors of ${MIB_OF_EXECUTOR} MiB`,
      text: renderShuffle(figures),
      data: figures,
      isOfRecord: gigabytes === GB_OF_RECORD,
    })
    if (figures.executorMostMib > MOST_MIB) throw new Error(`an executor held more than ${MOST_MIB} MiB`)
  } finally {
    await cluster.session.stop()
  }
}

async function measureShuffle(cluster: Cluster, gigabytes: number): Promise<ShuffleFigures> {
  const { session, pids } = cluster
  const { direct, exchanged } = shuffled(gigabytes * GB)
  const [expected] = await session.sql(direct).collect()
  let [shuffledBytes, mostDiskBytes] = [0, 0]
  session.addListener({
    onTaskEnd: ({ counts }) => {
      shuffledBytes += counts?.bytesWritten ?? 0
    },
  })
  const look = setInterval(() => {
    mostDiskBytes = Math.max(mostDiskBytes, filesOf(pids, SPILLED).bytes)
  }, LOOK_EVERY_MS)
  try {
    const cost = await measured(cluster, exchanged, Object.values(expected!)[0] as bigint)
    await closed(pids)
    const most = { driverMostMib: mostMibOf('self'), executorMostMib: mostMibOfExecutors(cluster) }
    return { ...cost, shuffledBytes, mostDiskBytes, ...most }
  } finally {
    clearInterval(look)
  }
}

async function closed(pids: readonly number[]): Promise<void> {
  for (const untilMs = performance.now() + CLOSED_WITHIN_MS; ; await sleep(LOOK_EVERY_MS)) {
    const { files } = filesOf(pids, SPILLED)
    if (files === 0) return
    if (performance.now() > untilMs) throw new Error(`${files} files are left behind by the job`)
  }
}

/** One row of figures. */
export function renderShuffle({ wallMs, driverMs, executorsMs, ...rest }: ShuffleFigures): string {
  const { shuffledBytes, mostDiskBytes, driverMostMib, executorMostMib } = rest
  const cells = {
    'shuffled GB': (shuffledBytes / GB).toFixed(2),
    'wall s': (wallMs / 1000).toFixed(0),
    'CPU s': ((driverMs + executorsMs) / 1000).toFixed(0),
    'MB/s': (shuffledBytes / 1000 / wallMs).toFixed(0),
    'most on disk GB': (mostDiskBytes / GB).toFixed(2),
    'an executor held at most MiB': executorMostMib.toFixed(0),
    'the driver MiB': driverMostMib.toFixed(0),
  }
  const rows = [Object.keys(cells), Object.keys(cells).map(() => '---'), Object.values(cells)]
  return rows.map((row) => `| ${row.join(' | ')} |`).join('\n')
}
