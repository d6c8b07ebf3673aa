import test from 'ava'
import { floatText } from '../../columnar/double-text.js'
import { nearestFloat } from '../../columnar/nearest-float.js'
import { type DataType, DOUBLE, FLOAT, STRING } from '../../columnar/types.js'
import { evaluate, isError } from '../support/evaluate.js'
import { sparkData } from '../support/spark-data.js'

const TEXTS = sparkData<readonly [text: string, float: string | null, double: string | null]>('number-texts')

const MAX_FLOAT = 3.4028234663852886e38

function bitsOf(value: number, type: DataType): string {
  const bytes = Buffer.alloc(type.kind === 'float' ? 4 : 8)
  if (type.kind === 'float') bytes.writeFloatBE(value)
  else bytes.writeDoubleBE(value)
  return bytes.toString('hex')
}

function cast(texts: readonly string[], type: DataType): readonly (string | null)[] {
  const child = { kind: 'bound', ordinal: 0, type: STRING, nullable: false, name: 's' } as const
  return evaluate(
    { kind: 'cast', child, type, mode: 'try', nullable: true },
    [{ type: STRING, nullable: false, values: texts }],
    texts.length,
  ).map((outcome) => (isError(outcome) || outcome.value === null ? null : bitsOf(outcome.value as number, type)))
}

for (const [type, column] of [
  [FLOAT, 1],
  [DOUBLE, 2],
] as const) {
  test(`a text is cast to the nearest ${type.kind}, rounded once`, (t) => {
    const actual = cast(
      TEXTS.map(([text]) => text),
      type,
    )
    t.deepEqual(
      TEXTS.map((answer, i) => [answer[0], actual[i], answer[column]]).filter(([, a, b]) => a !== b),
      [],
    )
  })
}

test('a float prints as the shortest text that is read as the same float, rounded once', (t) => {
  const floats = TEXTS.map(([, bits]) => bits)
    .filter((bits): bits is string => bits !== null)
    .map((bits) => Buffer.from(bits, 'hex').readFloatBE())
    .filter(Number.isFinite)
  t.true(floats.length > 1000)
  t.deepEqual(
    floats.filter((float) => nearestFloat(floatText(float)) !== float),
    [],
  )
  // The double nearest to this text lies halfway between two floats.
  t.is(floatText(nearestFloat('7.038531e-26')), '7.038531E-26')
})

test('a number as written in SQL is the nearest float, rounded once', (t) => {
  const isWritten = (text: string): boolean => /^-?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text)
  const written = TEXTS.filter(([text]) => isWritten(text) && Math.abs(Number(text)) <= MAX_FLOAT)
  t.true(written.length > 1000)
  const wrong = written
    .map(([text, float]) => [text, bitsOf(nearestFloat(text), FLOAT), float])
    .filter(([, a, b]) => a !== b)
  t.deepEqual(wrong, [])
  // Of these the double lies halfway, or is zero halfway to the least float.
  t.is(nearestFloat('16777217.00000000001'), 16777218)
  t.is(nearestFloat('16777218.99999999999'), 16777218)
  t.is(nearestFloat('-16777217.00000000001'), -16777218)
  t.is(nearestFloat('7.006492321624086e-46'), 1.401298464324817e-45)
  t.is(nearestFloat('7.006492321624085e-46'), 0)
})
