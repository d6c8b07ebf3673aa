import test from 'ava'
import { array, BIGINT, type DataType, DOUBLE, decimal, field, INT, STRING, struct } from '../../columnar/types.js'
import type { TextOptions } from '../../planner/plan/expression/text-options.js'
import { encodeCsvSample } from '../../planner/plan/text-specs/sample-spec.js'
import type { Cell } from '../support/cells.js'
import { evaluate, kernels, memory } from '../support/evaluate.js'
import { call, column } from '../support/expressions.js'
import { Random } from '../support/random.js'

/** What from_csv or from_json makes of texts that lie one behind the other in memory. */
function read(fn: 'from_csv' | 'from_json', type: DataType, texts: readonly string[], options?: TextOptions): unknown {
  const columns = [{ type: STRING, nullable: true, values: [...texts] as Cell[] }]
  const expression = { ...call(fn, type, column(0, STRING)), ...(options ? { options } : {}) }
  return evaluate(expression, columns, texts.length).map((x) => ('value' in x ? x.value : x.error))
}

const NUMBER = /^-?(\d+\.?\d*|\.\d+)$/
const INTEGER = /^-?\d+$/
const LEAST_INT = -(2 ** 31)

/** The value of a text in a column of CSV, by JavaScript's own reading of numbers. */
function csvValue(type: DataType, text: string): Cell {
  if (text === '') return null
  if (type.kind === 'string') return text
  if (type.kind === 'double') return NUMBER.test(text) ? Number(text) : null
  if (!INTEGER.test(text)) return null
  const value = BigInt(text)
  if (type.kind === 'bigint') return BigInt.asIntN(64, value) === value ? value : null
  return Number(value) >= LEAST_INT && Number(value) < -LEAST_INT ? Number(value) : null
}

const digitsOf = (random: Random, most: number): string =>
  Array.from({ length: random.integer(0, most) }, () => String(random.integer(0, 9))).join('')

function numberText(random: Random): string {
  const sign = random.chance(0.3) ? '-' : ''
  const fraction = random.chance(0.5) ? `.${digitsOf(random, random.pick([2, 6, 12]))}` : ''
  return sign + digitsOf(random, random.pick([3, 8, 9, 16, 17, 20])) + fraction
}

const anyText = (random: Random): string =>
  random.pick([
    '',
    'a',
    '1.2.3',
    '--1',
    '1-',
    '.',
    '-',
    'é',
    'ab'.repeat(random.integer(0, 20)),
    '/',
    ':',
    '3;4',
    '123456789:5',
    '1/2345678901',
  ])

const TYPES: readonly DataType[] = [DOUBLE, INT, STRING, BIGINT]

test('values of rows of any number and length are those between their commas, and numbers those of JavaScript', (t) => {
  const random = new Random(11)
  for (let round = 0; round < 40; round++) {
    const types = Array.from({ length: random.integer(1, 40) }, () => random.pick(TYPES))
    const rows = Array.from({ length: 30 }, () => {
      const isShort = random.chance(0.2)
      return Array.from({ length: random.integer(1, types.length + 3) }, () =>
        isShort ? '' : random.chance(0.8) ? numberText(random) : anyText(random),
      )
    })
    const type = struct(types.map((one, i) => field(`c${i}`, one)))
    const texts = rows.map((row) => row.join(','))
    t.deepEqual(
      read('from_csv', type, texts),
      rows.map((row) => types.map((one, i) => csvValue(one, row[i] ?? ''))),
      texts.join('\n'),
    )
  }
})

test('a comma in quotes stands between no values, wherever the quotes are, and quotes within values are signs', (t) => {
  const type = struct(['a', 'b', 'c'].map((name) => field(name, STRING)))
  const long = 'x'.repeat(40)
  t.deepEqual(read('from_csv', type, ['1,"2,3",4', `${long},${long},"a,b"`, `"${long},",2,3`, 'a"b,c"d,e', '1,2,3']), [
    ['1', '2,3', '4'],
    [long, long, 'a,b'],
    [`${long},`, '2', '3'],
    ['a"b', 'c"d', 'e'],
    ['1', '2', '3'],
  ])
})

