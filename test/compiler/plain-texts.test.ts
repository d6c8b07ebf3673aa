import test from 'ava'
import { DATE, type DataType, DOUBLE, FLOAT, STRING, TIMESTAMP } from '../../columnar/types.js'
import { evaluate, isError } from '../support/evaluate.js'

// Texts in their usual form are read by code of their own. A plus in front leaves them to the code for all forms, and changes no value.

function cast(texts: readonly string[], type: DataType): readonly unknown[] {
  const child = { kind: 'bound', ordinal: 0, type: STRING, nullable: false, name: 's' } as const
  return evaluate(
    { kind: 'cast', child, type, mode: 'try', nullable: true },
    [{ type: STRING, nullable: false, values: texts }],
    texts.length,
  ).map((outcome) => (isError(outcome) ? 'raised' : outcome.value))
}

/** Texts of which the usual form and that with a plus have other values. */
function different(texts: readonly string[], type: DataType): readonly unknown[] {
  const plain = cast(texts, type)
  const general = cast(
    texts.map((text) => `+${text}`),
    type,
  )
  return texts.map((text, i) => [text, plain[i], general[i]]).filter(([, a, b]) => !Object.is(a, b))
}

const twoDigits = (until: number): string[] => Array.from({ length: until }, (_, i) => String(i).padStart(2, '0'))

/** The text with each of its bytes replaced by others, and with one more behind it. */
const damaged = (text: string): string[] =>
  Array.from({ length: text.length + 1 }, (_, i) =>
    ['/', ':', '-', '0', '9', 'a', '\x7f', 'é', '.', ' ', 'T'].map((c) => text.slice(0, i) + c + text.slice(i + 1)),
  ).flat()

test('every day is the same whether it is written as usual or with a sign', (t) => {
  const texts = ['0000', '0001', '1899', '1900', '1970', '2000', '2023', '2024', '9999'].flatMap((year) =>
    twoDigits(14).flatMap((month) => twoDigits(33).map((day) => `${year}-${month}-${day}`)),
  )
  t.deepEqual(different([...texts, ...damaged('2024-02-29')], DATE), [])
})

test('every time of day is the same whether its date is written as usual or with a sign', (t) => {
  const clocks = [
    ...twoDigits(26).map((hour) => `${hour}:59:01`),
    ...twoDigits(62).flatMap((x) => [`23:${x}:59`, `00:07:${x}`]),
  ]
  const rests = ['', '.', '.5', '.123456', '.1234567', '.99999999999', 'Z', '.25+02:00', ' UTC', '0', 'x']
  const texts = clocks.flatMap((clock) => rests.map((rest) => `2024-02-29 ${clock}${rest}`))
  t.deepEqual(
    different([...texts, ...damaged('1999-12-31T23:59:58'), ...damaged('0000-02-29 00:00:00.5')], TIMESTAMP),
    [],
  )
})

test('every number is the same whether it is written as usual or with a plus', (t) => {
  const digits = '12345678901234567890'
  const texts = Array.from({ length: digits.length }, (_, count) => digits.slice(0, count + 1)).flatMap((whole) => [
    whole,
    ...Array.from({ length: whole.length + 1 }, (_, i) => `${whole.slice(0, i)}.${whole.slice(i)}`),
  ])
  // Right between two floats, and beside it.
  const halves = [
    '0.125001423060894',
    '0.125002883374691',
    '0.125004343688488',
    '16777217',
    '16777219',
    '33554433.9',
    '1.00000017881393',
    '8388608.5',
    '0',
    '0.0',
    '000000.10',
  ]
  const all = [...texts, ...halves, '', '.', '1.2.3', '..', '1..', '1a', '99.99']
  t.deepEqual(different(all, DOUBLE), [])
  t.deepEqual(different(all, FLOAT), [])
  t.deepEqual(cast(['-12.5', '-0', '-'], DOUBLE), [-12.5, -0, null])
})
