import test from 'ava'
import { BIGINT, DATE, type DataType, INT, INTERVAL_DT, INTERVAL_YM, TIMESTAMP } from '../../columnar/types.js'
import type { ScalarFunction } from '../../planner/plan/expression/functions.js'
import type { Cell } from '../support/cells.js'
import { evaluate, isError, kernels } from '../support/evaluate.js'
import { call, column, literal } from '../support/expressions.js'
import { Random } from '../support/random.js'

const days = (text: string) => Date.parse(`${text}T00:00:00Z`) / 86_400_000
const micros = (text: string) => BigInt(Date.parse(text)) * 1000n

function run(fn: ScalarFunction, result: DataType, types: readonly DataType[], rows: readonly (readonly Cell[])[]) {
  const columns = types.map((type, i) => ({ type, nullable: true, values: rows.map((row) => row[i]!) }))
  const outcomes = evaluate(call(fn, result, ...types.map((type, i) => column(i, type))), columns, rows.length)
  return outcomes.map((x) => (isError(x) ? x.error.condition : x.value))
}

test('the fields of every day from year -200 to 3000 are those of the calendar', (t) => {
  const all: number[] = []
  for (let day = -792_600; day < 376_000; day += 97) all.push(day)
  // Those between the ends of centuries that have no leap day are computed in another way.
  for (let day = days('1899-12-01'); day < days('2100-04-01'); day++) all.push(day)
  const rows = all.map((day) => [day])
  const dates = all.map((day) => new Date(day * 86_400_000))
  t.deepEqual(
    run('year', INT, [DATE], rows),
    dates.map((x) => x.getUTCFullYear()),
  )
  t.deepEqual(
    run('month', INT, [DATE], rows),
    dates.map((x) => x.getUTCMonth() + 1),
  )
  t.deepEqual(
    run('day', INT, [DATE], rows),
    dates.map((x) => x.getUTCDate()),
  )
})

test('the fields of timestamps before 1970 round down', (t) => {
  const rows = [
    '1969-12-31T23:59:59.999Z',
    '1970-01-01T00:00:00Z',
    '2024-02-29T13:14:15.5Z',
    '1582-10-04T01:02:03Z',
  ].map((x) => [micros(x)])
  t.deepEqual(run('year', INT, [TIMESTAMP], rows), [1969, 1970, 2024, 1582])
  t.deepEqual(run('day', INT, [TIMESTAMP], rows), [31, 1, 29, 4])
  t.deepEqual(run('hour', INT, [TIMESTAMP], rows), [23, 0, 13, 1])
  t.deepEqual(run('minute', INT, [TIMESTAMP], rows), [59, 0, 14, 2])
  t.deepEqual(run('second', INT, [TIMESTAMP], rows), [59, 0, 15, 3])
  t.deepEqual(run('unix_millis', BIGINT, [TIMESTAMP], [[-1n], [-1000n], [1999n], [null]]), [-1n, -1n, 1n, null])
})

test('months added to a date clamp to the last day', (t) => {
  const rows = [
    [days('2024-01-31'), 1],
    [days('2023-01-31'), 1],
    [days('2024-02-29'), -12],
    [days('2024-03-31'), -1],
    [days('1995-01-01'), -13],
    [days('0001-01-15'), -1],
    [null, 1],
  ]
  const expected = ['2024-02-29', '2023-02-28', '2023-02-28', '2024-02-29', '1993-12-01', '0000-12-15'].map(days)
  t.deepEqual(run('date_add_months', DATE, [DATE, INTERVAL_YM], rows), [...expected, null])
  t.deepEqual(
    run(
      'timestamp_add_months',
      TIMESTAMP,
      [TIMESTAMP, INTERVAL_YM],
      [
        [micros('2024-01-31T10:00:00Z'), 1],
        [micros('1960-03-31T10:00:00Z'), -1],
      ],
    ),
    [micros('2024-02-29T10:00:00Z'), micros('1960-02-29T10:00:00Z')],
  )
})

