import test from 'ava'
import { querySettings } from '../../api/engine/analysis-session.js'
import { KnownCaches } from '../../api/engine/known-caches.js'
import { withStatistics } from '../../api/engine/known-statistics.js'
import { physicalOptions } from '../../api/engine/physical-options.js'
import { Config } from '../../common/config/config.js'
import type { PlannedQuery } from '../../planner/plan-query.js'

const caches = new KnownCaches({ knowsCache: () => false, dropCache: () => undefined })

test('queries are planned as each setting says', (t) => {
  const optionsOf = (settings: Readonly<Record<string, string>>) => {
    const { isCached: _, ...options } = physicalOptions(new Config(settings), 8, caches)
    return options
  }
  const usual = optionsOf({})
  const { adaptive, ...others } = usual
  t.deepEqual(others, {
    shufflePartitions: 8,
    dividesLargeTables: true,
    parallelism: 8,
    broadcastThresholdBytes: others.broadcastThresholdBytes,
    runtimeFilters: 'auto',
    ignoresBuckets: false,
    rangeSortRows: others.rangeSortRows,
  })
  t.is(adaptive!.broadcastBytes, others.broadcastThresholdBytes)
  const changed = (settings: Readonly<Record<string, string>>, more: Partial<typeof usual>) =>
    t.deepEqual(optionsOf(settings), { ...usual, ...more }, JSON.stringify(settings))
  changed({ 'spark.sql.shuffle.partitions': '3' }, { shufflePartitions: 3, dividesLargeTables: false })
  changed({ 'join.runtimeFilters': 'never' }, { runtimeFilters: 'never' })
  changed({ 'spark.sql.sources.bucketing.enabled': 'false' }, { ignoresBuckets: true })
  const adapting = (settings: Readonly<Record<string, string>>, more: object) =>
    changed(settings, { adaptive: { ...adaptive!, ...more } })
  changed(
    { 'spark.sql.autoBroadcastJoinThreshold': '7' },
    { broadcastThresholdBytes: 7, adaptive: { ...adaptive!, broadcastBytes: 7 } },
  )
  adapting({ 'spark.sql.adaptive.autoBroadcastJoinThreshold': '5' }, { broadcastBytes: 5 })
  adapting({ 'spark.sql.adaptive.autoBroadcastJoinThreshold': '-1' }, { broadcastBytes: -1 })
  adapting({ 'adaptive.swapJoinFactor': '0' }, { swapFactor: 0 })
  adapting(
    { 'spark.sql.adaptive.coalescePartitions.parallelismFirst': 'false' },
    { merge: { ...adaptive!.merge, isParallel: false } },
  )
  adapting(
    { 'spark.sql.adaptive.coalescePartitions.minPartitionSize': '9' },
    { merge: { ...adaptive!.merge, leastBytes: 9 } },
  )
  adapting(
    { 'spark.sql.adaptive.advisoryPartitionSizeInBytes': '11' },
    { merge: { ...adaptive!.merge, mostBytes: 11 }, split: { ...adaptive!.split, partBytes: 11 } },
  )
  adapting({ 'spark.sql.adaptive.skewJoin.skewedPartitionFactor': '2' }, { split: { ...adaptive!.split, factor: 2 } })
  adapting(
    { 'spark.sql.adaptive.skewJoin.skewedPartitionThresholdInBytes': '13' },
    { split: { ...adaptive!.split, leastBytes: 13 } },
  )
  const without = (settings: Readonly<Record<string, string>>, part: 'merge' | 'split') => {
    const { [part]: __, ...rest } = adaptive!
    t.deepEqual(optionsOf(settings), { ...usual, adaptive: rest }, part)
  }
  without({ 'spark.sql.adaptive.coalescePartitions.enabled': 'false' }, 'merge')
  without({ 'spark.sql.adaptive.skewJoin.enabled': 'false' }, 'split')
  t.deepEqual(optionsOf({ 'spark.sql.adaptive.enabled': 'false' }), others)
  const streamed = physicalOptions(new Config(), 8, caches, 'append')
  t.deepEqual([streamed.adaptive, streamed.outputMode], [undefined, 'append'])
})

