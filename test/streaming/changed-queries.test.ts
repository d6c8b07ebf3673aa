import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import test from 'ava'
import { type AnyRow, type Column, col, type DataFrame, functions as F, type Session } from '../../api/index.js'
import { refusal } from '../support/raised.js'
import { Random } from '../support/random.js'
import { withSession } from '../support/sessions.js'
import { type StreamPlace, withStreamPlace } from '../support/streams.js'

interface Sale {
  readonly user: string
  readonly n: number
}

/** Sums by user of what was sent, in a query that is changed between its starts. */
class Sales {
  readonly sent: Sale[] = []
  readonly #place: StreamPlace
  readonly #random = new Random(5)

  constructor(place: StreamPlace) {
    this.#place = place
  }

  get checkpoint(): string {
    return join(this.#place.directory, 'checkpoint')
  }

  async send(count: number): Promise<void> {
    const sales = Array.from({ length: count }, () => ({
      user: `user ${this.#random.integer(0, 60)}`,
      n: this.#random.integer(-100, 100),
    }))
    this.sent.push(...sales)
    await this.#place.send(
      'sales',
      sales.map((sale) => JSON.stringify(sale)),
    )
  }

  rows(session: Session, type = 'int'): DataFrame<AnyRow> {
    return this.#place
      .read(session, 'sales')
      .select(F.fromJson(col('value').cast('string'), `user string, n ${type}`).as('e'))
      .select('e.*')
      .toDF()
  }

  writer(frame: DataFrame<AnyRow>) {
    return frame.writeStream
      .format('memory')
      .queryName('sums')
      .outputMode('complete')
      .option('checkpointLocation', this.checkpoint)
      .trigger({ availableNow: true })
  }

  async run(session: Session, frame: DataFrame<AnyRow>): Promise<readonly string[]> {
    const query = await this.writer(frame).start()
    await query.awaitTermination()
    const rows = await session.table('sums').collect()
    return rows.map((row) => Object.values(row).join(' ')).toSorted()
  }

  /** Of each user what some functions give of all that was sent, and of what was sent after so much. */
  expected(
    ...of: readonly (readonly [after: number, give: (values: readonly number[]) => unknown])[]
  ): readonly string[] {
    const users = [...new Set(this.sent.map(({ user }) => user))]
    const valuesOf = (user: string, after: number): readonly number[] =>
      this.sent.slice(after).flatMap((sale) => (sale.user === user ? [sale.n] : []))
    return users.map((user) => [user, ...of.map(([after, give]) => give(valuesOf(user, after)))].join(' ')).toSorted()
  }
}

const sum = (values: readonly number[]): unknown => (values.length === 0 ? null : values.reduce((a, b) => a + b, 0))
const count = (values: readonly number[]): unknown => values.length
const most = (values: readonly number[]): unknown => (values.length === 0 ? null : Math.max(...values))
const mean = (values: readonly number[]): unknown => (values.length === 0 ? null : Number(sum(values)) / values.length)

const bySum = (rows: DataFrame<AnyRow>, ...others: readonly Column[]): DataFrame<AnyRow> =>
  rows
    .groupBy('user')
    .agg(F.sum('n').as('sum'), ...others)
    .toDF()

const inSession = <T>(partitions: number, body: (session: Session) => Promise<T>): Promise<T> =>
  withSession('local[2]', body, { 'shuffle.partitions': partitions }) as Promise<T>

test('a query goes on from its state when aggregates are added, types are wider, and there are more partitions, or fewer', (t) =>
  withStreamPlace(async (place) => {
    const sales = new Sales(place)
    await sales.send(300)
    await inSession(3, async (session) => {
      const plain = await sales.run(session, bySum(sales.rows(session), F.max('n').as('most')))
      t.deepEqual(plain, sales.expected([0, sum], [0, most]))
    })
    const first = sales.sent.length
    await sales.send(60)
    const changed = (session: Session) =>
      sales
        .rows(session, 'bigint')
        .groupBy('user')
        .agg(F.count().as('count'), F.max('n').as('most'), F.avg('n').as('mean'), F.sum('n').as('sum'))
        .toDF()
    const wider = () => sales.expected([first, count], [0, most], [first, mean], [0, sum])
    await inSession(7, async (session) => t.deepEqual(await sales.run(session, changed(session)), wider()))
    const partitions = async (session: Session): Promise<readonly unknown[]> => {
      const state = session.read.format('statestore').load(sales.checkpoint)
      const ids = await state.select('partition_id').distinct().collect()
      return ids.map((row) => row['partition_id']).toSorted()
    }
    for (const wanted of [2, 1, 4]) {
      await sales.send(20)
      await inSession(wanted, async (session) => {
        t.deepEqual(await sales.run(session, changed(session)), wider(), `${wanted} partitions`)
        t.deepEqual(
          await partitions(session),
          Array.from({ length: wanted }, (_, i) => i),
        )
        const old = session.read.format('statestore').option('batchId', '0').load(sales.checkpoint)
        t.deepEqual(await old.select('value.*').columns(), ['sum(n).sum', 'max(n).value'])
      })
    }
    // Without a number the state stays as it is divided.
    await sales.send(20)
    await withSession('local[3]', async (session) => {
      t.deepEqual(await sales.run(session, changed(session)), wider())
      t.deepEqual(await partitions(session), [0, 1, 2, 3])
    })
    t.is((await readdir(join(sales.checkpoint, 'metadata'))).length, 5)
  }))

