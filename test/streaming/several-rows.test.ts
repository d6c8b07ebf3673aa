import { join } from 'node:path'
import test, { type ExecutionContext } from 'ava'
import { type AnyRow, col, type DataFrame, functions as F, type Session } from '../../api/index.js'
import { field, INT } from '../../columnar/types.js'
import { stateChanges } from '../../driver/streaming/state-changes.js'
import { refusal } from '../support/raised.js'
import { Random } from '../support/random.js'
import { withSession } from '../support/sessions.js'
import { type StreamPlace, withStreamPlace } from '../support/streams.js'

/* State of which several rows may have the same keys: sessions, and the rows of both sides of joins of streams. */

const DELAY_SECONDS = 10
const GAP_SECONDS = 7
/** Partitions of the state, start by start. */
const STARTS = [3, 5]
const SENDS = 3

interface Event {
  readonly s: number
  readonly k: string
  readonly id: number
}

/** Events that move on in time, so that none is late. */
class Events {
  readonly sent: Event[] = []
  readonly #random: Random
  readonly #place: StreamPlace
  readonly #topic: string

  constructor(place: StreamPlace, topic: string, seed: number) {
    this.#place = place
    this.#topic = topic
    this.#random = new Random(seed)
  }

  async send(round: number, count: number): Promise<void> {
    const events = Array.from({ length: count }, (_, i) => ({
      s: 1000 + round * 6 + this.#random.integer(0, DELAY_SECONDS),
      k: `k${this.#random.integer(0, 12)}`,
      id: this.sent.length + i,
    }))
    this.sent.push(...events)
    await this.#place.send(
      this.#topic,
      events.map((event) => JSON.stringify(event)),
    )
  }

  get watermark(): number {
    return Math.max(...this.sent.map(({ s }) => s)) - DELAY_SECONDS
  }

  rows(session: Session, idType = 'bigint'): DataFrame<AnyRow> {
    return this.#place
      .read(session, this.#topic)
      .select(F.fromJson(col('value').cast('string'), `s bigint, k string, id ${idType}`).as('e'))
      .select('e.*')
      .withColumn('at', F.timestampSeconds(col('s')))
      .withWatermark('at', `${DELAY_SECONDS} seconds`)
      .withColumn('w', F.window('at', '10 seconds'))
      .alias(this.#topic)
      .toDF()
  }
}

const lines = (rows: readonly AnyRow[]): readonly string[] =>
  rows.map((row) => Object.values(row).map(String).join()).toSorted()

const stateOf = (session: Session, checkpoint: string, options: Record<string, string> = {}) =>
  session.read.format('statestore').options(options).load(checkpoint)

/** Starts a query again and again, each time with its state in another number of partitions, and gives what came out of all starts. */
async function started(
  checkpoint: string,
  frame: (session: Session) => DataFrame<AnyRow>,
  send: (round: number) => Promise<void>,
  looked: (session: Session, round: number) => Promise<void>,
): Promise<readonly string[]> {
  const out: string[] = []
  for (const [start, partitions] of STARTS.entries())
    await withSession(
      'local[2]',
      async (session) => {
        await send(start * SENDS)
        const query = await frame(session)
          .writeStream.foreachBatch(async (batch) => {
            out.push(...lines((await batch.collect()) as AnyRow[]))
          })
          .outputMode('append')
          .option('checkpointLocation', checkpoint)
          .start()
        for (let i = 0; i < SENDS; i++) {
          const round = start * SENDS + i
          if (i > 0) await send(round)
          await query.processAllAvailable()
          await looked(session, round)
        }
        await query.stop()
      },
      { 'shuffle.partitions': partitions },
    )
  return out.toSorted()
}

/** The sessions of events as lines of key, begin, end and count. */
function sessionsOf(events: readonly Event[]): readonly { readonly end: number; readonly line: string }[] {
  return [...new Set(events.map(({ k }) => k))].flatMap((k) => {
    const times = events.flatMap((event) => (event.k === k ? [event.s] : [])).toSorted((a, b) => a - b)
    const sessions: { start: number; end: number; n: number }[] = []
    for (const s of times) {
      const last = sessions.at(-1)
      if (last && s <= last.end) Object.assign(last, { end: s + GAP_SECONDS, n: last.n + 1 })
      else sessions.push({ start: s, end: s + GAP_SECONDS, n: 1 })
    }
    return sessions.map(({ start, end, n }) => ({ end, line: [k, start, end, n].join() }))
  })
}

test('sessions are read as rows, as they were after any batch, and are the same when their state is divided anew', (t) =>
  withStreamPlace(async (place) => {
    const events = new Events(place, 'events', 3)
    const checkpoint = join(place.directory, 'checkpoint')
    const ofState = (rows: DataFrame<AnyRow>) =>
      rows
        .select(
          col('key.k').as('k'),
          F.unixSeconds(col('key.sessionStartTime')).as('start'),
          F.unixSeconds(col('value.session_window.end')).as('end'),
          col('value').getField('count(1).count').as('n'),
        )
        .collect()
    const out = await started(
      checkpoint,
      (session) =>
        events
          .rows(session)
          .groupBy(F.sessionWindow('at', `${GAP_SECONDS} seconds`).as('w'), 'k')
          .agg(F.count().as('n'))
          .select('k', F.unixSeconds(col('w.start')).as('start'), F.unixSeconds(col('w.end')).as('end'), 'n')
          .toDF(),
      (round) => events.send(round, 10),
      async (session, round) => {
        const open = sessionsOf(events.sent).filter(({ end }) => end > events.watermark)
        t.deepEqual(lines(await ofState(stateOf(session, checkpoint))), open.map(({ line }) => line).toSorted())
        const ids = await stateOf(session, checkpoint).select('partition_id').distinct().collect()
        t.is(ids.length, STARTS[Math.floor(round / SENDS)]!, `round ${round}`)
        if (round > 0) return
        t.deepEqual((await session.read.format('state-metadata').load(checkpoint).collect())[0], {
          ...{ operatorId: 0n, operatorName: 'sessionWindowStateStoreSaveExec', stateStoreName: 'default' },
          ...{ numPartitions: 3, minBatchId: 0n, maxBatchId: 1n },
        })
        const side = stateOf(session, checkpoint, { joinSide: 'left' })
        t.regex(await refusal(t, side.collect()), /^INVALID_OPTION.*joinSide.*left.*keeps no rows of two sides/)
      },
    )
    const final = sessionsOf(events.sent).filter(({ end }) => end <= events.watermark)
    t.true(final.length > 10)
    t.deepEqual(out, final.map(({ line }) => line).toSorted())
  }))

interface JoinKind {
  readonly type: 'inner' | 'full' | 'left_semi'
  readonly condition: string
  /** The type of the ids of the right side, which may be among the keys. */
  readonly idType?: string
  matches(left: Event, right: Event): boolean
  /** What is looked at of rows of the state. */
  readonly shown: {
    readonly key: string
    readonly value: string
    keyOf(event: Event): unknown
    valueIn(event: Event): unknown
  }
  /** When the watermark is there a row is final. */
  readonly finals: readonly [left: (s: number) => number, right: (s: number) => number]
}

const windowEnd = (s: number): number => Math.floor(s / 10) * 10 + 10
const WITHIN = {
  condition: 'l.k = r.k and r.at between l.at - interval 3 seconds and l.at + interval 5 seconds',
  matches: (left: Event, right: Event) => left.k === right.k && right.s >= left.s - 3 && right.s <= left.s + 5,
  // A row is kept for a millisecond more.
  finals: [(s: number) => s + 5.001, (s: number) => s + 3.001],
  shown: {
    key: 'key.field0',
    value: 'unix_seconds(value.at)',
    keyOf: ({ k }: Event) => k,
    valueIn: ({ s }: Event) => s,
  },
} as const

const JOINS: readonly JoinKind[] = [
  { type: 'full', ...WITHIN },
  { type: 'left_semi', ...WITHIN },
  {
    type: 'inner',
    condition: 'l.w = r.w and l.id + 1 = r.id + 1',
    idType: 'int',
    matches: (left, right) => left.id === right.id && windowEnd(left.s) === windowEnd(right.s),
    finals: [windowEnd, windowEnd],
    shown: {
      key: 'unix_seconds(key.field0.end)',
      value: 'concat(key.field1 - 1, value.id)',
      keyOf: ({ s }) => windowEnd(s),
      valueIn: ({ id }) => `${id}${id}`,
    },
  },
]

function joinedLines({ type, matches, finals }: JoinKind, left: Events, right: Events, watermark: number) {
  const pairs = left.sent.flatMap((l) => right.sent.flatMap((r) => (matches(l, r) ? [[l, r] as const] : [])))
  if (type === 'inner') return pairs.map(([l, r]) => `${l.id},${r.id}`).toSorted()
  if (type === 'left_semi') return [...new Set(pairs.map(([l]) => String(l.id)))].toSorted()
  const alone = (side: 0 | 1, events: readonly Event[], line: (event: Event) => string): readonly string[] => {
    const matched = new Set(pairs.map((pair) => pair[side]))
    return events.filter((one) => !matched.has(one) && finals[side](one.s) <= watermark).map(line)
  }
  return [
    ...pairs.map(([l, r]) => `${l.id},${r.id}`),
    ...alone(0, left.sent, ({ id }) => `${id},null`),
    ...alone(1, right.sent, ({ id }) => `null,${id}`),
  ].toSorted()
}

async function checkOptions(t: ExecutionContext, session: Session, checkpoint: string): Promise<void> {
  const refused = (options: Record<string, string>) => refusal(t, stateOf(session, checkpoint, options).collect())
  t.regex(await refused({}), /^STDS_REQUIRED_OPTION_UNSPECIFIED.*joinSide/)
  t.regex(await refused({ joinSide: 'none' }), /^STDS_REQUIRED_OPTION_UNSPECIFIED.*joinSide/)
  t.regex(await refused({ joinSide: 'top' }), /^INVALID_OPTION.*joinSide.*top.*not left, right or none/)
  t.regex(await refused({ joinSide: 'left', operatorId: '1' }), /^INVALID_OPTION.*operatorId.*1.*operators are 0/)
  const sides = await session.read.format('state-metadata').load(checkpoint).collect()
  t.deepEqual(
    sides.map(({ operatorId, stateStoreName }) => [operatorId, stateStoreName]),
    [
      [0n, 'left'],
      [0n, 'right'],
    ],
  )
}

const checkJoin = (t: ExecutionContext, kind: JoinKind): Promise<void> =>
  withStreamPlace(async (place) => {
    const [left, right] = [new Events(place, 'l', 7), new Events(place, 'r', 8)]
    const checkpoint = join(place.directory, 'checkpoint')
    const watermark = (): number => Math.min(left.watermark, right.watermark)
    const shown = kind.type === 'left_semi' ? ['l.id'] : ['l.id', 'r.id as other']
    const out = await started(
      checkpoint,
      (session) =>
        left
          .rows(session)
          .join(right.rows(session, kind.idType), F.expr(kind.condition), kind.type)
          .selectExpr(...shown)
          .toDF(),
      async (round) => {
        await left.send(round, 20)
        await right.send(round, 20)
      },
      async (session, round) => {
        for (const [side, events] of [left, right].entries()) {
          const joinSide = side === 0 ? 'left' : 'right'
          const { key, value, keyOf, valueIn } = kind.shown
          const rows = stateOf(session, checkpoint, { joinSide }).select(
            F.expr(key).as('key'),
            F.expr(value).as('value'),
          )
          const lineOf = (event: Event): string => `${keyOf(event)},${valueIn(event)}`
          const all = lines(await rows.collect())
          const kept = events.sent.filter(({ s }) => kind.finals[side as 0 | 1](s) > watermark())
          // A row that has a match at once comes out of a semi join, and is not kept.
          const hasMatch = (one: Event): boolean => right.sent.some((other) => kind.matches(one, other))
          if (kind.type === 'left_semi' && side === 0)
            t.deepEqual(kept.filter((one) => !hasMatch(one) && !all.includes(lineOf(one))).map(lineOf), [])
          else t.deepEqual(all, kept.map(lineOf).toSorted(), `round ${round}, ${joinSide}`)
        }
        if (kind.type === 'full' && round === 0) await checkOptions(t, session, checkpoint)
      },
    )
    t.true(out.length > 20)
    t.deepEqual(out, joinedLines(kind, left, right, watermark()))
  })

for (const kind of JOINS)
  test(`rows of streams in a ${kind.type} join on ${kind.condition} are read, and it goes on with another number of partitions`, (t) =>
    checkJoin(t, kind))

test('a join whose rows were kept without a column is refused, and one of wider numbers goes on', (t) =>
  withStreamPlace(async (place) => {
    const [left, right] = [new Events(place, 'l', 1), new Events(place, 'r', 2)]
    await left.send(0, 30)
    await right.send(0, 30)
    const checkpoint = join(place.directory, 'checkpoint')
    const writer = (session: Session, idType: string, ...columns: readonly string[]) =>
      left
        .rows(session, idType)
        .join(right.rows(session), F.expr(WITHIN.condition))
        .selectExpr(...columns)
        .writeStream.format('memory')
        .queryName('pairs')
        .outputMode('append')
        .option('checkpointLocation', checkpoint)
        .trigger({ availableNow: true })
    await withSession('local[2]', async (session) => {
      await (await writer(session, 'int', 'l.id', 'r.id as other').start()).awaitTermination()
      const told = async (idType: string, ...columns: readonly string[]) =>
        (await writer(session, idType, ...columns).dryRun())
          .slice(1)
          .map(({ fate, differences }) => [fate, ...differences])
      t.deepEqual(await told('int', 'l.id', 'r.id as other'), [['kept'], ['kept']])
      const [lost] = await told('int', 'l.id', 'l.s', 'r.id as other')
      t.regex(lost!.join(), /^lost,the rows that it keeps have no \[s: /)
      t.deepEqual(await told('bigint', 'l.id', 'r.id as other'), [
        ['migrated', 'id is widened from int to bigint'],
        ['kept'],
      ])
      await left.send(1, 30)
      await right.send(1, 30)
      await (await writer(session, 'bigint', 'l.id', 'r.id as other').start()).awaitTermination()
      const joins = { type: 'inner', ...WITHIN } as const
      const both = joinedLines(joins, left, right, 0)
      const early = (events: Events) => ({ sent: events.sent.slice(0, 30) }) as Events
      const before = joinedLines(joins, early(left), early(right), 0)
      const rest = both.filter((line) => !before.includes(line))
      t.deepEqual(lines(await session.table('pairs').collect()), rest)
    })
  }))

test('state of a version that did not say which rows count goes on as it is, and is refused where it would have to be moved', (t) => {
  const parts = { keys: [], values: [{ meaning: 'n', columns: [field('n', INT)] }], rule: 'for ever' }
  const joined = { kind: 'joined', side: 'left', keys: [{ column: 0 }], isNumbered: false } as const
  const before = {
    operatorId: 0,
    name: 'symmetricHashJoin',
    version: 1,
    partitions: 2,
    parts: { ...parts, severalRows: true },
  } as const
  const now = { ...before, parts: { ...parts, severalRows: joined } }
  const told = (after: typeof now) =>
    stateChanges([before], [after]).map(({ fate, differences }) => [fate, ...differences])
  t.deepEqual(told(now), [['kept']])
  t.deepEqual(told({ ...now, partitions: 3 } as unknown as typeof now), [
    ['lost', 'divided into 2 partitions, now 3, where keys have several rows'],
  ])
})
