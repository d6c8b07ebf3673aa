import test from 'ava'
import { BIGINT, BOOLEAN, DATE, type DataType, decimal, field, INT, SMALLINT, TINYINT } from '../../columnar/types.js'
import { MillraceError } from '../../common/errors/millrace-error.js'
import { partitionsOf } from '../../connectors/files/partition-values.js'

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
    [DATE, { '1970-01-02': 1 }, ['2020-13-01', 'today']],
  ]
  for (const [type, good, bad] of CASES) {
    for (const [text, value] of Object.entries(good)) t.is(valueIn(type, text), value, `${type.kind} ${text}`)
    for (const text of bad) {
      const error = t.throws(() => valueIn(type, text), undefined, `${type.kind} ${text}`)
      t.true(MillraceError.is(error) && error.condition === 'FAILED_READ_FILE', `${type.kind} ${text}`)
    }
  }
})
