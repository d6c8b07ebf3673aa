import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import test from 'ava'
import { type AnyRow, col, type DataFrame, functions as F, type Session } from '../../api/index.js'
import { withSession } from '../support/sessions.js'
import { type StreamPlace, withStreamPlace } from '../support/streams.js'

/** What Spark gives for a query over streams, round after round: see test/support/spark/streams.py. */
interface Case {
  readonly name: string
  readonly sql: string
  readonly mode: 'append' | 'update' | 'complete'
  /** Of the watermarks, in seconds. */
  readonly delays: readonly [left: number | null, right: number | null]
  readonly rounds: readonly Round[]
}

type Row = Readonly<Record<string, unknown>>

interface Round {
  readonly l: readonly Row[]
  readonly r: readonly Row[]
  readonly out: readonly string[]
  readonly late: number
}

const CASES = JSON.parse(
  readFileSync(new URL('../../../test/data/spark/streams.json', import.meta.url), 'utf8'),
) as readonly Case[]

let place: StreamPlace
let session: Session
let release: () => void

/** One session for all cases: to start one takes longer than a case. */
test.before(
  () =>
    new Promise<void>((resolve, reject) => {
      const released = new Promise<void>((done) => {
        release = done
      })
      const body = (own: StreamPlace, opened: Session): Promise<void> => {
        place = own
        session = opened
        resolve()
        return released
      }
      const settings = { 'shuffle.partitions': 3, 'spark.sql.session.timeZone': 'UTC' }
      withStreamPlace((own) => withSession('local[2]', (opened) => body(own, opened), settings)).catch(reject)
    }),
)
test.after.always(() => release())

const topicOf = ({ name }: Case, view: string): string => `${view}-${name.replaceAll(' ', '-')}`

function createViews(one: Case): void {
  for (const [i, view] of ['l', 'r'].entries()) {
    const rows = place
      .read(session, topicOf(one, view))
      .select(F.fromJson(col('value').cast('string'), 's bigint, k string, id bigint, v string').as('e'))
      .select('e.*')
      .withColumn('at', F.timestampSeconds(col('s')))
      .toDF()
    const delay = one.delays[i]!
    const frame: DataFrame<AnyRow> = delay === null ? rows : rows.withWatermark('at', `${delay} seconds`).toDF()
    frame.createOrReplaceTempView(view)
  }
}

/** Each round is a start of the query, so that its state comes from the checkpoint. */
async function runRound({ name, sql, mode }: Case) {
  const out: string[] = []
  const query = await session
    .sql(sql)
    .writeStream.foreachBatch(async (batch) => {
      for (const row of (await batch.collect()) as AnyRow[]) out.push(Object.values(row).map(String).join())
    })
    .outputMode(mode)
    .option('checkpointLocation', join(place.directory, name))
    .trigger({ availableNow: true })
    .start()
  await query.awaitTermination()
  return out.toSorted()
}

/** The rows without as many of others. */
function without(rows: readonly string[], others: readonly string[]): readonly string[] {
  const left = [...rows]
  for (const row of others) {
    const at = left.indexOf(row)
    if (at >= 0) left.splice(at, 1)
  }
  return left
}

for (const one of CASES) {
  test.serial(`${one.name}: each round gives what Spark gives`, async (t) => {
    createViews(one)
    for (const [i, { l, r, out }] of one.rounds.entries()) {
      for (const [view, rows] of [['l', l] as const, ['r', r] as const]) {
        const values = rows.map((row) => JSON.stringify(row))
        if (values.length > 0) await place.send(topicOf(one, view), values)
      }
      const given = await runRound(one)
      const differing = { missing: without(out, given), added: without(given, out) }
      t.deepEqual(differing, { missing: [], added: [] }, `round ${i}`)
    }
  })
}