/** A text of bytes that mean something in CSV, as long as blocks of 16 and 64 bytes are, or a little shorter or longer. */
function signs(random: Random): string {
  const length = random.pick([0, 1, 2, 3, 5, 8, 13, 14, 15, 16, 17, 31, 47, 61, 62, 63, 64, 65, 66, 130])
  const frequent = random.pick(['a', 'é', '漢', '"', ',', '\\', '""', '",', ',"'])
  let text = ''
  while (text.length < length) text += random.pick([frequent, 'a', 'b', 'é', '"', '""', ',', '","', '\\', '\\"', '1'])
  return text
}

/** Values of which each is whole within quotes, if it has any. */
const quotedRow = (random: Random, escaping: string): string =>
  Array.from({ length: random.integer(1, 6) }, () => {
    const text = signs(random)
    if (random.chance(0.3)) return text.replaceAll(/[",\\]/g, '')
    return `"${text.replaceAll('\\', random.pick(['', '\\'])).replaceAll('"', `${escaping}"`)}"`
  }).join(',')

/** Rows of CSV with quotes in all places, right and wrong ones. */
const quotedRows = (random: Random, escaping: string, count: number): readonly string[] =>
  Array.from({ length: count }, () => {
    const row = quotedRow(random, escaping)
    if (random.chance(0.5)) return row
    if (random.chance(0.2)) return signs(random)
    const at = random.integer(0, row.length)
    return row.slice(0, at) + random.pick(['"', ',', '\\', '', 'a']) + row.slice(at + random.integer(0, 1))
  })

/** None of these rows has white space, but with this option their values are looked for one after the other. */
const ONE_BY_ONE: TextOptions = { ignoreTrailingWhiteSpace: 'true' }

const QUOTING: readonly TextOptions[] = [
  { escape: '"' },
  {},
  { escape: '"', emptyValue: 'b', nullValue: 'a' },
  { quote: '', escape: '"' },
]
for (const options of QUOTING)
  test(`values in quotes are the same whether all ends are looked for at once or one after the other: ${JSON.stringify(options)}`, (t) => {
    const random = new Random(14)
    const rows = quotedRows(random, options['escape'] ?? '\\', 4000)
    const type = struct([STRING, STRING, INT, STRING].map((one, i) => field(`c${i}`, one)))
    const [atOnce, oneByOne] = [options, { ...options, ...ONE_BY_ONE }].map((given) =>
      read('from_csv', type, rows, given),
    )
    t.deepEqual(atOnce, oneByOne)
  })

test('a quote may lie at any place of a block, alone or as one of two', (t) => {
  const type = struct(['a', 'b'].map((name) => field(name, STRING)))
  const rows = Array.from({ length: 140 }, (_, length) => 'x'.repeat(length)).flatMap((x) => [
    `"${x}""y",1`,
    `"${x}"y,1`,
    `"${x}" ,1`,
    `"${x}\\"y",1`,
    `${x},"a"`,
    `${x},"a""b"`,
    `"${x}`,
    `a"${x}","b"`,
    `"","${x}"""`,
  ])
  for (const options of QUOTING)
    t.deepEqual(
      read('from_csv', type, rows, options),
      // Values between separators of two signs are looked for one after the other.
      read(
        'from_csv',
        type,
        rows.map((row) => row.replaceAll(',', ';;')),
        { ...options, sep: ';;' },
      ),
    )
})

test('what is in quotes is read without them, with one of two quotes within, wherever it ends', (t) => {
  const random = new Random(15)
  const type = struct(['a', 'b', 'c'].map((name) => field(name, STRING)))
  const values = Array.from({ length: 3000 }, () => type.fields.map(() => signs(random) || 'x'))
  const rows = values.map((row) => row.map((value) => `"${value.replaceAll('"', '""')}"`).join(','))
  t.deepEqual(read('from_csv', type, rows, { escape: '"' }), values)
})

