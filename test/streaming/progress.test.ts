import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import test, { type ExecutionContext } from 'ava'
import { col, functions as F, type Session, type StreamingQueryProgress } from '../../api/index.js'
import { withSession } from '../support/sessions.js'
import { type StreamPlace, withStreamPlace } from '../support/streams.js'

type Members = Readonly<Record<string, unknown>>
interface Told {
  readonly batches: readonly (readonly number[])[]
  readonly reports: readonly (Members & Pick<StreamingQueryProgress, 'durationMs' | 'eventTime' | 'numInputRows'>)[]
}

/** What Spark told of the same query; see test/support/spark/progress.py. */
const spark = JSON.parse(
  await readFile(new URL('../../../test/data/spark/streaming-progress.json', import.meta.url), 'utf8'),
) as Told

const inPlace = (t: ExecutionContext, body: (place: StreamPlace, session: Session) => Promise<void>) =>
  withStreamPlace((place) => withSession('local[2]', (session) => body(place, session))).then(() => t.pass())

const namesOf = (value: unknown): readonly string[] => Object.keys(value as Members).toSorted()
const first = (report: Members, list: string): Members => (report[list] as readonly Members[])[0]!

/** Names that are there for one of them alone: what stores of state tell of themselves, and sources of how many records wait. */
const without = (names: readonly string[], ...some: readonly string[]): readonly string[] =>
  names.filter((name) => !some.includes(name))

test('the progress of a query is the JSON that Spark gives, with the same counts and event times', (t) =>
  inPlace(t, async (place, session) => {
    session.conf.set('shuffle.partitions', '2')
    const [earlier, later] = spark.batches.map((seconds) => seconds.map(String))
    await place.send('events', earlier!)
    const started = async (): Promise<Told['reports']> => {
      const query = await place
        .read(session, 'events')
        .select(F.timestampSeconds(col('value').cast('string').cast('bigint')).as('at'))
        .withWatermark('at', '10 seconds')
        .groupBy(F.window('at', '10 seconds').as('w'))
        .agg(F.count().as('count'))
        .writeStream.format('memory')
        .queryName('counts')
        .outputMode('update')
        .option('checkpointLocation', join(place.directory, 'checkpoint'))
        .start()
      await query.processAllAvailable()
      await query.stop()
      return JSON.parse(JSON.stringify(query.recentProgress)) as Told['reports']
    }
    // A query that runs might find records of one partition before those of the other are there.
    const reports = [...(await started())]
    await place.send('events', later!)
    reports.push(...(await started()))
    // Spark tells of triggers that found nothing, too.
    const expected = spark.reports.filter(({ durationMs }) => 'addBatch' in durationMs)
    t.is(reports.length, expected.length)
    for (const [i, report] of reports.entries()) {
      const wanted = expected[i]!
      t.deepEqual(namesOf(report), namesOf(wanted))
      t.deepEqual(namesOf(report.durationMs), namesOf(wanted.durationMs))
      t.deepEqual(report.eventTime, wanted.eventTime)
      const [operator, ofSpark] = [first(report, 'stateOperators'), first(wanted, 'stateOperators')]
      t.deepEqual(namesOf(operator), without(namesOf(ofSpark), 'customMetrics'))
      const isCount = ([name]: readonly [string, unknown]): boolean => name.startsWith('num') || name === 'operatorName'
      t.like(operator, Object.fromEntries(Object.entries(ofSpark).filter(isCount)))
      const [source, sourceOfSpark] = [first(report, 'sources'), first(wanted, 'sources')]
      t.deepEqual(without(namesOf(source), 'metrics'), namesOf(sourceOfSpark))
      t.is(source['numInputRows'], sourceOfSpark['numInputRows'])
      t.like(report, { name: 'counts', batchId: wanted['batchId'], numInputRows: wanted.numInputRows })
      t.like(report['sink'], { description: 'memory', numOutputRows: (wanted['sink'] as Members)['numOutputRows'] })
    }
    t.deepEqual(first(reports[0]!, 'sources')['latestOffset'], { events: { 0: 2, 1: 2 } })
  }))

test('each source tells its own rows and how far it is behind, and a query without a watermark no event time', (t) =>
  inPlace(t, async (place, session) => {
    await place.send('left', ['1', '2', '3', '4', '5', '6'])
    await place.send('right', ['7', '8'])
    const read = (topic: string) => place.read(session, topic, { maxOffsetsPerTrigger: '4' }).select('value')
    const query = await read('left')
      .union(read('right'))
      .writeStream.foreachBatch(() => undefined)
      .trigger({ availableNow: true })
      .start()
    await query.awaitTermination()
    const [early, late] = query.recentProgress
    t.deepEqual(
      early!.sources.map(({ numInputRows }) => numInputRows),
      [4, 2],
    )
    t.is(early!.numInputRows, 6)
    t.deepEqual(early!.sources[0]!.metrics, {
      avgOffsetsBehindLatest: '1.0',
      maxOffsetsBehindLatest: '1',
      minOffsetsBehindLatest: '1',
      totalOffsetsBehindLatest: '2',
    })
    t.deepEqual(early!.sources[0]!.endOffset, { left: { 0: 2n, 1: 2n } })
    t.deepEqual(early!.sources[0]!.latestOffset, { left: { 0: 3n, 1: 3n } })
    t.deepEqual(
      late!.sources.map(({ numInputRows }) => numInputRows),
      [2, 0],
    )
    t.is(late!.eventTime, undefined)
    t.like(late!.sink, { description: 'foreachbatch', numOutputRows: 2 })
  }))

test('rows of a table that a stream is joined with are none of its input', (t) =>
  inPlace(t, async (place, session) => {
    await place.send('events', ['1', '2', '3'])
    const names = session.createDataFrame([{ value: '1' }, { value: '2' }], 'value string')
    const query = await place
      .read(session, 'events')
      .select(col('value').cast('string').as('value'))
      .join(names, 'value')
      .writeStream.format('memory')
      .queryName('joined')
      .trigger({ availableNow: true })
      .start()
    await query.awaitTermination()
    t.like(query.lastProgress, { numInputRows: 3, sink: { numOutputRows: 2 } })
  }))
