import test from 'ava'
import { DATE, type DataType, STRING, TIMESTAMP, TIMESTAMP_NTZ } from '../../columnar/types.js'
import { parseDateDays, parseTimestampMicros } from '../../planner/sql/date-time.js'
import type { Cell } from '../support/cells.js'
import { evaluate, isError } from '../support/evaluate.js'
import { sparkData } from '../support/spark-data.js'

type Answer = readonly [text: string, days: number | null, micros: string | null, ntz: string | null]

const TEXTS = sparkData<Answer>('temporal-texts')
const REGIONS = sparkData<readonly [text: string, micros: string | null]>('region-texts')

function cast(texts: readonly string[], type: DataType): readonly (Cell | 'raised')[] {
  const child = { kind: 'bound', ordinal: 0, type: STRING, nullable: false, name: 's' } as const
  const outcomes = evaluate(
    { kind: 'cast', child, type, mode: 'try', nullable: true },
    [{ type: STRING, nullable: false, values: texts }],
    texts.length,
  )
  return outcomes.map((outcome) => (isError(outcome) ? 'raised' : outcome.value))
}

const wrong = <T>(texts: readonly string[], actual: readonly T[], expected: readonly T[]) =>
  texts.map((text, i) => [text, actual[i], expected[i]]).filter(([, a, b]) => a !== b)

test('a text is cast to a date as Spark does it', (t) => {
  const texts = TEXTS.map(([text]) => text)
  t.deepEqual(
    wrong(
      texts,
      cast(texts, DATE),
      TEXTS.map(([, days]) => days),
    ),
    [],
  )
})

const exact = (micros: string | null) => (micros === null ? null : BigInt(micros))

test('a text is cast to a timestamp as Spark does it', (t) => {
  const texts = TEXTS.map(([text]) => text)
  t.deepEqual(
    wrong(
      texts,
      cast(texts, TIMESTAMP),
      TEXTS.map(([, , micros]) => exact(micros)),
    ),
    [],
  )
  t.deepEqual(
    wrong(
      texts,
      cast(texts, TIMESTAMP_NTZ),
      TEXTS.map(([, , , ntz]) => exact(ntz)),
    ),
    [],
  )
})

test('a text with the name of a time zone is cast to a timestamp as Spark does it', (t) => {
  const texts = REGIONS.map(([text]) => text)
  t.deepEqual(
    wrong(
      texts,
      cast(texts, TIMESTAMP),
      REGIONS.map(([, micros]) => exact(micros)),
    ),
    [],
  )
})

test('literals of dates and timestamps are read as casts read them', (t) => {
  const texts = TEXTS.map(([text]) => text)
  t.deepEqual(
    wrong(
      texts,
      texts.map((text) => parseDateDays(text) ?? null),
      TEXTS.map(([, days]) => days),
    ),
    [],
  )
  t.deepEqual(
    wrong(
      texts,
      texts.map((text) => parseTimestampMicros(text) ?? null),
      TEXTS.map(([, , m]) => exact(m)),
    ),
    [],
  )
  const regions = REGIONS.map(([text]) => text)
  t.deepEqual(
    wrong(
      regions,
      regions.map((text) => parseTimestampMicros(text) ?? null),
      REGIONS.map(([, m]) => exact(m)),
    ),
    [],
  )
})

test('more time zones than a thread keeps rules of are read, one after the other and again', (t) => {
  const zones = Intl.supportedValuesOf('timeZone').filter((_, i) => i % 4 === 0)
  t.true(zones.length > 80)
  const texts = [...zones, ...zones].map((zone) => `2024-07-01 12:00:00 ${zone}`)
  const expected = texts.map((text) => parseTimestampMicros(text) ?? null)
  t.false(expected.includes(null))
  t.deepEqual(wrong(texts, cast(texts, TIMESTAMP), expected), [])
})

test('a time without a date is of today', (t) => {
  const before = Math.floor(Date.now() / 86_400_000)
  const [micros, none] = cast(['T10:11:12.5', '10'], TIMESTAMP)
  const after = Math.floor(Date.now() / 86_400_000)
  t.is(none, null)
  t.is((micros as bigint) % 86_400_000_000n, 36_672_500_000n)
  const day = Number((micros as bigint) / 86_400_000_000n)
  t.true(day >= before && day <= after)
  t.deepEqual(cast(['10:11:12'], TIMESTAMP_NTZ), [null])
})
