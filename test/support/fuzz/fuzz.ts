import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { DuckDBConnection } from '@duckdb/node-api'
import type { Session } from '../../../api/index.js'
import { connect } from '../duckdb-connection.js'
import { Random } from '../random.js'
import { withSession } from '../sessions.js'
import { SpilledBytes } from '../spilled-bytes.js'
import { compare, type Outcome } from './comparison.js'
import { Queries, type RandomQuery } from './queries.js'
import { reduce } from './reduce.js'
import { DIVISIBLE, LARGE, randomTables, type Sizes, SMALL } from './tables.js'
import { textOf } from './tree.js'

/** A way to run queries: threads, how tables are joined, and how much memory there is. */
interface Mode {
  readonly name: string
  readonly master: string
  readonly sizes: Sizes
  readonly settings: Readonly<Record<string, string | number>>
  /** Whether the second table is cached: relations with and without statistics meet. */
  readonly isCached?: boolean
  /** How many numbers are cached beside, which leave less memory for tasks. */
  readonly besideRows?: number
}

const SHUFFLED = { autoBroadcastJoinThreshold: -1, 'shuffle.partitions': 3 }

/** Tables are too small for filters to spare anything. */
const FILTERED = { 'join.runtimeFilters': 'always' }

/** What may be decided while a query runs is, whether it pays or not. */
const ADAPTED = {
  'adaptive.autoBroadcastJoinThreshold': '1g',
  'adaptive.swapJoinFactor': 1,
  'adaptive.coalescePartitions.parallelismFirst': 'false',
  'adaptive.advisoryPartitionSizeInBytes': '1g',
}
const DIVIDED = {
  'adaptive.autoBroadcastJoinThreshold': -1,
  'adaptive.swapJoinFactor': 1,
  'adaptive.skewJoin.skewedPartitionFactor': 0,
  'adaptive.skewJoin.skewedPartitionThresholdInBytes': 0,
  'adaptive.advisoryPartitionSizeInBytes': 512,
  'adaptive.coalescePartitions.minPartitionSize': 1,
}

export const MODES: readonly Mode[] = [
  { name: 'broadcast', master: 'local[2]', sizes: SMALL, settings: {} },
  { name: 'filtered', master: 'local[2]', sizes: SMALL, settings: FILTERED },
  { name: 'shuffled', master: 'local[2]', sizes: SMALL, settings: { ...SHUFFLED, ...FILTERED } },
  { name: 'not adaptive', master: 'local[2]', sizes: SMALL, settings: { ...SHUFFLED, 'adaptive.enabled': 'false' } },
  { name: 'adapted', master: 'local[2]', sizes: SMALL, settings: { ...SHUFFLED, ...ADAPTED } },
  { name: 'divided', master: 'local[2]', sizes: DIVISIBLE, settings: { ...SHUFFLED, ...DIVIDED } },
  { name: 'one thread', master: 'local[1]', sizes: SMALL, settings: SHUFFLED, isCached: true },
  {
    name: 'little memory',
    master: 'local[2]',
    sizes: LARGE,
    settings: { ...SHUFFLED, ...FILTERED, 'executor.memory': '16m' },
    besideRows: 805_000,
  },
]

export interface Finding {
  readonly mode: string
  readonly seed: number
  readonly number: number
  readonly outcome: Outcome
  readonly ours: string
  readonly theirs: string
}

export interface Tally {
  readonly counts: Readonly<Record<string, number>>
  /** Why queries were refused, with how often. */
  readonly refusals: ReadonlyMap<string, number>
}

/** Compares random queries of a seed in one mode until `goesOn` says no; a difference is reduced and told. */
export async function fuzz(
  mode: Mode,
  seed: number,
  goesOn: (number: number) => boolean,
  tell: (finding: Finding) => void,
): Promise<Tally> {
  const folder = await mkdtemp(join(tmpdir(), 'millrace-'))
  const connection = await connect()
  const random = new Random(seed)
  const counts: Record<string, number> = {
    same: 0,
    empty: 0,
    'refused by millrace': 0,
    'refused by duckdb': 0,
    different: 0,
    'on disk in part': 0,
  }
  const spilled = new SpilledBytes()
  const refusals = new Map<string, number>()
  try {
    const tables = await randomTables(connection, random, folder, mode.sizes)
    await withSession(
      mode.master,
      async (session) => {
        for (const { name, file } of tables) {
          const rows = session.read.parquet(file)
          const isCached = mode.isCached && name === 't1'
          ;(isCached ? rows.cache() : rows).createOrReplaceTempView(name)
        }
        if (mode.besideRows) await session.sql(`cache table beside as select id from range(${mode.besideRows})`)
        for (let number = 0; goesOn(number); number++) {
          const query = new Queries(new Random(seed * 100_003 + number), tables, mode.sizes === LARGE).next()
          const outcome = await compare(session, connection, query)
          if (spilled.take() > 0) counts['on disk in part']!++
          const kind = outcome.kind === 'refused' ? `refused by ${outcome.by}` : outcome.kind
          counts[kind]!++
          if (outcome.kind === 'same' && outcome.rows === 0) counts['empty']!++
          if (outcome.kind === 'refused') {
            const why = `${outcome.by}: ${outcome.why.split('\n')[0]}`
            refusals.set(why, (refusals.get(why) ?? 0) + 1)
          }
          if (outcome.kind === 'different')
            tell({ mode: mode.name, seed, number, ...(await reduced(session, connection, query, outcome)) })
        }
      },
      mode.settings,
    )
  } finally {
    spilled.close()
    connection.closeSync()
    await rm(folder, { recursive: true })
  }
  return { counts, refusals }
}

/** The smallest query found that differs in the same way. */
async function reduced(
  session: Session,
  connection: DuckDBConnection,
  query: RandomQuery,
  first: Outcome & { readonly kind: 'different' },
): Promise<Pick<Finding, 'outcome' | 'ours' | 'theirs'>> {
  let outcome: Outcome = first
  const swaps = await reduce(query.tree, async (tree, tried) => {
    const now = await compare(session, connection, { ...query, tree }, tried)
    if (now.kind !== 'different' || now.why !== first.why) return false
    outcome = now
    return true
  })
  return { outcome, ours: textOf(query.tree, 'millrace', swaps), theirs: textOf(query.tree, 'duckdb', swaps) }
}
