import test from 'ava'
import { INT } from '../../columnar/types.js'
import { asBucketed } from '../../planner/physical/operators/bucketed-join.js'
import { isDistributed, isOrdered, type Properties, throughProjection } from '../../planner/physical/properties.js'
import type { Expression, SortOrder } from '../../planner/plan/expression/expression.js'

const column = (ordinal: number): Expression => ({
  kind: 'bound',
  ordinal,
  name: `c${ordinal}`,
  type: INT,
  nullable: true,
})
const [a, b, c] = [column(0), column(1), column(2)]
const hash = (keys: readonly Expression[], partitions = 4) => ({ kind: 'hash', keys, partitions }) as const
const clustered = (keys: readonly Expression[], exact: boolean) => ({ kind: 'clustered', keys, exact }) as const
const order = (
  expression: Expression,
  direction: 'asc' | 'desc' = 'asc',
  nulls: 'first' | 'last' = 'first',
): SortOrder => ({
  expression,
  direction,
  nulls,
})

test('rows with equal keys are together when they lie by some of the keys, and by no other column', (t) => {
  const isMet = (partitioning: Properties['partitioning'], keys: readonly Expression[]) =>
    isDistributed(partitioning, clustered(keys, false), 4)
  t.true(isMet(hash([a]), [a]))
  t.true(isMet(hash([a]), [b, a]), 'rows that agree in both agree in one')
  t.false(isMet(hash([a, b]), [a]), 'rows that agree in one may differ in the other')
  t.false(isMet(hash([a, c]), [a, b]))
  t.true(isMet(hash([a], 9), [a]), 'however many partitions there are')
  t.true(isMet({ kind: 'single' }, [a]))
  t.false(isMet({ kind: 'unknown' }, [a]))
  t.false(isMet({ kind: 'everywhere' }, [a]))
})

test('two inputs lie alike only by the same keys in the same order into the same number of partitions', (t) => {
  const isMet = (partitioning: Properties['partitioning'], keys: readonly Expression[]) =>
    isDistributed(partitioning, clustered(keys, true), 4)
  t.true(isMet(hash([a, b]), [a, b]))
  t.false(isMet(hash([b, a]), [a, b]))
  t.false(isMet(hash([a]), [a, b]))
  t.false(isMet(hash([a, b], 5), [a, b]))
  t.false(isMet({ kind: 'single' }, [a, b]), 'one task is not where the hash says')
})

test('ranges come one after the other by their orders, by more of them and by the first, and keep equal keys together', (t) => {
  const range = (orders: readonly SortOrder[]) => ({ kind: 'range', orders, partitions: 4 }) as const
  const isMet = (partitioning: Properties['partitioning'], orders: readonly SortOrder[]) =>
    isDistributed(partitioning, { kind: 'ranges', orders }, 4)
  t.true(isMet(range([order(a)]), [order(a)]))
  t.true(isMet(range([order(a)]), [order(a), order(b)]), 'rows that agree in the first are in one task')
  t.true(isMet(range([order(a), order(b)]), [order(a)]))
  t.false(isMet(range([order(a, 'desc')]), [order(a)]))
  t.false(isMet(range([order(a), order(c)]), [order(a), order(b)]))
  t.true(isMet({ kind: 'single' }, [order(a)]))
  t.false(isMet(hash([a]), [order(a)]))
  for (const kind of ['inTurn', 'byTask'] as const) t.false(isMet({ kind, partitions: 4 }, [order(a)]))
  t.true(isDistributed(range([order(a)]), clustered([b, a], false), 4))
  t.false(isDistributed(range([order(a), order(b)]), clustered([a], false), 4), 'rows with one a may have any b')
  t.false(isDistributed(range([order(a)]), clustered([a], true), 4), 'they are not where the hash says')
  t.false(isDistributed({ kind: 'inTurn', partitions: 4 }, clustered([a], false), 4))
})

