import { spawn } from 'node:child_process'
import { cp, rm } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import test from 'ava'
import { nodeArguments } from '../support/programs.js'
import { rowsOf, runAll, withTables, withWarehouse } from '../support/warehouses.js'

const CHILD = fileURLToPath(new URL('../support/table-child.js', import.meta.url))
const KILLER = new URL('../support/kill-at-step.js', import.meta.url).href

/** @returns whether it was killed before its end */
function runKilled(folder: string, statement: string, step: number): Promise<boolean> {
  const child = spawn(process.execPath, nodeArguments(CHILD, [folder, statement], [KILLER]), {
    env: { ...process.env, KILL_AT: `main:${step}`, KILL_BELOW: folder },
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  return new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (code, signal) => {
      if (code === 0 || signal !== null) resolve(signal !== null)
      else reject(new Error(`the child ended with ${code}`))
    })
  })
}

/** Runs for each step with a warehouse as statements left it, which run once. */
async function atEach(
  steps: readonly number[],
  statements: readonly string[],
  body: (folder: string, step: number) => Promise<void>,
): Promise<void> {
  await withWarehouse(async (prepared) => {
    await withWarehouse(async (folder) => {
      await withTables((session) => runAll(session, ...statements), folder)
      await cp(folder, prepared, { recursive: true })
      for (const step of steps) {
        // The same path: entries of the catalog may name it.
        await rm(folder, { recursive: true })
        await cp(prepared, folder, { recursive: true })
        await body(folder, step)
      }
    })
  })
}

/** Steps of the main thread at which a statement may be killed; all of them while it publishes, every other one before. */
const STEPS = [1, 4, 8, 10, 12, 13, 14, 15, 16, 17, 19, 40]

test.serial('a table that is made of a query is there whole or not at all when its process is killed', async (t) => {
  const seen = new Set<string>()
  for (const step of STEPS)
    await withWarehouse(async (folder) => {
      await runKilled(folder, 'create table t as values (0), (1)', step)
      await withTables(async (session) => {
        const tables = await rowsOf(session, 'show tables')
        if (tables.length === 0) await runAll(session, 'create table t as values (0), (1)')
        seen.add(`${tables.length}`)
        t.deepEqual((await rowsOf(session, 'select count(*) from t'))[0], [2n], `step ${step}`)
      }, folder)
    })
  t.deepEqual([...seen].toSorted(), ['0', '1'])
})

test.serial('rows that replace those of a table are all there or none when the process is killed', async (t) => {
  const seen = new Set<string>()
  await atEach(STEPS, ['create table t as values (1), (2), (3)'], async (folder, step) => {
    await runKilled(folder, 'insert overwrite t values (7), (8)', step)
    await withTables(async (session) => {
      const rows = (await rowsOf(session, 'select * from t order by col1')).flat().join(' ')
      t.true(rows === '1 2 3' || rows === '7 8', `step ${step}: ${rows}`)
      seen.add(rows)
      await runAll(session, 'insert into t values (9)')
      t.is((await rowsOf(session, 'select * from t')).length, rows.split(' ').length + 1)
    }, folder)
  })
  t.deepEqual([...seen].toSorted(), ['1 2 3', '7 8'])
})

test.serial(
  'rows in several partitions are replaced and added all at once or not at all when the process is killed',
  async (t) => {
    const changes = [
      ['insert into t values (7, 1), (8, 3)', '1 2 3', '1 2 3 7 8'],
      ['insert overwrite t values (7, 1), (8, 3)', '1 2 3', '7 8'],
      ['alter table t partition (k = 1) rename to partition (k = 4)', '1 2 3', '1 2 3'],
      ['alter table t drop partition (k = 1)', '1 2 3', '3'],
    ] as const
    for (const [statement, before, after] of changes) {
      const seen = new Set<string>()
      const prepare = [
        'create table t (v int, k int) partitioned by (k)',
        'insert into t values (1, 1), (2, 1), (3, 2)',
      ]
      await atEach([4, 8, 12, 18, 20, 21, 22, 24, 60], prepare, async (folder, step) => {
        await runKilled(folder, statement, step)
        await withTables(async (session) => {
          const rows = (await rowsOf(session, 'select v from t order by v')).flat().join(' ')
          t.true(rows === before || rows === after, `${statement}, step ${step}: ${rows}`)
          seen.add(rows)
          await runAll(session, 'insert into t values (9, 2)')
          t.is((await rowsOf(session, 'select v from t')).length, rows.split(' ').length + 1)
        }, folder)
      })
      t.deepEqual([...seen].toSorted(), [...new Set([before, after])].toSorted(), statement)
    }
  },
)
