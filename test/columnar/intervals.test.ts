import test from 'ava'
import fc from 'fast-check'
import { arrowIntervals, packedInterval } from '../../columnar/arrow/arrow-intervals.js'
import { parseInterval as amountsIn, type OnProblem } from '../../columnar/times/interval-amounts.js'
import { parseDayTime, parseInterval, parseYearMonth } from '../../columnar/times/interval-parse.js'
import { intervalParts, packInterval } from '../../columnar/times/interval-parts.js'
import { dayTimeText, yearMonthText } from '../../columnar/times/interval-text.js'
import { zoneKind } from '../../common/time/time-zone.js'

const MONTHS = { kind: 'interval_ym' } as const
const MICROS = { kind: 'interval_dt' } as const
const MOST_MONTHS = 2 ** 31
const MOST_MICROS = 2n ** 63n

test('intervals are read as they are written, whichever it is', (t) => {
  const months = fc.oneof(
    fc.integer({ min: -MOST_MONTHS, max: MOST_MONTHS - 1 }),
    fc.constantFrom(-14, -12, -1, 0, 11, 12),
  )
  fc.assert(fc.property(months, (value) => parseYearMonth(yearMonthText(value, MONTHS), MONTHS) === value))
  const micros = fc.oneof(
    fc.bigInt({ min: -MOST_MICROS, max: MOST_MICROS - 1n }),
    fc.bigInt({ min: -200_000_000_000n, max: 200_000_000_000n }),
  )
  fc.assert(fc.property(micros, (value) => parseDayTime(dayTimeText(value, MICROS), MICROS) === value))
  t.is(yearMonthText(-14, MONTHS), "INTERVAL '-1-2' YEAR TO MONTH")
  t.is(dayTimeText(-1_500_000n, MICROS), "INTERVAL '-0 00:00:01.5' DAY TO SECOND")
})

test('of a field that comes first no digits are added, and of the ones behind it there are two', (t) => {
  t.is(
    dayTimeText(3_900_000_000n, { kind: 'interval_dt', fields: ['hour', 'minute'] }),
    "INTERVAL '01:05' HOUR TO MINUTE",
  )
  t.is(dayTimeText(90_000_000_000n, { kind: 'interval_dt', fields: ['day', 'hour'] }), "INTERVAL '1 01' DAY TO HOUR")
  t.is(yearMonthText(-14, { kind: 'interval_ym', fields: ['month', 'month'] }), "INTERVAL '-14' MONTH")
  t.is(yearMonthText(-14, { kind: 'interval_ym', fields: ['year', 'year'] }), "INTERVAL '-1' YEAR")
})

test('only seconds have a fraction, of nine digits at most, with the sign of the whole', (t) => {
  const refused: OnProblem = ({ problem }) => new RangeError(problem)
  const microsIn = (text: string): bigint => amountsIn(text, refused).micros
  t.is(microsIn('-1.5 seconds'), -1_500_000n)
  t.is(microsIn('- .000001 second 1 minute'), 59_999_999n)
  t.is(microsIn('1.123456789 seconds'), 1_123_456n)
  for (const text of ['1.1234567890 seconds', '1.5 minutes', '1. days'])
    t.throws(() => microsIn(text), { message: 'INVALID_FRACTION' }, text)
})

test('blanks in a text, however many, are passed over once', (t) => {
  const blanks = ' '.repeat(200_000)
  t.is(parseInterval(`1-2${blanks}`, MONTHS), 14)
  t.is(parseInterval(`1-2${blanks}x`, MONTHS), 'form')
  t.is(parseInterval(`${blanks}1${blanks}1:0:0${blanks}x`, MICROS), 'form')
  t.is(zoneKind(`${blanks}+01:00${blanks}`), 3600)
  t.is(zoneKind(`x${blanks}x`), undefined)
})

test('intervals of Arrow are of nanoseconds, of which those beyond microseconds are cut downwards', (t) => {
  const microsOf = (nanos: bigint): bigint => {
    const low = Number(BigInt.asIntN(32, nanos))
    const words = Int32Array.of(9, 9, 9, 9, -1, 2, low, Number(BigInt.asIntN(32, nanos >> 32n)))
    const { months, days, micros } = intervalParts(packedInterval(words, 1))
    t.deepEqual([months, days], [-1, 2])
    return micros
  }
  const cases = [
    [0n, 0n],
    [999n, 0n],
    [1000n, 1n],
    [-1n, -1n],
    [-1000n, -1n],
    [-1001n, -2n],
    [2n ** 31n * 1000n, 2n ** 31n],
    [3_000_000_000n, 3_000_000n],
    [-3_000_000_000n, -3_000_000n],
    [2n ** 63n - 1n, 9_223_372_036_854_775n],
  ] as const
  for (const [nanos, micros] of cases) t.is(microsOf(nanos), micros, String(nanos))
  const stored = packInterval({ months: 1, days: -2, micros: -5n })
  const bytes = arrowIntervals(2, (row) => (row === 0 ? undefined : stored))
  t.deepEqual(Buffer.from(packedInterval(new Int32Array(bytes.buffer), 1)), Buffer.from(stored))
  const most = packInterval({ months: 0, days: 0, micros: 2n ** 63n / 1000n + 1n })
  t.throws(() => arrowIntervals(1, () => most), { message: /UNSUPPORTED_FEATURE.*microseconds in Arrow/ })
})

test('an interval is as long as its type holds and its fields may be, and no longer', (t) => {
  const months: Readonly<Record<string, number | 'form' | 'range'>> = {
    '178956970-7': MOST_MONTHS - 1,
    '178956970-8': 'range',
    '-178956970-8': -MOST_MONTHS,
    '-178956970-9': 'range',
    '1-11': 23,
    '1-12': 'range',
    '1': 'form',
  }
  for (const [text, value] of Object.entries(months)) t.is(parseYearMonth(text, MONTHS), value, text)
  const micros: Readonly<Record<string, bigint | 'form' | 'range'>> = {
    '106751991 04:00:54.775807': MOST_MICROS - 1n,
    '106751991 04:00:54.775808': 'range',
    '-106751991 04:00:54.775808': -MOST_MICROS,
    '-106751991 04:00:54.775809': 'range',
    '106751992 00:00:00': 'range',
    '0 23:59:59.9999999': 86_399_999_999n,
    '0 24:00:00': 'range',
    '0 00:60:00': 'range',
    '0 00:00:60': 'range',
    '0 00:00': 'form',
    '1234567890 00:00:00': 'form',
  }
  for (const [text, value] of Object.entries(micros)) t.is(parseDayTime(text, MICROS), value, text)
})

test('signs before and within the quotes take each other back', (t) => {
  for (const [text, months] of [
    ["interval '1-2' year to month", 14],
    ["INTERVAL -'1-2' YEAR TO MONTH", -14],
    ["interval '-1-2' year to month", -14],
    ["interval -'-1-2' year to month", 14],
    ["interval +'+1-2' year  to month", 14],
  ] as const)
    t.is(parseYearMonth(text, MONTHS), months, text)
  t.is(parseYearMonth("interval '1-2' day to second", MONTHS), 'form')
})