test('what is sent whole to every task fits into executors with little memory, unless its size is set', (t) => {
  const limits = (settings: Readonly<Record<string, string>>): readonly (number | undefined)[] => {
    const { broadcastThresholdBytes, adaptive } = physicalOptions(new Config(settings), 2, caches)
    return [broadcastThresholdBytes, adaptive?.broadcastBytes]
  }
  const mib = 1024 ** 2
  t.deepEqual(limits({}), [64 * mib, 64 * mib])
  t.deepEqual(limits({ 'executor.memory': '160m' }), [10 * mib, 10 * mib])
  const set = { 'executor.memory': '160m', autoBroadcastJoinThreshold: '64m' }
  t.deepEqual(limits(set), [64 * mib, 64 * mib])
  t.deepEqual(limits({ ...set, 'adaptive.autoBroadcastJoinThreshold': '1m' }), [64 * mib, mib])
  t.deepEqual(limits({ 'executor.memory': '160m', 'spark.sql.autoBroadcastJoinThreshold': '-1' }), [-1, -1])
})

test('what a query means is as each setting says, and names are in double quotes in ANSI mode alone', (t) => {
  const of = (settings: Readonly<Record<string, string>>) => querySettings(new Config(settings))
  const usual = of({})
  t.is(querySettings(new Config()).isAnsi, true)
  const changed = (settings: Readonly<Record<string, string>>, more: Partial<typeof usual>) =>
    t.deepEqual(of(settings), { ...usual, ...more }, JSON.stringify(settings))
  const [ansi, quoted] = ['spark.sql.ansi.enabled', 'spark.sql.ansi.doubleQuotedIdentifiers']
  changed({ [ansi]: 'false' }, { isAnsi: false })
  changed({ [quoted]: 'true' }, { quotesNames: true })
  changed({ [quoted]: 'true', [ansi]: 'false' }, { isAnsi: false, quotesNames: false })
  changed({ 'spark.sql.caseSensitive': 'true' }, { isCaseSensitive: true })
  changed({ 'spark.sql.timestampType': 'TIMESTAMP_NTZ' }, { timestampType: 'TIMESTAMP_NTZ' })
  changed({ 'spark.sql.mapKeyDedupPolicy': 'LAST_WIN' }, { equalKeys: 'LAST_WIN' })
  changed({ 'spark.sql.groupByOrdinal': 'false' }, { groupsByPosition: false })
  changed({ 'spark.sql.groupByAliases': 'false' }, { groupsByAlias: false })
  changed({ 'spark.sql.orderByOrdinal': 'false' }, { ordersByPosition: false })
  changed({ 'spark.sql.legacy.interval.enabled': 'true' }, { joinsIntervals: true })
  changed({ 'spark.sql.decimalOperations.allowPrecisionLoss': 'false' }, { allowsPrecisionLoss: false })
})

test('what a source tells of itself is newer than what a catalog knows', (t) => {
  const source = { provider: 'x', options: {}, paths: [], schema: { fields: [] } }
  const known = { rows: 1, bytes: 2, ranges: { a: [0, 1], b: [0, 2] }, distinct: { a: 1, b: 2 } } as const
  t.is(withStatistics(source, undefined), source)
  t.like(withStatistics(source, known).statistics, known)
  const own = { ...source, statistics: { rows: 10, ranges: { b: [5, 6] }, distinct: { a: 7 } } } as const
  const { statistics } = withStatistics(own, known)
  t.is(statistics!.rows, 10)
  t.is(statistics!.bytes, 2)
  t.deepEqual({ ...statistics!.ranges }, { a: [0, 1], b: [5, 6] })
  t.deepEqual({ ...statistics!.distinct }, { a: 7, b: 2 })
  t.deepEqual(Object.keys(withStatistics(source, { bytes: 3 }).statistics!), ['bytes', 'ranges', 'distinct'])
})

test('a cache is known when the job that makes it has ended well, as long as the driver knows it', async (t) => {
  const held = new Set(['a', 'b', 'c'])
  const known = new KnownCaches({ knowsCache: (id) => held.has(id), dropCache: (id) => void held.delete(id) })
  const planned = (id: string) => ({ physical: { caches: new Map([[id, {}]]) } }) as unknown as PlannedQuery
  known.remember(planned('a'), Promise.resolve())
  known.remember(planned('b'), Promise.reject(new Error('failed')))
  let end = (): void => undefined
  const promise = new Promise<void>((resolve) => {
    end = resolve
  })
  known.remember(planned('c'), promise)
  await Promise.resolve()
  t.deepEqual(
    ['a', 'b', 'c'].map((id) => known.has(id)),
    [true, false, false],
  )
  end()
  await promise
  t.true(known.has('c'))
  held.delete('c')
  t.false(known.has('c'), 'its executor may be gone')
  known.drop('a')
  held.add('a')
  t.false(known.has('a'))
})
