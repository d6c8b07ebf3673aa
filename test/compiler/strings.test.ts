import test from 'ava'
import fc from 'fast-check'
import { BOOLEAN, type DataType, INT, STRING } from '../../columnar/types.js'
import type { ScalarFunction } from '../../planner/plan/expression/functions.js'
import type { Cell } from '../support/cells.js'
import { evaluate, isError } from '../support/evaluate.js'
import { call, column, literal } from '../support/expressions.js'

const strings = (values: readonly Cell[], type: DataType = STRING) => ({ type, nullable: true, values })
const values = (outcomes: ReturnType<typeof evaluate>) =>
  outcomes.map((x) => (isError(x) ? x.error.condition : x.value))
const unary = (fn: ScalarFunction, type: DataType, rows: readonly Cell[]) =>
  values(evaluate(call(fn, type, column(0, STRING)), [strings(rows)], rows.length))

const TEXTS = ['', 'a', 'abc', 'grüße aus köln', '日本語テキスト', 'a😀b😀c', 'x'.repeat(40), 'Ελλάδα', 'ЖЁЛТЫЙ', null]

test('length counts code points', (t) => {
  t.deepEqual(
    unary('length', INT, TEXTS),
    TEXTS.map((x) => (x === null ? null : [...x].length)),
  )
})

test('substring counts code points from 1, or from the end', (t) => {
  const spark = (text: string, position: number, count: number) => {
    const points = [...text]
    const start = position > 0 ? position - 1 : position < 0 ? points.length + position : 0
    const end = start + count
    return end <= start ? '' : points.slice(Math.max(start, 0), Math.max(end, 0)).join('')
  }
  const places = [-50, -5, -3, -1, 0, 1, 2, 3, 7, 100]
  const counts = [-1, 0, 1, 2, 5, 2147483647]
  const rows = places.flatMap((p) => counts.flatMap((c) => TEXTS.map((text) => [text, p, c] as const)))
  const expression = call('substring', STRING, column(0, STRING), column(1, INT), column(2, INT))
  const columns = [
    strings(rows.map((r) => r[0])),
    strings(
      rows.map((r) => r[1]),
      INT,
    ),
    strings(
      rows.map((r) => r[2]),
      INT,
    ),
  ]
  const expected = rows.map(([text, p, c]) => (text === null ? null : spark(text, p, c)))
  t.deepEqual(values(evaluate(expression, columns, rows.length)), expected)
})

test('upper and lower follow Unicode for Latin, Greek, Cyrillic and Armenian', (t) => {
  let all = ''
  for (let point = 1; point < 0x530; point++) if (point < 0x180 || point > 0x36f) all += String.fromCodePoint(point)
  all += 'אבג 日本 😀 Ạạ Ȧ'
  // Final sigma and the dotted capital I depend on context or grow: not simple mappings. ŉ and ΰ grow as well.
  const simple = [...all].filter(
    (c) =>
      c !== 'ß' &&
      [...c.toUpperCase()].length === 1 &&
      [...c.toLowerCase()].length === 1 &&
      c !== 'Σ' &&
      !/[\u0370-\u037f\u03cf-\u03d7\u03f0-\u03ff]/.test(c),
  )
  t.deepEqual(
    unary('upper', STRING, simple),
    simple.map((c) => c.toUpperCase()),
  )
  t.deepEqual(
    unary('lower', STRING, simple),
    simple.map((c) => c.toLowerCase()),
  )
  t.deepEqual(unary('upper', STRING, ['straße', 'abc[z{', null, '']), ['STRASSE', 'ABC[Z{', null, ''])
})

test('trim takes spaces only', (t) => {
  const rows = ['  a b  ', '', '   ', '\ta\n', null, ' é']
  t.deepEqual(unary('trim', STRING, rows), ['a b', '', '', '\ta\n', null, 'é'])
  t.deepEqual(unary('ltrim', STRING, rows), ['a b  ', '', '', '\ta\n', null, 'é'])
  t.deepEqual(unary('rtrim', STRING, rows), ['  a b', '', '', '\ta\n', null, ' é'])
})

test('concat joins and is NULL when an operand is', (t) => {
  const expression = call('concat', STRING, column(0, STRING), literal(STRING, '–'), column(1, STRING))
  const outcome = evaluate(expression, [strings(['a', '', null, 'ü']), strings(['b', '', 'x', null])], 4)
  t.deepEqual(values(outcome), ['a–b', '–', null, null])
})

const like = (pattern: string, rows: readonly Cell[]) =>
  values(evaluate(call('like', BOOLEAN, column(0, STRING), literal(STRING, pattern)), [strings(rows)], rows.length))

