import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { cp, readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import test from 'ava'
import type { Session } from '../../api/index.js'
import { nodeArguments } from '../support/programs.js'
import { withSharedSession } from '../support/shared-sessions.js'
import { rowsOf, runAll, withWarehouse } from '../support/warehouses.js'

const CHILD = fileURLToPath(new URL('../support/table-child.js', import.meta.url))
const KILLER = new URL('../support/kill-at-step.js', import.meta.url).href

/** Runs a statement in a process of its own, which copies the warehouse before each step of its main thread. */
async function runCopied(folder: string, statement: string, copies: string): Promise<void> {
  const child = spawn(process.execPath, nodeArguments(CHILD, [folder, statement], [KILLER]), {
    env: { ...process.env, COPY_TO: copies, KILL_BELOW: folder },
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  const [code] = (await once(child, 'close')) as [number | null]
  if (code !== 0) throw new Error(`the child ended with ${code}`)
}

const withTables = (folder: string, body: (session: Session) => Promise<void>): Promise<void> =>
  withSharedSession('local[1]', body, { 'warehouse.dir': folder })

/**
 * Runs a statement on what others left, and gives a session with the warehouse as a kill before each of its steps leaves it, and as its end does.
 * @returns how many steps there were
 */
async function atEachStep(
  prepare: readonly string[],
  statement: string,
  body: (session: Session, step: string) => Promise<void>,
): Promise<number> {
  let steps: readonly string[] = []
  await withWarehouse((copies) =>
    withWarehouse((folder) =>
      // This session lasts as long as the others, which share its threads.
      withTables(folder, async (prepared) => {
        await runAll(prepared, ...prepare)
        await runCopied(folder, statement, copies)
        await withTables(folder, (session) => body(session, 'end'))
        steps = await readdir(copies)
        for (const step of steps) {
          // The same path: entries of the catalog may name it.
          await rm(folder, { recursive: true })
          await cp(join(copies, step), folder, { recursive: true })
          await withTables(folder, (session) => body(session, step))
        }
      }),
    ),
  )
  return steps.length
}

test('a table that is made of a query is there whole or not at all when its process is killed', async (t) => {
  const seen = new Set<string>()
  const create = 'create table t as values (0), (1)'
  const steps = await atEachStep([], create, async (session, step) => {
    const tables = await rowsOf(session, 'show tables')
    if (tables.length === 0) await runAll(session, create)
    seen.add(`${tables.length}`)
    t.deepEqual((await rowsOf(session, 'select count(*) from t'))[0], [2n], `step ${step}`)
  })
  t.true(steps >= 15, `${steps} steps`)
  t.deepEqual([...seen].toSorted(), ['0', '1'])
})

test('rows that replace those of a table are all there or none when the process is killed', async (t) => {
  const seen = new Set<string>()
  const prepare = ['create table t as values (1), (2), (3)']
  const steps = await atEachStep(prepare, 'insert overwrite t values (7), (8)', async (session, step) => {
    const rows = (await rowsOf(session, 'select * from t order by col1')).flat().join(' ')
    t.true(rows === '1 2 3' || rows === '7 8', `step ${step}: ${rows}`)
    seen.add(rows)
    await runAll(session, 'insert into t values (9)')
    t.is((await rowsOf(session, 'select * from t')).length, rows.split(' ').length + 1)
  })
  t.true(steps >= 12, `${steps} steps`)
  t.deepEqual([...seen].toSorted(), ['1 2 3', '7 8'])
})

const CHANGES = [
  { statement: 'insert into t values (7, 1), (8, 3)', before: '1 2 3', after: '1 2 3 7 8' },
  { statement: 'insert overwrite t values (7, 1), (8, 3)', before: '1 2 3', after: '7 8' },
  { statement: 'alter table t partition (k = 1) rename to partition (k = 4)', before: '1 2 3', after: '1 2 3' },
  { statement: 'alter table t drop partition (k = 1)', before: '1 2 3', after: '3' },
]

for (const { statement, before, after } of CHANGES)
  test(`rows in several partitions are changed all at once or not at all when the process is killed: ${statement}`, async (t) => {
    const seen = new Set<string>()
    const prepare = ['create table t (v int, k int) partitioned by (k)', 'insert into t values (1, 1), (2, 1), (3, 2)']
    const steps = await atEachStep(prepare, statement, async (session, step) => {
      const rows = (await rowsOf(session, 'select v from t order by v')).flat().join(' ')
      t.true(rows === before || rows === after, `${statement}, step ${step}: ${rows}`)
      seen.add(rows)
      await runAll(session, 'insert into t values (9, 2)')
      t.is((await rowsOf(session, 'select v from t')).length, rows.split(' ').length + 1)
    })
    t.true(steps >= 4, `${steps} steps`)
    t.deepEqual([...seen].toSorted(), [...new Set([before, after])].toSorted())
  })
