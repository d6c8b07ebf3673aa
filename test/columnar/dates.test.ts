import { inspect } from 'node:util'
import test from 'ava'
import fc from 'fast-check'
import {
  dateText,
  isoTimestampText,
  parseDateText,
  parseIsoTimestamp,
  parseTimeText,
} from '../../columnar/times/calendar.js'
import { CalendarDate } from '../../columnar/times/calendar-date.js'
import { daysOf, microsOf } from '../../columnar/times/date-values.js'
import { Timestamp } from '../../columnar/times/timestamp.js'

const LEAST = -(2n ** 63n)
const GREATEST = 2n ** 63n - 1n

test('a Timestamp is a Date of its millisecond and holds its microseconds', (t) => {
  const at = Timestamp.ofMicros(-1n)
  t.true(at instanceof Date)
  t.deepEqual([at.getTime(), at.micros, at.microsOfMilli], [-1, -1n, 999])
  t.deepEqual([String(at), at.toISOString()], ['1969-12-31 23:59:59.999999', '1969-12-31T23:59:59.999999Z'])
  t.is(JSON.stringify({ at }), '{"at":"1969-12-31T23:59:59.999999Z"}')
  t.is(inspect({ at }), '{ at: 1969-12-31T23:59:59.999999Z }')
  t.is(JSON.stringify(Timestamp.ofMicros(1_000n)), JSON.stringify(new Date(1)), 'as a Date, where that loses nothing')
  t.notDeepEqual(Timestamp.ofMicros(1n), Timestamp.ofMicros(2n))
  t.deepEqual(Timestamp.ofMicros(1n), Timestamp.ofMicros(1n))
})

test('a Timestamp is made of what a Date is made of, and of another one and of its text without loss', (t) => {
  const exact = Timestamp.ofMicros(1_704_067_200_123_456n)
  t.is(new Timestamp(exact).micros, exact.micros)
  t.is(new Timestamp(exact.toJSON()).micros, exact.micros)
  t.is(new Timestamp(exact.getTime()).micros, 1_704_067_200_123_000n)
  t.is(new Timestamp('2024-01-01').micros, 1_704_067_200_000_000n)
  t.is(new Timestamp(new Date(5)).micros, 5_000n)
})

test('setters of a Timestamp set all of the time', (t) => {
  const at = Timestamp.ofMicros(1_704_067_200_123_456n)
  at.setUTCSeconds(1)
  t.is(at.micros, 1_704_067_201_123_000n)
  const beyond = Timestamp.ofMicros(GREATEST)
  beyond.setTime(7)
  t.is(beyond.micros, 7_000n)
  const undated = Timestamp.ofMicros(GREATEST)
  undated.setTime(Number.NaN)
  t.is(String(undated), 'Invalid Date', 'also when no time is left')
  const day = CalendarDate.ofDays(2 ** 31 - 1)
  day.setTime(0)
  t.deepEqual([day.days, String(day)], [0, '1970-01-01'])
})

test('times and days that no Date can hold keep their values and print them', (t) => {
  for (const micros of [LEAST, GREATEST]) {
    const at = Timestamp.ofMicros(micros)
    t.true(Number.isNaN(at.getTime()))
    t.deepEqual([at.micros, new Timestamp(at).micros, new Timestamp(at.toJSON()).micros], [micros, micros, micros])
    t.is(inspect(at), at.toISOString())
  }
  t.is(Timestamp.ofMicros(GREATEST).toISOString(), '+294247-01-10T04:00:54.775807Z')
  const day = CalendarDate.ofDays(2 ** 31 - 1)
  t.deepEqual([day.days, new CalendarDate(day).days, day.toJSON()], [2 ** 31 - 1, 2 ** 31 - 1, '+5881580-07-11'])
  t.is(inspect(day), '+5881580-07-11')
})

