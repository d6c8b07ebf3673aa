import test from 'ava'
import {
  BIGINT,
  BINARY,
  BOOLEAN,
  DATE,
  type DataType,
  DOUBLE,
  decimal,
  FLOAT,
  field,
  INT,
  SMALLINT,
  STRING,
  TIME,
  TIMESTAMP_NTZ,
  TINYINT,
  typeName,
} from '../../columnar/types.js'
import { MillraceError } from '../../common/errors/millrace-error.js'
import type { PartitionValue, ScanFilter } from '../../connectors/api.js'
import { bytesPerTask, packedShares } from '../../connectors/files/packed-shares.js'
import { partitionStatistics } from '../../connectors/files/partitions/partition-statistics.js'
import { inferredType } from '../../connectors/files/partitions/partition-types.js'
import { partitionsOf } from '../../connectors/files/partitions/partition-values.js'
import { mayPass } from '../../connectors/files/partitions/pruned-partitions.js'

const valueIn = (type: DataType, text: string): unknown => {
  const file = { path: `/t/k=${text}/a.parquet`, folder: `k=${text}` }
  return partitionsOf([file], { fields: [field('k', type)] }, undefined)!.values[0]![0]
}

test('values of folders are those that their types hold, to the extremes', (t) => {
  const CASES: readonly (readonly [DataType, Readonly<Record<string, unknown>>, readonly string[]])[] = [
    [TINYINT, { '-128': -128, '127': 127, '+5': 5 }, ['128', '-129', '1.5', 'x', '']],
    [SMALLINT, { '-32768': -32768, '32767': 32767 }, ['32768', '-32769']],
    [INT, { '-2147483648': -(2 ** 31), '2147483647': 2 ** 31 - 1 }, ['2147483648', '-2147483649', '1e3']],
    [
      BIGINT,
      { '-9223372036854775808': -(2n ** 63n), '9223372036854775807': 2n ** 63n - 1n },
      ['9223372036854775808', '-9223372036854775809'],
    ],
    [decimal(3, 1), { '99.9': 999n, '-1': -10n, '1.50': 15n }, ['100', '9.99', '-100']],
    [BOOLEAN, { true: true, FALSE: false }, ['yes', '1']],
    [DATE, { '1970-01-02': 1, '1969-12-31': -1, '0001-01-01': -719162 }, ['2020-13-01', 'today']],
    [
      DOUBLE,
      {
        '-0.0': -0,
        '1e-3': 0.001,
        NaN: Number.NaN,
        Infinity: Number.POSITIVE_INFINITY,
        '-Infinity': Number.NEGATIVE_INFINITY,
      },
      ['nan', 'x', ''],
    ],
    [FLOAT, { '0.1': Math.fround(0.1), NaN: Number.NaN, '-Infinity': Number.NEGATIVE_INFINITY }, ['1f', '.']],
    [
      TIMESTAMP_NTZ,
      { '1970-01-01 00:00:00.000001': 1n, '1969-12-31 23:59:59.999999': -1n, '1969-12-31': -86_400_000_000n },
      ['1969-12-31 24:00:00', 'now'],
    ],
    [TIME, { '00:00:00.000001': 1000n, '23:59:59': 86_399_000_000_000n }, ['24:00:00']],
  ]
  for (const [type, good, bad] of CASES) {
    for (const [text, value] of Object.entries(good)) t.is(valueIn(type, text), value, `${type.kind} ${text}`)
    for (const text of bad) {
      const error = t.throws(() => valueIn(type, text), undefined, `${type.kind} ${text}`)
      t.true(MillraceError.is(error) && error.condition === 'FAILED_READ_FILE', `${type.kind} ${text}`)
    }
  }
})