test('one task and every task are what they are', (t) => {
  t.true(isDistributed({ kind: 'unknown' }, { kind: 'any' }, 4))
  t.true(isDistributed({ kind: 'single' }, { kind: 'single' }, 4))
  t.false(isDistributed(hash([a]), { kind: 'single' }, 4))
  t.true(isDistributed({ kind: 'everywhere' }, { kind: 'everywhere' }, 4))
  t.false(isDistributed({ kind: 'single' }, { kind: 'everywhere' }, 4))
})

test('an order holds for its beginning, in the same direction and with NULLs at the same end', (t) => {
  const provided = [order(a), order(b, 'desc', 'last')]
  t.true(isOrdered(provided, []))
  t.true(isOrdered(provided, [order(a)]))
  t.true(isOrdered(provided, provided))
  t.false(isOrdered(provided, [order(b, 'desc', 'last')]))
  t.false(isOrdered(provided, [order(a, 'desc')]))
  t.false(isOrdered(provided, [order(a, 'asc', 'last')]))
  t.false(isOrdered([order(a)], provided))
})

test('a projection keeps what it has the columns of, at their new places', (t) => {
  const through = (input: Properties, outputs: readonly Expression[]) => throughProjection(input, outputs, column)
  const input: Properties = { partitioning: hash([a, b]), ordering: [order(c), order(a)] }
  t.deepEqual(through(input, [c, b, a]), {
    partitioning: hash([column(2), column(1)]),
    ordering: [order(column(0)), order(column(2))],
  })
  t.deepEqual(through(input, [a, c]), {
    partitioning: { kind: 'unknown' },
    ordering: [order(column(1)), order(column(0))],
  })
  const ranges: Properties = {
    partitioning: { kind: 'range', orders: [order(a), order(b)], partitions: 4 },
    ordering: [],
  }
  t.deepEqual(through(ranges, [b, a]).partitioning, {
    ...ranges.partitioning,
    orders: [order(b), order(a)].map((one, i) => ({ ...one, expression: column(1 - i) })),
  })
  t.deepEqual(through(ranges, [c, a]).partitioning, { kind: 'unknown' }, 'rows of one range share no a')
  t.deepEqual(through(input, [a, b]).ordering, [], 'an order without its beginning is none')
  t.deepEqual(through({ partitioning: { kind: 'single' }, ordering: [] }, []).partitioning, { kind: 'single' })
})

test('a join of buckets takes its keys in their order, of all of them, and those of the more buckets', (t) => {
  const [d, e] = [column(3), column(4)]
  const bucket = (keys: readonly Expression[], partitions: number) => ({ kind: 'bucket', keys, partitions }) as const
  const pairs = { leftKeys: [a, b], rightKeys: [d, e], nullSafe: [false, true] }
  const turned = { leftKeys: [b, a], rightKeys: [e, d], nullSafe: [true, false] }
  t.deepEqual(asBucketed(pairs, bucket([a, b], 4), hash([d, e])), { ...pairs, buckets: 4 })
  t.deepEqual(asBucketed(pairs, bucket([b, a], 4), hash([d, e])), { ...turned, buckets: 4 })
  t.deepEqual(asBucketed(pairs, hash([a, b]), bucket([e, d], 4)), { ...turned, buckets: 4 })
  t.deepEqual(asBucketed(pairs, bucket([a, b], 4), bucket([e, d], 8)), { ...turned, buckets: 8 })
  t.deepEqual(asBucketed(pairs, bucket([a, b], 8), bucket([e, d], 4)), { ...pairs, buckets: 8 })
  t.deepEqual(asBucketed(pairs, bucket([a], 4), hash([d, e])), pairs, 'by one of the keys')
  t.deepEqual(asBucketed(pairs, bucket([a, c], 4), hash([d, e])), pairs, 'by another column')
  t.deepEqual(asBucketed(pairs, bucket([a, b, c], 4), hash([d, e])), pairs)
})
