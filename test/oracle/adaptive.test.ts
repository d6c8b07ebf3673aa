import test from 'ava'
import type { EventOf } from '../../driver/events/engine-event.js'
import { compare, withTables } from '../support/join-tables.js'
import { withSession } from '../support/sessions.js'

/** A key that most rows of one table have, keys that are NULL or without a partner, and texts that are not ASCII. */
const TABLES = {
  l: `select case when x % 3 > 0 then 7 when x % 11 = 0 then null else (x % 500)::int end as k, x::int as v, 'ü' || x % 7 as name from range(9000) t(x)`,
  r: `select case when x % 13 = 0 then null else (x % 650)::bigint end as k, x::int as w, 'ü' || x % 5 as name from range(2600) t(x)`,
  few: `select (x * 60)::int as k, x::int as w, 'ü' || x as name from range(9) t(x)`,
}
const SHUFFLED = { autoBroadcastJoinThreshold: -1, 'shuffle.partitions': 4, 'join.runtimeFilters': 'never' }
const FORCED = {
  ...SHUFFLED,
  'adaptive.skewJoin.skewedPartitionFactor': 0,
  'adaptive.skewJoin.skewedPartitionThresholdInBytes': 0,
  'adaptive.advisoryPartitionSizeInBytes': 512,
  'adaptive.coalescePartitions.minPartitionSize': 1,
}
const TYPES = ['join', 'left join', 'right join', 'full join', 'left semi join', 'left anti join']

function* queries(left: string, right: string): Generator<string> {
  for (const type of TYPES) {
    const isOneSided = type.startsWith('left s') || type.startsWith('left a')
    const columns = isOneSided ? 'l.k, v, l.name' : `l.k, v, l.name, r.k k2, w, r.name name2`
    yield `select ${columns} from ${left} l ${type} ${right} r on l.k = r.k`
    yield `select ${columns} from ${left} l ${type} ${right} r on l.k <=> r.k and l.name = r.name`
    yield `select count(*) c, sum(v) s from ${left} l ${type} ${right} r on l.k = r.k and v % 3 < r.k % 5`
  }
  yield `select l.k, count(*) c from ${left} l join ${right} r on l.k = r.k group by l.k`
  yield `select v, few.w from (select *, v % 9 j from l) l join ${right} r on l.k = r.k join few on l.j = few.w`
  yield `select a.k, count(*) c from l a join l b on a.v = b.v and a.k = b.k group by a.k`
}

/** What was decided while queries ran, each once. */
async function decided(
  t: Parameters<typeof compare>[0],
  settings: Readonly<Record<string, string | number>>,
  left = 'l',
  right = 'r',
): Promise<Set<string>> {
  const kinds = new Set<string>()
  const onStageChanged = ({ decision }: EventOf<'stageChanged'>): void => {
    if (decision.kind !== 'divided') kinds.add(decision.kind)
    else {
      if (decision.merging > 0) kinds.add('merged')
      if (decision.shared > 0) kinds.add('shared')
    }
  }
  await withTables(async (register, setup) => {
    await withSession(
      'local[2]',
      async (session) => {
        register(session)
        session.addListener({ onStageChanged })
        await compare(t, session, setup, queries(left, right))
      },
      settings,
    )
  }, TABLES)
  return kinds
}

const NO_BROADCAST = { ...FORCED, 'adaptive.autoBroadcastJoinThreshold': -1 }

test('joins whose large partitions several tasks share give the same rows', async (t) => {
  t.deepEqual(await decided(t, { ...NO_BROADCAST, 'adaptive.swapJoinFactor': 0 }), new Set(['shared']))
})

test('joins that become broadcasts give the same rows', async (t) => {
  const settings = { ...SHUFFLED, 'adaptive.autoBroadcastJoinThreshold': '1g' }
  t.deepEqual([...(await decided(t, settings))].toSorted(), ['broadcast', 'merged'])
})

test('joins whose sides change places give the same rows', async (t) => {
  const settings = { ...NO_BROADCAST, 'adaptive.swapJoinFactor': 1, 'adaptive.skewJoin.enabled': 'false' }
  // About a third of the rows are expected.
  t.true((await decided(t, settings, '(select * from l where v * v < 90000)')).has('swapped'))
})

test('nothing is decided where that is switched off', async (t) => {
  t.deepEqual(await decided(t, { ...FORCED, 'adaptive.enabled': 'false' }, 'l', 'few'), new Set())
})
