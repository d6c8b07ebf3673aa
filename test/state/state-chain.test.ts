import test from 'ava'
import { EMPTY_CHAIN, isLargeDelta, isSnapshotDue, isSnapshotLate } from '../../executor/pipelines/state-chain.js'

const chain = (deltas: number, deltaBytes: number, snapshotBytes = 1000) => ({
  ...EMPTY_CHAIN,
  ...{ deltas, deltaBytes, snapshotBytes },
})

test('a snapshot is due when ten deltas or more take half of its bytes, and after two hundred in any case', (t) => {
  t.false(isSnapshotDue(chain(9, 5000), 0))
  t.false(isSnapshotDue(chain(10, 499), 0))
  t.true(isSnapshotDue(chain(10, 500), 0))
  t.false(isSnapshotDue(chain(199, 1), 0))
  t.true(isSnapshotDue(chain(200, 1), 0))
})

test('partitions whose deltas are small are not due in the same batch', (t) => {
  const due = (partition: number): number => {
    let deltas = 0
    while (!isSnapshotDue(chain(deltas, 1), partition)) deltas++
    return deltas
  }
  t.deepEqual([0, 1, 9, 10, 25].map(due), [200, 201, 209, 200, 205])
})

test('a snapshot that is made bit by bit is waited for until deltas are twice as large, or three hundred', (t) => {
  t.false(isSnapshotLate(chain(9, 5000)))
  t.false(isSnapshotLate(chain(10, 1999)))
  t.true(isSnapshotLate(chain(10, 2000)))
  t.false(isSnapshotLate(chain(299, 1)))
  t.true(isSnapshotLate(chain(300, 1)))
})

test('a delta of half of the rows is written as a snapshot', (t) => {
  t.true(isLargeDelta(2, 4))
  t.false(isLargeDelta(1, 4))
  t.true(isLargeDelta(0, 0), 'no row is left')
})
