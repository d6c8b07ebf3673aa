import test from 'ava'

interface Counts {
  readonly passed: number
  readonly failed: number
  readonly skipped: number
}
interface Outcomes {
  outcomeOf(line: string): { readonly kind: string; readonly title: string } | undefined
  endOf(
    counts: Counts,
    run: { readonly skipFails: boolean; readonly notRun: number; readonly hasFailed: boolean },
  ): { readonly line: string; readonly exitCode: number }
}
const tool: string = new URL('../../../tools/tested/outcome.mjs', import.meta.url).href
const { outcomeOf, endOf } = (await import(tool)) as Outcomes

test('a test is skipped by the mark of ava, and not by a title that has its words', (t) => {
  const kinds = ['ok 1 - a', 'ok 2 - a # SKIP', 'not ok 3 - a', 'ok 4 - takes # skip as text']
  t.deepEqual(
    kinds.map((line) => outcomeOf(line)?.kind),
    ['passed', 'skipped', 'failed', 'passed'],
  )
  t.is(outcomeOf('# tests 5'), undefined)
})

test('the last line of a run counts what fails it', (t) => {
  const counts = { passed: 3, failed: 0, skipped: 2 }
  t.deepEqual(endOf(counts, { skipFails: false, notRun: 0, hasFailed: false }), {
    line: '3 passed, 0 failed, 2 skipped',
    exitCode: 0,
  })
  t.deepEqual(endOf(counts, { skipFails: true, notRun: 0, hasFailed: false }), {
    line: '3 passed, 2 failed',
    exitCode: 1,
  })
  t.deepEqual(endOf(counts, { skipFails: false, notRun: 0, hasFailed: true }), {
    line: '3 passed, 1 failed, 2 skipped',
    exitCode: 1,
  })
  t.is(
    endOf({ ...counts, failed: 1 }, { skipFails: false, notRun: 5, hasFailed: true }).line,
    '3 passed, 6 failed, 2 skipped',
  )
  t.is(endOf({ passed: 0, failed: 0, skipped: 0 }, { skipFails: false, notRun: 0, hasFailed: false }).exitCode, 1)
  t.is(
    endOf({ passed: 1, failed: 4, skipped: 0 }, { skipFails: false, notRun: 0, hasFailed: true }).line,
    '1 passed, 4 failed',
  )
})
