import test from 'ava'
import {
  EMPTY_CHAIN,
  isLargeDelta,
  isSnapshotDue,
  isSnapshotLate,
  isSnapshotOverdue,
  mostDeltas,
} from '../../executor/pipelines/state-chain.js'

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

test('for more deltas a snapshot is not due when reading it takes longer, up to a number of them', (t) => {
  const most = (snapshotBytes: number): number => mostDeltas(chain(0, 0, snapshotBytes))
  t.deepEqual([0, 200 * 131_072, 201 * 131_072, 4096 * 131_072, 1e12].map(most), [200, 200, 201, 4096, 4096])
  t.is(mostDeltas(chain(10, 600 * 131_072, 400 * 131_072)), 1000, 'what grew since the snapshot counts')
  const large = 1000 * 131_072
  t.false(isSnapshotDue(chain(999, 1, large), 0))
  t.true(isSnapshotDue(chain(1000, 1, large), 0))
  t.true(isSnapshotDue(chain(10, large / 2, large), 0))
})

test('a snapshot that is made bit by bit is waited for until deltas are twice as large, or it could have been made twice', (t) => {
  t.false(isSnapshotLate(chain(9, 5000), 20))
  t.false(isSnapshotLate(chain(10, 1999), 20))
  t.true(isSnapshotLate(chain(10, 2000), 20))
  t.false(isSnapshotLate(chain(339, 1), 20))
  t.true(isSnapshotLate(chain(340, 1), 20))
})

test('a snapshot that no batch has begun is waited for until it was due ten deltas before', (t) => {
  t.false(isSnapshotOverdue(chain(0, 0), 0))
  t.false(isSnapshotOverdue(chain(19, 5000), 0), 'ten deltas before there were too few')
  t.false(isSnapshotOverdue(chain(20, 999), 0), 'they were not worth it')
  t.true(isSnapshotOverdue(chain(20, 1000), 0))
  t.false(isSnapshotOverdue(chain(209, 1), 0))
  t.true(isSnapshotOverdue(chain(210, 1), 0))
  t.false(isSnapshotOverdue(chain(210, 1), 1), 'partitions are not in the same batch')
})

test('a delta of half of the rows is written as a snapshot', (t) => {
  t.true(isLargeDelta(2, 4))
  t.false(isLargeDelta(1, 4))
  t.true(isLargeDelta(0, 0), 'no row is left')
})
