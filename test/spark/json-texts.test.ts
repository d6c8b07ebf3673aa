import test from 'ava'
import { STRING } from '../../columnar/types.js'
import { parseSchema } from '../../planner/sql/types.js'
import type { Cell } from '../support/cells.js'
import { evaluate, isError } from '../support/evaluate.js'
import { sparkData } from '../support/spark-data.js'

/** The text, whether the struct is NULL, whether its struct g is, and what its fields are as texts (strings in hexadecimal). */
type Answer = readonly [text: string, isNull: boolean, gIsNull: boolean, ...fields: readonly (string | null)[]]

const FIELDS =
  'a bigint, s string, d double, b boolean, g struct<x: double, y: string>, n decimal(10,2), f float, t timestamp, e date, i tinyint'

/** Seconds beyond what a timestamp holds wrap in Spark; here they are NULL. */
const WRAPS = /['"]t['"]\s*:\s*-?\d{13,}/
const ANSWERS = sparkData<Answer>('json-texts').filter(([source]) => !WRAPS.test(source))

const hex = (value: Cell | undefined): string | null =>
  value === null || value === undefined
    ? null
    : Buffer.from(value as string)
        .toString('hex')
        .toUpperCase()
const text = (value: Cell | undefined): string | null => (value === null || value === undefined ? null : String(value))
/** Numbers by value: Spark prints 1.0E10 where we are given 10000000000. */
const number = (value: Cell | undefined | string): string | null =>
  value === null || value === undefined ? null : String(Number(value))
const cents = (value: Cell | undefined): string | null =>
  value === null || value === undefined ? null : (Number(value as bigint) / 100).toFixed(2)

test('from_json reads a text as Spark does', (t) => {
  const type = { kind: 'struct', fields: parseSchema(FIELDS).fields } as const
  const texts = ANSWERS.map(([source]) => source)
  const argument = { kind: 'bound', ordinal: 0, type: STRING, nullable: false, name: 's' } as const
  const outcomes = evaluate(
    { kind: 'call', fn: 'from_json', args: [argument], type, nullable: true },
    [{ type: STRING, nullable: false, values: texts }],
    texts.length,
  )
  const wrong = ANSWERS.map((answer, row) => {
    const [source, isNull, gIsNull, a, s, d, b, gx, gy, n, f, at, e, i] = answer
    const outcome = outcomes[row]!
    if (isError(outcome)) return [source, outcome.error.message]
    const struct = outcome.value as readonly Cell[] | null
    const g = struct?.[4] as readonly Cell[] | null | undefined
    const actual = struct && [
      text(struct[0]),
      hex(struct[1]),
      number(struct[2]),
      text(struct[3]),
      number(g?.[0]),
      hex(g?.[1]),
      cents(struct[5]),
      number(struct[6]),
      text(struct[7]),
      text(struct[8]),
      text(struct[9]),
      (g ?? null) === null,
    ]
    const expected = isNull
      ? null
      : [a, s, number(d), b, number(gx), gy, n, f === null ? null : String(Math.fround(Number(f))), at, e, i, gIsNull]
    return JSON.stringify(actual) === JSON.stringify(expected) ? undefined : [source, actual, expected]
  }).filter((x) => x !== undefined)
  t.deepEqual(wrong.map((line) => JSON.stringify(line)).slice(0, 60), [])
})