test('the type of a column of folders holds all of its values, as Spark infers it', (t) => {
  const cases: readonly (readonly [readonly (string | null)[], string])[] = [
    [[], 'string'],
    [[null], 'string'],
    [['1', null], 'int'],
    [['2147483647', '-2147483648'], 'int'],
    [['2147483648'], 'bigint'],
    [['-2147483649', '1'], 'bigint'],
    [['9223372036854775808'], 'decimal(19,0)'],
    [['9223372036854775808', '1'], 'decimal(19,0)'],
    [['9223372036854775808', '2147483648'], 'decimal(20,0)'],
    [['9'.repeat(38)], 'decimal(38,0)'],
    [['9'.repeat(39)], 'double'],
    [['1', '1.5'], 'double'],
    [['2147483648', '1.5'], 'string'],
    [['2020-01-01'], 'date'],
    [['2020-01-01 00:00:00'], 'timestamp'],
    [['2020-01-01 00:00:00.5'], 'timestamp'],
    [['2020-01-01 00:00:00.55'], 'string'],
    [['2020-01-01', '2020-01-01 00:00:00'], 'timestamp'],
    [['2020-01-01', '1'], 'string'],
    [['1', 'x'], 'string'],
  ]
  for (const [texts, type] of cases) t.is(typeName(inferredType(texts)), type, texts.join(' '))
})

test('a column of folders has the type that is wanted of it in any case, and one value is a range', (t) => {
  const files = ['1', '2'].map((k) => ({ path: `/t/K=${k}/a.parquet`, folder: `K=${k}` }))
  const partitions = partitionsOf(files, { fields: [field('k', STRING)] }, undefined)!
  t.deepEqual(partitions.values, [['1'], ['2']])
  const statistics = (files: readonly { path: string; folder: string }[]) => {
    const { ranges, distinct } = partitionStatistics(partitionsOf(files, undefined, undefined))
    return [{ ...ranges }, { ...distinct }]
  }
  t.deepEqual(statistics(files), [{ K: [1, 2] }, { K: 2 }])
  t.deepEqual(statistics(files.slice(1)), [{ K: [2, 2] }, { K: 1 }])
})

test('a folder is left out only where no row of it can pass, texts compared by their bytes', (t) => {
  const ops = (value: PartitionValue, than: unknown, type: DataType, of = type): string =>
    (['eq', 'lt', 'le', 'gt', 'ge'] as const)
      .filter((op) => mayPass({ column: 'k', op, value: than, type: of } as ScanFilter, value, type))
      .join(' ')
  t.is(ops(1, 1, INT), 'eq le ge')
  t.is(ops(1, 2, INT), 'lt le')
  t.is(ops(2, 1, INT), 'gt ge')
  t.is(ops(-1n, 1n, BIGINT), 'lt le')
  t.is(ops('a', 'b', STRING), 'lt le')
  t.is(ops('\u{1f600}', '\ufb00', STRING), 'gt ge', 'by UTF-8, not by UTF-16')
  const all = 'eq lt le gt ge'
  t.is(ops(1, 2, INT, BIGINT), all, 'of another type')
  t.is(ops(0n, 1n, DOUBLE), all)
  t.is(ops('a', 'b', BINARY), all)
  t.is(ops(null, 1, INT), '')
  const isNotNull = { column: 'k', op: 'isNotNull' } as ScanFilter
  t.deepEqual([mayPass(isNotNull, 1, INT), mayPass(isNotNull, null, INT)], [true, false])
  const among = { column: 'k', op: 'in', values: [3, 1], type: INT } as ScanFilter
  t.deepEqual(
    [1, 2, 3].map((value) => mayPass(among, value, INT)),
    [true, false, true],
  )
})

test('files are packed together up to what a task should read, in their order', (t) => {
  const share = (bytes: number, from = 0) => ({ from, until: from + bytes })
  const packed = (most: number, ...sizes: readonly number[]) =>
    packedShares(
      sizes.map((bytes) => share(bytes, 7)),
      most,
    ).map(({ shares }) => shares.length)
  const opened = 16 * 1024
  t.deepEqual(packed(100 + opened, 50, 50), [2])
  t.deepEqual(packed(99 + opened, 50, 50), [1, 1])
  t.deepEqual(packed(1, 50, 0), [1, 1], 'what is larger is a share of its own')
  t.deepEqual(packedShares([share(3, 1), share(4, 5)], 1e6)[0]!.bytes, 7 + 2 * opened)
  const mib = 1024 ** 2
  const each = (parallelism: number, ...sizes: readonly number[]) =>
    bytesPerTask(
      sizes.map((size) => ({ size })),
      { parallelism } as Parameters<typeof bytesPerTask>[1],
    )
  t.is(each(1, 6 * mib), 2 * mib + Math.ceil(opened / 3))
  t.is(each(8, 6 * mib), mib, 'no less')
  t.is(each(1, 1024 * mib), 64 * mib, 'no more')
})