test('columns are found in values in quotes as in others', (t) => {
  const random = new Random(16)
  const columns = (rows: readonly string[], options: TextOptions): string => {
    const place = (bytes: Uint8Array): number => {
      const address = memory.allocate(bytes.length + 64)
      memory.bytes.set(bytes, address)
      return address
    }
    const spec = place(encodeCsvSample(options, 4, undefined, false))
    const state = kernels.shapesBegin(spec, 0)
    const refs = memory.allocate(8 * rows.length)
    rows.forEach((row, i) => {
      const bytes = Buffer.from(row)
      memory.view.setUint32(refs + 8 * i, place(bytes), true)
      memory.view.setUint32(refs + 8 * i + 4, bytes.length, true)
    })
    kernels.textShapes(spec, refs, rows.length, state)
    const told = memory.allocate(8)
    kernels.shapesText(spec, state, told)
    const [at, length] = [0, 4].map((part) => memory.view.getUint32(told + part, true))
    return Buffer.from(memory.bytes.slice(at!, at! + length!)).toString()
  }
  const values = [
    '',
    '""',
    '1',
    '"2"',
    '"3.5"',
    '2024-02-29',
    '"2024-02-29"',
    'true',
    '"NaN"',
    '"a""b"',
    '"1,5"',
    '"',
    'x',
  ]
  const found = new Set<string>()
  for (let round = 0; round < 300; round++) {
    const some = values.slice(0, random.integer(1, values.length))
    const rows = Array.from({ length: random.integer(1, 4) }, () =>
      Array.from({ length: 4 }, () => random.pick(some)).join(','),
    )
    const options = { escape: '"', emptyValue: random.pick(['', '7']) }
    const atOnce = columns(rows, options)
    t.is(atOnce, columns(rows, { ...options, ...ONE_BY_ONE }), rows.join('\n'))
    found.add(atOnce)
  }
  t.true(found.size > 20, String(found.size))
})

test('what stands for NULL or for a number that is none may look like a number', (t) => {
  const type = struct([field('a', DOUBLE), field('b', INT)])
  t.deepEqual(read('from_csv', type, ['5,5', '-5,1', '6,-1'], { nanValue: '5', negativeInf: '-5', nullValue: '6' }), [
    [Number.NaN, 5],
    [Number.NEGATIVE_INFINITY, 1],
    [null, -1],
  ])
})

test('more values than an index holds are read as well', (t) => {
  const types = Array.from({ length: 1100 }, (_, i) => field(`c${i}`, INT))
  const row = types.map((_, i) => i)
  t.deepEqual(read('from_csv', struct(types), [row.join(',')]), [row])
})

/** As JSON has numbers: without zeros before them, with digits on both sides of a point. */
function jsonNumber(random: Random): string {
  const text = numberText(random).replace(/^-?0+(?=\d)/, '')
  const [whole = '', fraction] = text.split('.')
  const isWhole = fraction === undefined || fraction === ''
  return `${/\d/.test(whole) ? whole : `${whole}0`}${isWhole ? '' : `.${fraction}`}`
}

test('numbers of JSON of any length are those of JavaScript, also at the end of the text', (t) => {
  const random = new Random(12)
  const numbers = Array.from({ length: 3000 }, () => jsonNumber(random))
  const type = struct([field('v', DOUBLE), field('w', BIGINT), field('d', decimal(38, 12))])
  t.deepEqual(
    read(
      'from_json',
      type,
      numbers.map((x) => `{"v":${x},"w":${x},"d":${x}}`),
    ),
    numbers.map((x) => [Number(x), csvValue(BIGINT, x), unscaled(x)]),
  )
  t.deepEqual(
    read('from_json', array(DOUBLE), numbers),
    numbers.map(() => null),
  )
  t.deepEqual(
    read(
      'from_json',
      struct([field('v', BIGINT)]),
      ['1', '12', '12345678'].map((x) => `{"v":${x}`),
    ),
    [[1n], [12n], [12_345_678n]].map(() => [null]),
  )
})

