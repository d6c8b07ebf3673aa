import test from 'ava'
import { OperatorResults } from '../../driver/operator-results.js'

const COUNTS = {
  ...{ rowsTotal: 1, rowsUpdated: 1, rowsRemoved: 1, rowsDropped: 1 },
  ...{ memoryBytes: 1, updatesMs: 1, removalsMs: 1, commitMs: 1 },
}

test('the first of all rows that expire says when an operator has something to do, whichever partition has it', (t) => {
  const dueOf = (...all: readonly (bigint | undefined)[]): bigint | undefined => {
    const results = new OperatorResults()
    for (const [partition, due] of all.entries())
      results.accept(partition, { operatorId: 7, ...COUNTS, ...(due === undefined ? {} : { dueMicros: due }) })
    t.like(results.all.get(7), { rowsTotal: all.length, rowsDropped: all.length, commitMs: all.length })
    return results.all.get(7)!.dueMicros
  }
  t.is(dueOf(3n, 5n), 3n)
  t.is(dueOf(5n, 3n), 3n)
  t.is(dueOf(3n, undefined), 3n)
  t.is(dueOf(undefined, 3n, undefined), 3n)
  t.is(dueOf(undefined, undefined), undefined)
})

test('the states of partitions are told by their numbers, in whatever order tasks end, and one without a state has none', (t) => {
  const results = new OperatorResults()
  const version = (file: string) => ({ file, digest: `of ${file}` })
  for (const [partition, file] of [
    [2, 'c'],
    [0, 'a'],
    [1, undefined],
  ] as const)
    results.accept(partition, { operatorId: 7, ...COUNTS, ...(file ? { version: version(file) } : {}) })
  t.deepEqual(results.all.get(7)!.versions, [version('a'), null, version('c')])
})
