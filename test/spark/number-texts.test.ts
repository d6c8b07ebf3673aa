import test from 'ava'
import { type DataType, DOUBLE, FLOAT, STRING } from '../../columnar/types.js'
import { evaluate, isError } from '../support/evaluate.js'
import { sparkData } from '../support/spark-data.js'

const TEXTS = sparkData<readonly [text: string, float: string | null, double: string | null]>('number-texts')

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
