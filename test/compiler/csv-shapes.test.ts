import test from 'ava'
import { RESULT_ADDRESS, RESULT_LENGTH } from '../../executor/kernels/interface/text.js'
import type { TextOptions } from '../../planner/plan/expression/text-options.js'
import { encodeCsvSample } from '../../planner/plan/text-specs/sample-spec.js'
import { kernels, memory } from '../support/evaluate.js'
import { Random } from '../support/random.js'

/** All lines count, but they are looked at one after the other, as the lines of a sample are. */
const ONE_BY_ONE = { samplingRatio: '0.9999999999999' }
const COLUMNS = 4

interface Line {
  readonly text: string
  /** What stands behind it. */
  readonly end: string
}

/** What is found of the columns of lines that stand one behind the other. */
function shapesOf(lines: readonly Line[], options: TextOptions, header?: string): string {
  const texts = Buffer.from(lines.map(({ text, end }) => text + end).join(''))
  const place = (bytes: Uint8Array): number => {
    const address = memory.allocate(bytes.length + 64)
    memory.bytes.set(bytes, address)
    return address
  }
  const [spec, at] = [place(encodeCsvSample(options, COLUMNS, header, false)), place(texts)]
  const refs = memory.allocate(8 * lines.length)
  const out = memory.allocate(8)
  let next = at
  for (const [i, { text, end }] of lines.entries()) {
    const length = Buffer.byteLength(text)
    memory.view.setUint32(refs + 8 * i, next, true)
    memory.view.setUint32(refs + 8 * i + 4, length, true)
    next += length + Buffer.byteLength(end)
  }
  const state = kernels.shapesBegin(spec, 0)
  kernels.textShapes(spec, refs, lines.length, state)
  kernels.shapesText(spec, state, out)
  const address = memory.view.getUint32(out + RESULT_ADDRESS, true)
  const length = memory.view.getUint32(out + RESULT_LENGTH, true)
  const told = Buffer.from(memory.bytes.slice(address, address + length)).toString()
  kernels.shapesRelease(state)
  kernels.arenaReset()
  for (const each of [spec, at, refs, out]) memory.release(each)
  return told
}

/** Values that columns may have beside the usual ones of their type. */
const ODD = [
  '',
  '-',
  '.',
  '5.',
  '.5',
  '-.5',
  '1.2.3',
  '1-2',
  '--1',
  '+1',
  '1e5',
  ' 7',
  '7 ',
  'x',
  'NaN',
  '"1"',
  '"a,b"',
  '"a""b"',
  '"a\\"b"',
  'a"b',
  '"a"b',
  '"',
  '""',
  '\u00e9',
]
const ODD_NUMBERS = [
  '2147483647',
  '2147483648',
  '-2147483648',
  '-2147483649',
  '9223372036854775807',
  '9223372036854775808',
  '000000000000',
  '123456789012345678901234567890',
  '0.1234567890123456789',
  '-1',
]
const ODD_TIMES = [
  '2026-02-28',
  '2026-02-29',
  '2026-13-01',
  '0000-01-01',
  '2026-1-1',
  '2026-01-01 10:00:00',
  '2026-01-01T00:00:00Z',
  'true',
  'false',
]
const ENDS = ['\n', '\n', '\n', '\r\n', '\r\n', '\r', '\n#\n', '~']

const usualOf: readonly ((random: Random) => string)[] = [
  (random) => String(random.integer(-999, 99_999_999)),
  (random) => String(random.integer(10 ** 10, 10 ** 14)),
  (random) => (random.integer(-99_999, 99_999) / 10 ** random.integer(0, 5)).toFixed(random.integer(0, 12)),
  (random) => `20${random.integer(10, 99)}-0${random.integer(1, 9)}-${random.integer(10, 28)}`,
  (random) => `"${'word, '.repeat(random.integer(0, 30))}"`,
]

function drawnLines(random: Random, oddity: number, end: string): Line[] {
  const kinds = Array.from({ length: COLUMNS }, () => random.pick(usualOf))
  return Array.from({ length: random.integer(1, 60) }, () => {
    const count = random.chance(oddity) ? random.integer(0, COLUMNS + 2) : COLUMNS
    const values = Array.from({ length: count }, (_, i) =>
      random.chance(oddity)
        ? random.pick(random.pick([ODD, ODD_NUMBERS, ODD_TIMES]))
        : (kinds[i] ?? usualOf[0]!)(random),
    )
    return { text: values.join(','), end: random.chance(oddity) ? random.pick(ENDS) : end }
  })
}

test('what many lines of CSV tell at once is what they tell one by one', (t) => {
  const random = new Random(11)
  for (let i = 0; i < 4000; i++) {
    const lines = drawnLines(random, random.pick([0, 0.003, 0.02, 0.2]), random.pick(['\n', '\r\n']))
    const options: TextOptions = {
      escape: random.pick(['"', '\\']),
      quote: random.pick(['"', '"', '"', '']),
      nullValue: random.pick(['', '', 'x', '-1']),
      preferDate: random.pick(['true', 'true', 'false']),
      ...(random.chance(0.3) ? { dateFormat: 'yyyy-MM-dd' } : {}),
    }
    const header = random.chance(0.3) ? random.pick(lines).text : undefined
    const message = JSON.stringify({ i, lines, options, header })
    t.is(shapesOf(lines, options, header), shapesOf(lines, { ...options, ...ONE_BY_ONE }, header), message)
  }
})
