import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { inspect } from 'node:util'
import test, { type ExecutionContext } from 'ava'
import { col, type DataFrame, expr, MillraceError, Session } from '../../api/index.js'
import { withSession } from '../support/sessions.js'

/** Fails unless the error's first frame is in this file, below a message that is told once, and the frames of the engine are kept. */
async function toldHere(t: ExecutionContext, what: string, act: () => unknown): Promise<MillraceError | undefined> {
  try {
    await act()
  } catch (error) {
    if (!MillraceError.is(error)) throw error
    const [head, ...rest] = error.stack!.split('\n    at ')
    t.is(head, `MillraceError: ${error.message}`, what)
    t.regex(rest[0]!, /test\/api\/call-site\.test\.[jt]s:\d+:\d+\)?$/, what)
    t.notRegex(
      error.stack!,
      /\/(dist\/)?(api|driver|planner|executor|columnar)\/(?!call-site\.test|[^\n]*\/test\/|test\/)[^\n]*:\d+:\d+|node:internal/,
      what,
    )
    t.regex(error.engineStack ?? '', /\n {4}at /, what)
    t.notRegex(inspect(error), /engineStack/, what)
    return error
  }
  t.fail(`${what} raised nothing`)
  return undefined
}

test.serial('a session that cannot start shows where the user asked for it', async (t) => {
  const builder = Session.builder().master('local-cluster[1,1,64]').config('driver.host', '192.0.2.1')
  await toldHere(t, 'create', () => builder.create())
  await toldHere(t, 'getOrCreate', () => builder.getOrCreate())
})

test.serial('an error of an action shows where the user called it', (t) =>
  withSession('local[2]', async (session) => {
    const directory = await mkdtemp(join(tmpdir(), 'millrace-calls-'))
    const failing = session.sql('select 1 / id from (select 0 id)')
    const wrong = session.sql('select nope')
    const each = async (rows: DataFrame): Promise<void> => {
      for await (const row of rows.toLocalIterator()) t.fail(String(row))
    }
    try {
      for (const [what, act] of Object.entries({
        collect: () => failing.collect(),
        count: () => wrong.count(),
        show: () => failing.show(),
        'show of a wrong count': () => failing.showString(1.5),
        take: () => failing.take(2),
        first: () => failing.first(),
        toArrow: () => failing.toArrow(),
        toLocalIterator: () => each(failing),
        schema: () => wrong.schema(),
        explain: () => wrong.explain(),
        save: () => failing.write.parquet(join(directory, 'x')),
        start: () => wrong.writeStream.format('console').start(),
        runStatement: () => session.runStatement('describe nowhere'),
      }))
        await toldHere(t, what, act)
    } finally {
      await rm(directory, { recursive: true })
    }
  }),
)

test.serial('an error that is raised at once shows where the user called', (t) =>
  withSession('local[1]', async (session: Session) => {
    for (const [what, act] of Object.entries({
      sql: () => session.sql(`select ${'('.repeat(40)}1`),
      expr: () => expr('1 +'),
      filter: () => session.range(1).filter('1 +'),
      cast: () => col('id').cast('strange(1)'),
      col: () => col('a.'),
      schema: () => session.read.schema('a strange(1)'),
      createDataFrame: () => session.createDataFrame([{ a: new Date(Number.NaN) }]),
      limit: () => session.range(1).limit(-1),
      range: () => session.range(0.5),
      withWatermark: () => session.range(1).withWatermark('id', 'soon'),
    }))
      await toldHere(t, what, act)
  }),
)

test.serial('an error in SQL keeps its place in the text, and an error of the user’s own its stack', (t) =>
  withSession('local[1]', async (session) => {
    const query = 'select 1, 1 / id from (select 0 id)'
    const error = await toldHere(t, 'collect', () => session.sql(query).collect())
    t.is(query.slice(error!.origin!.start, error!.origin!.end), '1 / id')
    t.regex(error!.stack!, /\n== SQL \(line 1, position 11\) ==\n/)
    const own = new Error('mine')
    const rows = {
      get a(): number {
        throw own
      },
    }
    t.is(
      t.throws(() => session.createDataFrame([rows], 'a int')),
      own,
    )
  }),
)
