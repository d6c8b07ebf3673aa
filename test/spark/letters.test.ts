import test from 'ava'
import { STRING } from '../../columnar/types.js'
import { evaluate, isError } from '../support/evaluate.js'
import { sparkData } from '../support/spark-data.js'

/** Letters that change: their point, what upper and lower make of them, '' where they stay. */
const LETTERS = new Map(
  sparkData<readonly [point: number, upper: string, lower: string]>('letters').map((letter) => [letter[0], letter]),
)
const TEXTS = sparkData<readonly [text: string, upper: string, lower: string]>('letter-texts')

function changed(fn: 'upper' | 'lower', texts: readonly string[]): readonly (string | undefined)[] {
  const argument = { kind: 'bound', ordinal: 0, type: STRING, nullable: false, name: 's' } as const
  return evaluate(
    { kind: 'call', fn, type: STRING, args: [argument], nullable: false },
    [{ type: STRING, nullable: false, values: texts }],
    texts.length,
  ).map((outcome) => (isError(outcome) ? undefined : (outcome.value as string)))
}

for (const [fn, column] of [
  ['upper', 1],
  ['lower', 2],
] as const) {
  test(`${fn} changes every letter of Unicode as Spark does`, (t) => {
    const points = Array.from({ length: 0x1f000 }, (_, i) => i).filter((p) => p > 0 && (p < 0xd800 || p > 0xdfff))
    const texts = points.map((point) => String.fromCodePoint(point))
    t.true([...LETTERS.keys()].every((point) => point < 0x1f000))
    const actual = changed(fn, texts)
    t.deepEqual(
      points.filter((point, i) => actual[i] !== (LETTERS.get(point)?.[column] || texts[i])),
      [],
    )
  })

  test(`${fn} changes letters by their neighbours as Spark does`, (t) => {
    const actual = changed(
      fn,
      TEXTS.map(([text]) => text),
    )
    t.deepEqual(
      TEXTS.map((answer, i) => [answer[0], actual[i], answer[column]]).filter(([, a, b]) => a !== b),
      [],
    )
  })
}