test('numbers of any form are the same whether the usual ones are read at once or not', (t) => {
  const random = new Random(17)
  const digit = (): string => random.pick(['0', '0', '1', '5', '9'])
  const number = (): string => {
    const some = (most: number): string => Array.from({ length: random.integer(0, most) }, digit).join('')
    const rest = random.pick([
      '',
      '',
      '',
      `.${some(9)}`,
      `.${some(2)}.1`,
      `e${some(2)}`,
      `.${some(5)}E-${some(1)}`,
      'x',
      '-',
    ])
    return random.pick(['', '', '-', '+', '--', '.']) + some(random.pick([1, 2, 8, 12, 17])) + rest
  }
  const numbers = Array.from({ length: 6000 }, number)
  const expected = (text: string, type: DataType): Cell => {
    if (!/^-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?$/.test(text)) return null
    return type === DOUBLE ? Number(text) : csvValue(type, text)
  }
  for (const type of [DOUBLE, INT, BIGINT])
    for (const [before, behind] of [
      ['{"v":', '}'],
      ['{"v":', ',"w":1}'],
      ['{"v": ', ' }'],
    ])
      t.deepEqual(
        read(
          'from_json',
          struct([field('v', type)]),
          numbers.map((x) => before + x + behind),
        ),
        numbers.map((x) => [expected(x, type)]),
      )
})

test('strings of any length end at their quotes, and those with escapes and controls are read as such', (t) => {
  const random = new Random(18)
  const texts = Array.from({ length: 4000 }, () =>
    Array.from({ length: random.integer(0, 40) }, () => random.pick(['a', 'b', 'é', '漢', '"', '\\', '\n', "'"]))
      .join('')
      .slice(0, random.pick([0, 1, 14, 15, 16, 17, 18, 40])),
  )
  const type = struct([field('s', STRING), field('l', array(STRING))])
  t.deepEqual(
    read(
      'from_json',
      struct([field('s', STRING), field('t', STRING)]),
      texts.map((s, i) => JSON.stringify({ s, t: texts[(i * 7) % texts.length] })),
    ),
    texts.map((s, i) => [s, texts[(i * 7) % texts.length]]),
  )
  const rows = texts.map((s, i) => JSON.stringify({ s, l: texts.slice(i, i + (i % 40)) }))
  const columns = [{ type: STRING, nullable: true, values: rows }]
  t.deepEqual(
    evaluate(call('to_json', STRING, call('from_json', type, column(0, STRING))), columns, rows.length),
    rows.map((value) => ({ value })),
  )
})

/** Half up at twelve digits behind the point. */
function unscaled(text: string): bigint | null {
  const [whole = '', fraction = ''] = text.replace('-', '').split('.')
  const kept = BigInt(whole + fraction.slice(0, 12).padEnd(12, '0')) + (Number(fraction[12] ?? 0) >= 5 ? 1n : 0n)
  return text.startsWith('-') ? -kept : kept
}

test('members come in any order that changes from text to text, and names that need escapes are told apart', (t) => {
  const random = new Random(13)
  const long = Array.from({ length: 22 }, (_, i) => 'n'.repeat(i + 1))
  const names = [
    'id',
    'kind',
    'a longer name',
    'another long name',
    'another long nama',
    '',
    'a\\b',
    'q"',
    'é',
    ...long,
  ]
  const type = struct(names.map((name) => field(name, INT)))
  const members = names.map((name, i) => `${JSON.stringify(name)}:${random.pick(['', ' '])}${i}`)
  // What an escape stands for is another name than its signs.
  const others = ['"a\\b":70', '"a longer namf":71', '"i":72', '"\\u0069d":73']
  const texts = Array.from({ length: 300 }, () => {
    const order = [...members, ...others].map((member) => ({ member, at: random.next() }))
    return order.toSorted((a, b) => a.at - b.at).map(({ member }) => member)
  })
  t.deepEqual(
    read(
      'from_json',
      type,
      texts.map((list) => `{${list.join(',')}}`),
    ),
    texts.map((list) =>
      names.map((_, i) => (i > 0 || list.indexOf('"\\u0069d":73') < list.indexOf(members[0]!) ? i : 73)),
    ),
  )
})

test('short arrays are packed with all of their NULLs, also where others lay before', (t) => {
  const type = struct([field('v', array(STRING))])
  const texts = Array.from({ length: 40 }, (_, n) =>
    JSON.stringify({ v: Array.from({ length: n }, (_, i) => (i % 3 === 1 ? null : 'x'.repeat(i))) }),
  )
  for (const values of [texts.toReversed(), texts]) {
    const columns = [{ type: STRING, nullable: true, values }]
    const written = call('to_json', STRING, call('from_json', type, column(0, STRING)))
    t.deepEqual(
      evaluate(written, columns, values.length),
      values.map((value) => ({ value })),
    )
    kernels.arenaReset()
  }
})