test('like agrees with a regular expression for random patterns', (t) => {
  const piece = fc.constantFrom('a', 'b', 'ab', 'é', '%', '_', '%', 'aab', '\\%', '\\_')
  const texts = fc.array(fc.constantFrom('a', 'b', 'é', '%', '_', 'aa', '😀'), { maxLength: 9 }).map((x) => x.join(''))
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 6 }), fc.array(texts, { minLength: 1, maxLength: 12 }), (pieces, rows) => {
      const source = pieces.map((x) => (x === '%' ? '[^]*' : x === '_' ? '[^]' : x.replace('\\', '')))
      const expression = new RegExp(`^${source.join('')}$`, 'u')
      t.deepEqual(
        like(pieces.join(''), rows),
        rows.map((row) => expression.test(row)),
        pieces.join(''),
      )
    }),
    { numRuns: 150 },
  )
})

test('like agrees with constant patterns where the pattern is in a column', (t) => {
  const piece = fc.constantFrom('a', 'é', '%', '_', '😀', '/%', '/_', '//', '\\')
  const text = fc.array(fc.constantFrom('a', 'é', '%', '_', '/', '\\', '😀'), { maxLength: 5 }).map((x) => x.join(''))
  const pairs = fc.array(fc.tuple(text, fc.array(piece, { maxLength: 5 })), { minLength: 1, maxLength: 12 })
  fc.assert(
    fc.property(pairs, (rows) => {
      const escaped = literal(STRING, '/')
      const expression = call('like_computed', BOOLEAN, column(0, STRING), column(1, STRING), escaped)
      const columns = [strings(rows.map(([value]) => value)), strings(rows.map(([, pieces]) => pieces.join('')))]
      t.deepEqual(
        values(evaluate(expression, columns, rows.length)),
        rows.map(([value, pieces]) => {
          const backslashed = pieces.map((x) =>
            x === '\\' || x === '//' ? (x === '//' ? '/' : '\\\\') : x.replace('/', '\\'),
          )
          return like(backslashed.join(''), [value])[0]
        }),
      )
    }),
    { numRuns: 150 },
  )
})

test('like finds what stands beyond the first sixteen bytes', (t) => {
  const long = `${'special '.repeat(9)}requests`
  t.deepEqual(like('%special%requests%', [long, 'special', 'requests special', null]), [true, false, false, null])
  t.deepEqual(like('%requests%', [long, 'request', `${'r'.repeat(33)}equests`]), [true, false, true])
  t.deepEqual(like('PROMO%', ['PROMO BRUSHED', 'PROM', 'XPROMO']), [true, false, false])
  t.deepEqual(like('%a rather long suffix of a string', ['with a rather long suffix of a string', 'a rather long']), [
    true,
    false,
  ])
})

test('strings compare by bytes, for constants of every length as well', (t) => {
  const texts = Array.from({ length: 20 }, (_, n) => 'abcdefghijklmnopqrstuvwxyz'.slice(0, n))
  const rows = [
    ...texts,
    ...texts.map((x) => `${x.slice(0, -1)}!`),
    ...texts.map((x) => `!${x.slice(1)}`),
    'é',
    'z',
    null,
  ]
  for (const constant of texts) {
    for (const fn of ['eq', 'ne', 'lt', 'ge'] as const) {
      const expected = rows.map((row) => {
        if (row === null) return null
        const order = Buffer.compare(Buffer.from(row), Buffer.from(constant))
        return fn === 'eq' ? order === 0 : fn === 'ne' ? order !== 0 : fn === 'lt' ? order < 0 : order >= 0
      })
      const expression = call(fn, BOOLEAN, column(0, STRING), literal(STRING, constant))
      t.deepEqual(values(evaluate(expression, [strings(rows)], rows.length)), expected, `${fn} ${constant}`)
    }
  }
})

test('occurrences of one column in another', (t) => {
  const rows = [
    ['abc', 'ab'],
    ['abc', 'bc'],
    ['abc', ''],
    ['', 'a'],
    [null, 'a'],
    ['a', null],
    ['xabcx', 'abc'],
  ] as const
  const run = (fn: ScalarFunction) =>
    values(
      evaluate(
        call(fn, BOOLEAN, column(0, STRING), column(1, STRING)),
        [strings(rows.map((r) => r[0])), strings(rows.map((r) => r[1]))],
        rows.length,
      ),
    )
  t.deepEqual(run('starts_with'), [true, false, true, false, null, null, false])
  t.deepEqual(run('ends_with'), [false, true, true, false, null, null, false])
  t.deepEqual(run('contains'), [true, true, true, false, null, null, true])
})

test('a text is found at every place of strings of every length', (t) => {
  const rows: string[] = []
  for (let length = 0; length < 70; length++)
    for (let place = 0; place <= length; place += 3)
      rows.push(`${'a'.repeat(place)}needle${'n'.repeat(length - place)}`)
  const without = rows.map((row) => row.replace('needle', 'needl!'))
  t.true(like('%needle%', rows).every((x) => x === true))
  t.true(like('%needle%', without).every((x) => x === false))
  t.true(like('%need%le%', rows).every((x) => x === true))
  t.deepEqual(
    like('a%needle%n', rows),
    rows.map((row) => row.startsWith('a') && row.endsWith('n')),
  )
  t.deepEqual(like('need%dle', ['needle', 'needdle', 'need dle']), [false, true, true])
})
