import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import test from 'ava'
import { type EngineEvent, functions as F, Session } from '../../api/index.js'
import { raised } from '../support/raised.js'
import { withSession } from '../support/sessions.js'
import { withStreamPlace } from '../support/streams.js'

/** What a session tells while something runs, without what comes of single tasks. */
async function told(session: Session, body: () => Promise<unknown>): Promise<readonly EngineEvent[]> {
  const events: EngineEvent[] = []
  const listener = { onEvent: (event: EngineEvent) => void (/^(task|stage)/.test(event.kind) || events.push(event)) }
  session.addListener(listener)
  session.addListener(listener)
  await body()
  session.removeListener(listener)
  return events
}
const kinds = (events: readonly EngineEvent[]): string => events.map(({ kind }) => kind).join(' ')

test('a query tells of its execution, with its plan and tags, and jobs name the one that they are part of', (t) =>
  withSession('local[1]', async (session) => {
    session.addTag('nightly')
    const events = await told(session, () => session.sql('select sum(id) from range(10) where id > 3').collect())
    t.is(kinds(events), 'sqlExecutionStart jobStart jobFirstRows jobEnd sqlExecutionEnd')
    const [start, job, , , end] = events
    t.like(start, { executionId: 0, tags: ['nightly'] })
    t.regex(
      start?.kind === 'sqlExecutionStart' ? start.physicalPlanDescription : '',
      /^== Physical Plan ==[\s\S]*Range/,
    )
    t.like(job, { executionId: 0, jobId: 1 })
    t.like(end, { executionId: 0, failure: undefined })
    const recursive = await told(session, () =>
      session
        .sql('with recursive r(n) as (select 1 union all select n + 1 from r where n < 3) select * from r')
        .collect(),
    )
    t.is(recursive[0]?.kind, 'sqlExecutionStart')
    t.is(recursive.at(-1)?.kind, 'sqlExecutionEnd')
    const jobs = recursive.filter(({ kind }) => kind === 'jobStart')
    t.true(jobs.length > 1)
    t.true(jobs.every((one) => one.kind === 'jobStart' && one.executionId === 1))
  }))

test('what fails a query is told with its condition, and one that makes no sense is not told of', (t) =>
  withSession('local[1]', async (session) => {
    const failed = await told(session, () => t.throwsAsync(session.sql('select 1 / (id - id) from range(3)').collect()))
    t.is(kinds(failed), 'sqlExecutionStart jobStart jobEnd sqlExecutionEnd')
    for (const event of failed.slice(2)) {
      t.like(event, { failure: { condition: 'DIVIDE_BY_ZERO' } })
    }
    t.deepEqual(
      await told(session, () =>
        t.throwsAsync(session.sql('select nothing').collect(), { message: /UNRESOLVED_COLUMN/ }),
      ),
      [],
    )
  }))

test('a listener that interrupts what it is told has started ends it', (t) =>
  withSession('local[1]', async (session) => {
    session.addListener({ onJobStart: () => void session.interruptAll() })
    await raised(t, session.sql('select sum(id) from range(10)').collect(), 'OPERATION_CANCELED')
  }))

test('the same listener is told of streams, whose batches name their query', (t) =>
  withStreamPlace((place) =>
    withSession('local[1]', async (session) => {
      await place.send('events', ['1', '2'])
      const start = () => place.read(session, 'events').writeStream.format('memory').queryName('q').start()
      const events = await told(session, async () => {
        const query = await start()
        await query.processAllAvailable()
        await query.stop()
      })
      const [started] = events
      t.like(started, { kind: 'queryStarted', name: 'q' })
      const id = started?.kind === 'queryStarted' ? started.id : ''
      const batch = events.find((event) => event.kind === 'jobStart')
      t.like(batch, { batch: { queryId: id, batchId: 0 } })
      t.like(
        events.find(({ kind }) => kind === 'queryProgress'),
        { progress: { numInputRows: 2 } },
      )
      t.like(events.at(-1), { kind: 'queryTerminated', id })
    }),
  ))

test('the log of a session begins with its settings, ends with its end, and holds no secret of options', async (t) => {
  const dir = mkdtempSync(join(tmpdir(), 'events-'))
  const settings = { 'spark.eventLog.enabled': 'true', 'eventLog.dir': dir, 'app.name': 'my app' }
  try {
    await withSession(
      'local[1]',
      async (session) => {
        await session.range(3).select(F.col('id').as('n')).collect()
        const hidden = session.read.option('kafka.sasl.jaas.config' as string, 'HIDDEN').format('kafka')
        await t.throwsAsync(hidden.load('https://me:HIDDEN@nowhere.invalid/x').collect(), {
          message: /^\[UNSUPPORTED_FEATURE\].*paths/,
        })
      },
      settings,
    )
    const [folder] = readdirSync(dir)
    const [status, file] = readdirSync(join(dir, folder!))
    t.regex(status!, /^appstatus_app-\d{14}-[\da-f]{8}$/)
    const text = readFileSync(join(dir, folder!, file!), 'utf8')
    t.false(text.includes('HIDDEN'))
    const lines = text.trim().split('\n')
    const events: readonly EngineEvent[] = lines.map((line) => JSON.parse(line))
    t.like(events[0], { kind: 'applicationStart', appName: 'my app', master: 'local[1]' })
    t.like(events[0], { settings: { 'eventLog.enabled': 'true' } })
    const execution = events.find(({ kind }) => kind === 'sqlExecutionStart')
    t.regex(execution?.kind === 'sqlExecutionStart' ? execution.physicalPlanDescription : '', /Range/)
    t.deepEqual(
      events.filter(({ kind }) => /End$/.test(kind)).map(({ kind }) => kind),
      ['taskEnd', 'jobEnd', 'sqlExecutionEnd', 'applicationEnd'],
    )
    await withSession('local[1]', async (session) => void (await session.range(1).count()), { 'eventLog.dir': dir })
    t.is(readdirSync(dir).length, 1)
    const builder = Session.builder().master('local[1]').config('eventLog.enabled', true)
    await t.throwsAsync(builder.config('eventLog.dir', join(dir, folder!, file!)).create(), {
      message: /^\[CANNOT_WRITE_EVENT_LOG\]/,
    })
  } finally {
    rmSync(dir, { recursive: true, force: true })
  }
})