test('an invalid date has no value', (t) => {
  for (const date of [new Date(Number.NaN), new Timestamp(Number.NaN), new CalendarDate('x')]) {
    t.deepEqual([microsOf(date), daysOf(date)], [undefined, undefined])
    t.is(JSON.stringify(date), 'null')
  }
  t.throws(() => new Timestamp(Number.NaN).micros, { instanceOf: RangeError })
  t.throws(() => new Timestamp(Number.NaN).toISOString(), { instanceOf: RangeError })
  t.regex(inspect(new Timestamp(Number.NaN)), /Invalid/)
})

test('a CalendarDate is a Date and prints its day', (t) => {
  const day = CalendarDate.ofDays(19_782)
  t.true(day instanceof Date)
  t.deepEqual([day.getTime(), day.days], [Date.UTC(2024, 1, 29), 19_782])
  t.is(JSON.stringify([day]), '["2024-02-29"]')
  t.deepEqual([daysOf(Timestamp.ofMicros(-1n)), daysOf(Timestamp.ofMicros(GREATEST))], [-1n, 106_751_991n])
  t.is(microsOf(CalendarDate.ofDays(106_751_991)), 106_751_991n * 86_400_000_000n)
})

test('a midnight before 1970 begins its day, and any time of that belongs to it', (t) => {
  t.is(String(Timestamp.ofMicros(-86_400_000_000n)), '1969-12-31 00:00:00')
  t.deepEqual([new CalendarDate(-86_400_000).days, new CalendarDate(-1).days, new CalendarDate(1).days], [-1, -1, 0])
})

test('texts agree with those of Date, and are read back exactly', (t) => {
  const dates = fc.integer({ min: -100_000_000, max: 100_000_000 })
  fc.assert(
    fc.property(dates, (days) => {
      const iso = new Date(days * 86_400_000).toISOString()
      const [year, rest] = [iso.slice(0, -20), iso.slice(-20, -14)]
      const digits = String(Math.abs(Number(year))).padStart(4, '0')
      t.is(dateText(days), `${Number(year) < 0 ? '-' : Number(year) > 9999 ? '+' : ''}${digits}${rest}`)
    }),
  )
  fc.assert(
    fc.property(fc.bigInt({ min: LEAST, max: GREATEST }), (micros) => {
      t.is(parseIsoTimestamp(isoTimestampText(micros)), micros)
    }),
  )
  fc.assert(
    fc.property(fc.date({ noInvalidDate: true }), (date) => {
      t.is(isoTimestampText(BigInt(date.getTime()) * 1000n), date.toISOString())
    }),
  )
  t.is(parseIsoTimestamp('2023-02-29T00:00:00.000Z'), undefined)
  t.is(parseIsoTimestamp('2024-02-29T24:00:00.000Z'), undefined)
})

test('days around the ends of centuries and of all four hundred years have their texts, and these are no others', (t) => {
  const DAYS = 146_097
  for (let era = -3; era <= 6; era++) {
    // From the 29th of February of a year that 400 divides.
    const end = era * DAYS - 719_468 - 1
    t.is(dateText(end).slice(-6), '-02-29')
    t.is(dateText(end + 1).slice(-6), '-03-01')
    for (const day of [end - 1, end, end + 1, end + 36_524, end + 36_525, end + 1461])
      t.is(parseDateText(dateText(day)), day, dateText(day))
  }
  t.deepEqual([-719_528, -719_529, 2_932_896, 2_932_897].map(dateText), [
    '0000-01-01',
    '-0001-12-31',
    '9999-12-31',
    '+10000-01-01',
  ])
  for (const text of ['2023-02-29', '1900-02-29', '2024-00-01', '2024-13-01', '2024-04-31'])
    t.is(parseDateText(text), undefined, text)
})

test('a day has no hour 24, an hour no minute 60 and a minute no second 60', (t) => {
  t.is(parseTimeText('23:59:59.999999999'), 86_399_999_999_999n)
  t.is(parseTimeText('12:34:56.5'), 45_296_500_000_000n)
  t.is(parseIsoTimestamp('1970-01-01T23:59:59.999Z'), 86_399_999_000n)
  for (const time of ['24:00:00', '23:60:00', '23:59:60']) {
    t.is(parseTimeText(time), undefined, time)
    t.is(parseIsoTimestamp(`1970-01-01T${time}.000Z`), undefined, time)
  }
})
