import { readdirSync, readFileSync } from 'node:fs'
import test from 'ava'
import { closest } from '../../common/closest.js'
import { CONDITIONS } from '../../common/errors/catalogue.js'
import { describeOrigin } from '../../common/errors/describe-origin.js'
import { deserializeError, MillraceError, serializeError, toMillraceError } from '../../common/errors/millrace-error.js'
import { quotedIfNeeded, quotedText } from '../../common/errors/quoting.js'
import { SourceText } from '../../common/errors/source-text.js'

test('an error reads as Spark prints it, with the place in the SQL text marked', (t) => {
  const text = 'select a,\n  nope from t'
  const error = new MillraceError(
    'UNRESOLVED_COLUMN.WITHOUT_SUGGESTION',
    { objectName: '`nope`' },
    { origin: { text, start: 12, end: 16 } },
  )
  t.is(
    error.message,
    '[UNRESOLVED_COLUMN.WITHOUT_SUGGESTION] A column, variable, or function parameter with name `nope` cannot be resolved. SQLSTATE: 42703\n' +
      '== SQL (line 2, position 3) ==\n  nope from t\n  ^^^^',
  )
})

test('of a long text an error keeps what is near, with the line and position of the whole', (t) => {
  const line = `select ${'1 + '.repeat(500)}nope + 2 from t where ${'a or '.repeat(200)}b`
  const text = `${'-- a comment\n'.repeat(300)}${line}\n`
  const start = text.indexOf('nope')
  const origin = new SourceText(text).origin(start, start + 4)
  t.true(origin.text.length < 1000)
  t.is(origin.text.slice(origin.start, origin.end), 'nope')
  const [head, shown, marks] = describeOrigin(origin).split('\n')
  t.is(head, `== SQL (line 301, position ${line.indexOf('nope') + 1}) ==`)
  t.regex(shown!, /^….{1,240}…$/)
  t.is(marks, `${' '.repeat(shown!.indexOf('nope'))}^^^^`)
  t.is(describeOrigin(new SourceText(text).origin(0, text.length)).split('\n')[1], '-- a comment')
})

test('an error keeps its condition, parameters, origin and cause over a wire', (t) => {
  const error = new MillraceError(
    'FETCH_FAILED',
    { block: 's1p2', executor: 'e1', reason: 'gone' },
    {
      cause: new MillraceError('OPERATION_CANCELED'),
      origin: { text: 'x', start: 0, end: 1 },
      place: { path: 'http://user:secret@host/rows.csv', line: 7 },
    },
  )
  t.regex(error.message, /\n== File http:\/\/\*+@host\/rows\.csv \(line 7\) ==$/)
  t.false(error.message.includes('secret'))
  const copy = deserializeError(JSON.parse(JSON.stringify(serializeError(error))))
  t.is(copy.condition, 'FETCH_FAILED')
  t.is(copy.retry, 'recompute')
  t.is(copy.message, error.message)
  t.deepEqual([copy.origin, copy.place], [error.origin, error.place])
  t.true(MillraceError.is(copy.cause) && copy.cause.condition === 'OPERATION_CANCELED')
})

test('what is not ours becomes INTERNAL_ERROR with the original as cause', (t) => {
  const original = new TypeError('boom')
  const error = toMillraceError(original)
  t.is(error.condition, 'INTERNAL_ERROR')
  t.is(error.cause, original)
})

test('an error that is not ours can be sent as well, with its stack', (t) => {
  const original = new TypeError('boom', { cause: new Error('deeper') })
  const copy = deserializeError(serializeError(new MillraceError('OPERATION_CANCELED', {}, { cause: original })))
  t.true(MillraceError.is(copy.cause) && copy.cause.message.includes('boom'))
  t.true(MillraceError.is(copy.cause) && copy.cause.stack === original.stack)
})

test('a condition is declared once, and every file of conditions is in the catalogue', (t) => {
  const folder = new URL('../../../common/errors/conditions/', import.meta.url)
  const declared = readdirSync(folder).flatMap((file) => {
    const text = readFileSync(new URL(file, folder), 'utf8')
    return [...text.matchAll(/^ {2}'?(_?[A-Z][A-Z0-9_.]+)'?: (?:user|external|internal)\(/gm)].map(([, name]) => name!)
  })
  t.deepEqual(declared.toSorted(), Object.keys(CONDITIONS).toSorted())
})

test('of a long line only what is near a place is shown, with no more carets than that, and nothing of the next line', (t) => {
  const [, shown, carets] = describeOrigin({
    text: `${'x'.repeat(100)}${'y'.repeat(300)}`,
    start: 100,
    end: 400,
  }).split('\n')
  t.is(shown, `…${'x'.repeat(80)}${'y'.repeat(160)}…`)
  t.is(carets, `${' '.repeat(81)}${'^'.repeat(160)}`)
  t.is(describeOrigin({ text: `${'a'.repeat(250)}\nnext`, start: 200, end: 201 }).split('\n').length, 3)
})

test('what is cut out of a long text tells where it began, also at the very beginning of a line, and ends with it', (t) => {
  const source = new SourceText(`${'x'.repeat(100)}\n`.repeat(100))
  const origin = source.origin(101 * 7 + 400, 101 * 7 + 1_400)
  t.deepEqual(origin.cutFrom, { line: 8, position: 1 })
  t.deepEqual([origin.start, origin.end, origin.text.length], [400, 800, 800])
})

test('texts and names within messages are quoted so that they can be read back', (t) => {
  t.is(quotedText("a\\b'c"), "'a\\\\b\\'c'")
  t.deepEqual(['a1', '_a', '1a', '', 'a b', 'a`b'].map(quotedIfNeeded), ['a1', '_a', '`1a`', '``', '`a b`', '`a``b`'])
  t.deepEqual(closest('foo', ['fob', 'FOO'], 1), ['FOO'])
})
