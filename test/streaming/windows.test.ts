import { join } from 'node:path'
import test, { type ExecutionContext } from 'ava'
import { type AnyRow, col, type DataFrame, functions as F, type Session } from '../../api/index.js'
import { Random } from '../support/random.js'
import { withSession } from '../support/sessions.js'
import { type StreamPlace, withStreamPlace } from '../support/streams.js'

const START_MS = 1_700_000_000_000
const DELAY_MS = 15_000
const USERS = ['ann', 'bjørn', '千尋', '']

interface Event {
  readonly user: string
  readonly ts: number
  readonly cents: number
}

type Mode = 'append' | 'update' | 'complete'

/** Rounds of events that move on in time, some of them late, a few far too late; some rounds are empty. */
function randomRounds(random: Random): readonly (readonly Event[])[] {
  return Array.from({ length: 6 }, (_, round) => {
    const count = round > 0 && random.chance(0.2) ? 0 : random.pick([1, 20, 300])
    return Array.from({ length: count }, (): Event => {
      const lateMs = random.chance(0.1) ? random.integer(0, 90_000) : random.integer(0, 5000)
      const ts = START_MS + round * 20_000 + random.integer(0, 25_000) - lateMs
      return { user: random.pick(USERS), ts, cents: random.integer(-9999, 9999) }
    })
  })
}

interface Group {
  readonly user: string
  readonly end: number
  n: number
  cents: number
  last: number
}

/** What Spark's rules give for each round: rows of windows that end at or below the watermark are late, and such windows are final. */
function simulate(rounds: readonly (readonly Event[])[], mode: Mode, sizeMs: number): readonly string[][] {
  const state = new Map<string, Group>()
  let watermark = Number.NEGATIVE_INFINITY
  const evict = (): readonly Group[] => {
    const final = [...state].filter(([, { end }]) => mode !== 'complete' && end <= watermark)
    for (const [key] of final) state.delete(key)
    return final.map(([, group]) => group)
  }
  return rounds.map((events) => {
    if (events.length === 0) return []
    const changed = new Set<Group>()
    for (const { user, ts, cents } of events) {
      const end = Math.floor(ts / sizeMs) * sizeMs + sizeMs
      if (mode !== 'complete' && end <= watermark) continue
      const group = state.get(`${user} ${end}`) ?? { user, end, n: 0, cents: 0, last: ts }
      state.set(`${user} ${end}`, group)
      group.n++
      group.cents += cents
      group.last = Math.max(group.last, ts)
      changed.add(group)
    }
    if (mode === 'update') evict()
    watermark = Math.max(watermark, Math.max(...events.map(({ ts }) => ts)) - DELAY_MS)
    const out = mode === 'append' ? evict() : mode === 'update' ? [...changed] : [...state.values()]
    return out.map(({ user, end, n, cents, last }) => [user, end, n, (cents / 100).toFixed(2), last].join()).toSorted()
  })
}

function windowed(events: DataFrame<AnyRow>, sizeMs: number): DataFrame<AnyRow> {
  return events
    .select(F.fromJson(col('value').cast('string'), 'user string, ts bigint, amount decimal(10,2)').as('e'))
    .select('e.*')
    .withColumn('at', F.timestampMillis('ts'))
    .withWatermark('at', '15 seconds')
    .groupBy(F.window('at', `${sizeMs / 1000} seconds`).as('w'), 'user')
    .agg(F.count().as('n'), F.sum('amount').as('amount'), F.max('ts').as('last'))
    .select('user', F.unixMillis(col('w').getField('end')).as('end'), 'n', 'amount', 'last')
    .toDF()
}

/** Runs the query to the end of what there is and gives the rows of each batch, the batches in their order. */
async function runRound(frame: DataFrame<AnyRow>, mode: Mode, checkpoint: string): Promise<readonly string[][]> {
  const batches: string[][] = []
  const query = await frame.writeStream
    .foreachBatch(async (batch) => {
      const rows = await batch.collect()
      batches.push(rows.map(({ user, end, n, amount, last }) => [user, end, n, amount, last].join()).toSorted())
    })
    .outputMode(mode)
    .option('checkpointLocation', checkpoint)
    .trigger({ availableNow: true })
    .start()
  await query.awaitTermination()
  return batches
}

interface Case {
  readonly seed: number
  readonly mode: Mode
  readonly sizeMs: number
}

const asJson = ({ user, ts, cents }: Event): string => JSON.stringify({ user, ts, amount: (cents / 100).toFixed(2) })

/** A query that starts anew for every round, so that its state comes from the checkpoint each time. */
async function holds(t: ExecutionContext, place: StreamPlace, session: Session, { seed, mode, sizeMs }: Case) {
  const random = new Random(seed)
  const rounds = randomRounds(random)
  const expected = simulate(rounds, mode, sizeMs)
  const topic = `events-${seed}-${mode}`
  const frame = windowed(place.read(session, topic), sizeMs)
  for (const [i, events] of rounds.entries()) {
    const noise = random.chance(0.5) ? [null, 'no json', '{"user":"x"}', '{"ts":"late"}'] : []
    if (events.length > 0) await place.send(topic, [...events.map(asJson), ...noise])
    const batches = await runRound(frame, mode, join(place.directory, `checkpoint-${topic}`))
    t.deepEqual(batches.flat().toSorted(), expected[i], `seed ${seed}, ${mode}, round ${i}`)
  }
}

for (const mode of ['append', 'update', 'complete'] as const) {
  test(`windows with late events are Spark's in mode ${mode}, from restart to restart`, (t) =>
    withStreamPlace((place) =>
      withSession('local[2]', async (session) => {
        await holds(t, place, session, { seed: 1, mode, sizeMs: 10_000 })
        await holds(t, place, session, { seed: 2, mode, sizeMs: 60_000 })
        await holds(t, place, session, { seed: 3, mode, sizeMs: 1000 })
      }),
    ))
}

test('windows with late events are the same in executor processes', (t) =>
  withStreamPlace((place) =>
    withSession('local-cluster[2,1,512]', async (session) => {
      await holds(t, place, session, { seed: 4, mode: 'append', sizeMs: 30_000 })
      await holds(t, place, session, { seed: 5, mode: 'update', sizeMs: 10_000 })
    }),
  ))