test('a dry run tells of each part what is kept, migrated or lost, and changes nothing', (t) =>
  withStreamPlace(async (place) => {
    const sales = new Sales(place)
    await sales.send(50)
    const told = async (frame: DataFrame<AnyRow>, checkpoint?: string) =>
      (await sales.writer(frame).dryRun(checkpoint)).map(({ part, fate, differences }) => [part, fate, ...differences])
    await inSession(2, async (session) => {
      const plain = bySum(sales.rows(session))
      t.deepEqual(await told(plain), [
        ['sources', 'new'],
        ['operator 0 stateStoreSave', 'new'],
      ])
      await t.throwsAsync(readdir(sales.checkpoint), { code: 'ENOENT' })
      await sales.run(session, plain)
      const kept = [
        ['sources', 'kept'],
        ['operator 0 stateStoreSave', 'kept'],
      ]
      t.deepEqual(await told(plain), kept)
      t.deepEqual(await told(plain.filter(col('sum').gt(3)).select('user').toDF()), kept)
    })
    const files = async () => (await readdir(sales.checkpoint, { recursive: true })).toSorted()
    const before = await files()
    await inSession(5, async (session) => {
      const rows = sales.rows(session, 'bigint')
      const changed = rows.groupBy('user').agg(F.count().as('c'), F.sum('n')).toDF()
      t.deepEqual(await told(changed), [
        ['sources', 'kept'],
        ['operator 0 stateStoreSave', 'migrated', 'count(1) is added, from now on', 'divided into 2 partitions, now 5'],
      ])
      const [, lost] = await told(rows.groupBy('n').agg(F.sum('n')).toDF(), sales.checkpoint)
      t.like(lost, ['operator 0 stateStoreSave', 'lost'])
      t.regex(lost![2]!, /its keys were \[user: .*\], now \[n: /)
      const other = await sales
        .writer(bySum(place.read(session, 'others').selectExpr('value user', '1 n').toDF()))
        .dryRun()
      t.like(other[0], { part: 'sources', fate: 'lost', differences: ['it read kafka[sales], now kafka[others]'] })
      const unnamed = changed.writeStream.format('memory').queryName('q').outputMode('complete')
      t.regex(await refusal(t, unnamed.dryRun()), /^INVALID_API_USE.*checkpoint/)
    })
    t.deepEqual(await files(), before)
    await inSession(5, async (session) => {
      const changed = bySum(sales.rows(session, 'bigint'), F.count().as('c'))
      await sales.send(5)
      await sales.run(session, changed)
      t.deepEqual((await told(changed))[1], ['operator 0 stateStoreSave', 'kept'])
    })
  }))

test('a query whose state would be lost is refused by the operator and what is different, and the query before goes on', (t) =>
  withStreamPlace(async (place) => {
    const sales = new Sales(place)
    await sales.send(100)
    await inSession(2, async (session) => {
      const plain = bySum(sales.rows(session), F.max('n').as('most'))
      await sales.run(session, plain)
      const rows = sales.rows(session)
      const refused: readonly (readonly [DataFrame<AnyRow>, RegExp])[] = [
        [bySum(rows), /operator 0, stateStoreSave, it no longer keeps \[max\(/],
        [rows.groupBy('n').agg(F.sum('n').as('sum'), F.max('n')).toDF(), /its keys were \[user: .*, now \[n: /],
        [rows.groupBy('user', 'n').agg(F.sum('n'), F.max('n')).toDF(), /its keys were \[user: .*, now \[user: .*n: /],
        [bySum(sales.rows(session, 'smallint'), F.max('n')), /it no longer keeps \[max\(/],
        [bySum(rows.dropDuplicates(['user', 'n']).toDF(), F.max('n')), /operator 0, dedupe, it was stateStoreSave/],
        [bySum(rows.withColumn('n', col('n').plus(1)).toDF(), F.max('n')), /it no longer keeps \[sum\(/],
      ]
      for (const [frame, why] of refused) {
        const message = await refusal(t, sales.run(session, frame))
        t.regex(message, /^STREAMING_STATE_MISMATCH/)
        t.regex(message, why)
      }
      await sales.send(10)
      t.deepEqual(await sales.run(session, plain), sales.expected([0, sum], [0, most]))
      t.deepEqual(await readdir(join(sales.checkpoint, 'metadata')), ['0'])
    })
  }))