test('days and intervals are added and subtracted', (t) => {
  t.deepEqual(
    run(
      'date_add_days',
      DATE,
      [DATE, INT],
      [
        [days('2024-02-28'), 2],
        [0, null],
      ],
    ),
    [days('2024-03-01'), null],
  )
  t.deepEqual(run('date_diff', INT, [DATE, DATE], [[days('2024-03-01'), days('2024-02-28')]]), [2])
  t.deepEqual(
    run(
      'timestamp_add',
      TIMESTAMP,
      [TIMESTAMP, INTERVAL_DT],
      [
        [5n, -7n],
        [(1n << 63n) - 1n, 1n],
        [null, 1n],
      ],
    ),
    [-2n, 'DATETIME_OVERFLOW', null],
  )
  t.deepEqual(run('timestamp_millis', TIMESTAMP, [BIGINT], [[-1n], [1n << 60n], [null]]), [
    -1000n,
    'DATETIME_OVERFLOW',
    null,
  ])
  t.deepEqual(run('timestamp_seconds', TIMESTAMP, [BIGINT], [[1_700_000_000n]]), [1_700_000_000_000_000n])
})

test('a time falls into the window that begins at or before it, also before 1970', (t) => {
  const start = call(
    'window_start',
    TIMESTAMP,
    column(0, TIMESTAMP),
    literal(BIGINT, 10_000_000n),
    literal(BIGINT, 3_000_000n),
  )
  const values = [0n, 3_000_000n, 12_999_999n, 13_000_000n, -1n, -7_000_000n, -7_000_001n, null]
  const expected = [-7_000_000n, 3_000_000n, 3_000_000n, 13_000_000n, -7_000_000n, -7_000_000n, -17_000_000n, null]
  t.deepEqual(
    evaluate(start, [{ type: TIMESTAMP, nullable: true, values }], values.length),
    expected.map((value) => ({ value })),
  )
})

const DAYS_BEFORE_MONTH = [0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334]

function ofYear([year, month, day]: readonly number[]): number {
  const isLeap = year! % 4 === 0 && (year! % 100 !== 0 || year! % 400 === 0)
  return DAYS_BEFORE_MONTH[month! - 1]! + day! + (isLeap && month! > 2 ? 1 : 0)
}

/** Year, month and day of a day, with whole numbers of any size, after Howard Hinnant. */
function civil(day: number): readonly number[] {
  const z = BigInt(day) + 719_468n
  const era = (z >= 0n ? z : z - 146_096n) / 146_097n
  const ofEra = Number(z - era * 146_097n)
  const year = Math.floor(
    (ofEra - Math.floor(ofEra / 1460) + Math.floor(ofEra / 36_524) - Math.floor(ofEra / 146_096)) / 365,
  )
  const ofYear = ofEra - (365 * year + Math.floor(year / 4) - Math.floor(year / 100))
  const march = Math.floor((5 * ofYear + 2) / 153)
  const month = march < 10 ? march + 3 : march - 9
  return [year + Number(era) * 400 + (month <= 2 ? 1 : 0), month, ofYear - Math.floor((153 * march + 2) / 5) + 1]
}

test('the fields of all days that 32 bits hold are right, around the ends of the years that are counted faster as well', (t) => {
  const random = new Random(11)
  const before = 2500 * 146_097 + 719_468
  const ends = [-(2 ** 31), 2 ** 31 - 1, -before, before, 0, -719_468].flatMap((day) =>
    [-2, -1, 0, 1, 2].map((d) => day + d),
  )
  const others = Array.from({ length: 3000 }, () => random.integer(-(2 ** 31), 2 ** 31 - 1))
  for (const day of [...ends.filter((d) => d >= -(2 ** 31) && d < 2 ** 31), ...others])
    t.deepEqual(
      [kernels.yearOfDate(day), kernels.monthOfDate(day), kernels.dayOfDate(day), kernels.dayOfYear(day)],
      [...civil(day), ofYear(civil(day))],
      String(day),
    )
})

test('months are added alike where they are counted faster and where not', (t) => {
  for (const year of [-5_000_001, -5_000_000, -1, 0, 4_999_999, 5_000_000, 5_000_001])
    for (const month of [1, 2, 12]) {
      const day = Number(kernels.addMonths(0, BigInt((year - 1970) * 12 + month - 1)))
      t.deepEqual(civil(day), [year, month, 1])
      t.deepEqual(civil(Number(kernels.addMonths(30, BigInt((year - 1970) * 12 + 1)))).slice(0, 2), [year, 2])
    }
})
