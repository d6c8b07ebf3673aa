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
