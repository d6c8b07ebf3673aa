import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import test from 'ava'
import { type MillraceError, udaf, udf } from '../../api/index.js'
import { withSession } from '../support/sessions.js'

for (const master of ['local[1]', 'local-cluster[1,1,512]']) {
  test(`a function that never returns is cancelled with its thread, and the next query runs, on ${master}`, async (t) => {
    const folder = mkdtempSync(join(tmpdir(), 'millrace-udf-'))
    const begun = join(folder, 'begun')
    t.teardown(() => rmSync(folder, { recursive: true }))
    await withSession(master, async (session) => {
      const endless = udf(
        (id: bigint) => {
          process.getBuiltinModule('node:fs').writeFileSync(begun, '')
          for (;;) if (id < 0n) return 0
        },
        'int',
        { name: 'endless', values: { begun } },
      )
      const failure = t.throwsAsync<MillraceError>(session.range(10).select(endless('id')).collect())
      while (!existsSync(begun)) await new Promise((resolve) => setImmediate(resolve))
      t.is(session.interruptAll().length, 1)
      t.is((await failure)!.condition, 'OPERATION_CANCELED')
      const twice = udf((id: bigint) => id * 2n, 'bigint')
      t.deepEqual(await session.range(3).select(twice('id').as('x')).collect(), [{ x: 0n }, { x: 2n }, { x: 4n }])
    })
  })
}

test('an aggregate that never returns is cancelled with its thread', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'millrace-udaf-'))
  const begun = join(folder, 'begun')
  t.teardown(() => rmSync(folder, { recursive: true }))
  await withSession('local[1]', async (session) => {
    const endless = udaf(
      {
        zero: () => 0,
        reduce(state: number, id: bigint) {
          process.getBuiltinModule('node:fs').writeFileSync(begun, '')
          for (;;) if (id < 0n) return state
        },
        merge: (a: number, b: number) => a + b,
        finish: (state: number) => state,
      },
      'int',
      { values: { begun } },
    )
    const failure = t.throwsAsync<MillraceError>(session.range(10).agg(endless('id')).collect())
    while (!existsSync(begun)) await new Promise((resolve) => setImmediate(resolve))
    t.is(session.interruptAll().length, 1)
    t.is((await failure)!.condition, 'OPERATION_CANCELED')
    t.is(await session.range(3).count(), 3)
  })
})

test('a function that waits for what never comes is cancelled with its query', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'millrace-map-'))
  const begun = join(folder, 'begun')
  t.teardown(() => rmSync(folder, { recursive: true }))
  await withSession('local[1]', async (session) => {
    const waiting = session.range(10).mapPartitions(
      async function* () {
        process.getBuiltinModule('node:fs').writeFileSync(begun, '')
        await new Promise(() => undefined)
        yield { n: 1 }
      },
      'n int',
      { values: { begun } },
    )
    const failure = t.throwsAsync<MillraceError>(waiting.collect())
    while (!existsSync(begun)) await new Promise((resolve) => setImmediate(resolve))
    t.is(session.interruptAll().length, 1)
    t.is((await failure)!.condition, 'OPERATION_CANCELED')
    t.is(await session.range(3).count(), 3)
  })
})
