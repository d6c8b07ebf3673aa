import test from 'ava'
import { markSkipped, parseSlt, sltCell } from '../support/slt.js'

const FILE = `# A file.

statement ok
create view v as select 1

statement error DIVIDE_BY_ZERO
select 1 / 0

skipif millrace
query int,interval day to second nosort
select 1, interval 1 day
----
1\t(empty)
2\tNULL
`

test('records of an slt file are read with their lines', (t) => {
  t.deepEqual(parseSlt(FILE), [
    { sql: 'create view v as select 1', line: 3, isSkipped: false, expected: { kind: 'ok' } },
    { sql: 'select 1 / 0', line: 6, isSkipped: false, expected: { kind: 'error', condition: 'DIVIDE_BY_ZERO' } },
    {
      sql: 'select 1, interval 1 day',
      line: 9,
      isSkipped: true,
      expected: {
        kind: 'rows',
        types: 'int,interval day to second',
        isOrdered: true,
        rows: ['1\t(empty)', '2\tNULL'],
      },
    },
  ])
  t.throws(() => parseSlt('querry int nosort\nselect 1\n'), { message: /line 1: querry int nosort is no record/ })
})

test('marks of what is skipped are added and taken away', (t) => {
  const marked = markSkipped(FILE, new Set([6]))
  t.deepEqual(
    parseSlt(marked).map(({ isSkipped }) => isSkipped),
    [false, true, false],
  )
  t.is(markSkipped(marked, new Set([10])).split('\n').length, FILE.split('\n').length)
  t.is(markSkipped(FILE, new Set([9])), FILE)
})

test('values are written so that they keep to their line and column', (t) => {
  t.deepEqual(['', 'a\tb\nc\\', 'x'].map(sltCell), ['(empty)', 'a\\tb\\nc\\\\', 'x'])
})
