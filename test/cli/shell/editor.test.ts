import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import test from 'ava'
import { listed } from '../../../cli/shell/editor/candidates.js'
import { CUTS, type EditedText, endingAt, MOVES, movedByLine, newLine } from '../../../cli/shell/editor/edited-text.js'
import { Editor, type EditorTerminal } from '../../../cli/shell/editor/editor.js'
import { type Key, KeyDecoder } from '../../../cli/shell/editor/keys.js'
import { laidOut } from '../../../cli/shell/editor/layout.js'
import { Screen } from '../../../cli/shell/editor/screen.js'
import { History } from '../../../cli/shell/history.js'

const ESC = '\u001b'
const namesOf = (keys: readonly Key[]): readonly string[] =>
  keys.map((key) => (key.kind === 'key' ? key.name : `"${key.text}"${key.isPasted ? ' pasted' : ''}`))

test('keys are told from what terminals send for them, in pieces of any size', (t) => {
  const sent = `a日${ESC}[A${ESC}OB${ESC}[1;5C${ESC}[1;3D${ESC}[3~${ESC}b${ESC}\r\r\u007f\u0003${ESC}[200~x\r\n\ty${ESC}[31mz${ESC}[201~${ESC}[99Q`
  const wanted = [
    '"a日"',
    'up',
    'down',
    'ctrl-right',
    'ctrl-left',
    'delete',
    'alt-b',
    'alt-enter',
    'enter',
    'backspace',
    'ctrl-c',
    '"x\n    y[31mz" pasted',
  ]
  t.deepEqual(namesOf(new KeyDecoder().push(sent)), wanted)
  const decoder = new KeyDecoder()
  const pieces = [...sent].flatMap((letter) => namesOf(decoder.push(letter)))
  t.deepEqual(pieces, ['"a"', '"日"', ...wanted.slice(1)])
})

const at = (marked: string): EditedText => ({ text: marked.replace('|', ''), at: marked.indexOf('|') })
const marked = ({ text, at: place }: EditedText): string => `${text.slice(0, place)}|${text.slice(place)}`

test('the cursor goes over what readers see as letters, over words and over lines', (t) => {
  t.is(marked(MOVES.left(at('a👩‍👩‍👧|b'))), 'a|👩‍👩‍👧b')
  t.is(marked(MOVES.right(at('|e\u0301x'))), 'e\u0301|x')
  t.is(marked(MOVES.left(at('a\n|b'))), 'a|\nb')
  t.is(marked(MOVES.wordLeft(at('select foo_1  |'))), 'select |foo_1  ')
  t.is(marked(MOVES.wordRight(at('a|  bc d'))), 'a  bc| d')
  t.is(marked(MOVES.lineStart(at('a\nb|c'))), 'a\n|bc')
  t.is(marked(movedByLine(at('日本x\nabc|d'), -1)!), '日|本x\nabcd')
  t.is(marked(movedByLine(at('abc|d\nx'), 1)!), 'abcd\nx|')
  t.is(movedByLine(at('a|b'), -1), undefined)
  t.is(movedByLine(at('a|b'), 1), undefined)
  for (const move of Object.values(MOVES)) t.deepEqual(move(endingAt('')), endingAt(''))
})

test('what is cut is a letter, a word, or the rest of a line and then its end', (t) => {
  t.is(marked(CUTS.left(at('x🇩🇪|')).rest), 'x|')
  t.is(CUTS.wordLeft(at('a bc|')).cut, 'bc')
  t.is(marked(CUTS.toLineEnd(at('a|b\nc')).rest), 'a|\nc')
  t.is(marked(CUTS.toLineEnd(at('a|\nc')).rest), 'a|c')
  t.is(marked(CUTS.toLineStart(at('a\n|c')).rest), 'a|c')
  t.is(marked(newLine(at('  a|b'))), '  a\n  |b')
})

const PROMPTS = { first: '> ', further: '. ' }

test('lines are broken before the last place of the window, wide letters whole, and the cursor goes with them', (t) => {
  const layout = laidOut(at('ab日本|c\nd'), [], PROMPTS, 8)
  t.deepEqual(layout.rows, ['> ab日', '本c', '. d'])
  t.deepEqual(layout.widths, [6, 3, 3])
  t.deepEqual([layout.cursorRow, layout.cursorColumn], [1, 2])
  const end = laidOut(at('a\n|'), [], PROMPTS, 8)
  t.deepEqual([end.rows, end.cursorRow, end.cursorColumn], [['> a', '. '], 1, 2])
})

test('styles end with their spans and with their rows', (t) => {
  const layout = laidOut(at('|abcdef'), [{ start: 1, end: 5, style: '<' }], { first: '', further: '' }, 4)
  t.deepEqual(layout.rows, [`a<bc${ESC}[0m`, `<de${ESC}[0mf`])
})

test('of a text that is taller than the window the rows around the cursor are drawn', (t) => {
  let written = ''
  const screen = new Screen({
    columns: 20,
    rows: 4,
    write: (text) => {
      written += text
    },
  })
  screen.draw(laidOut(at('1\n2\n3\n4|\n5\n6'), [], { first: '', further: '' }, 20))
  t.regex(written, /J2\r\n3\r\n4\r/)
})

test('candidates stand in columns, and say how many have no room', (t) => {
  t.deepEqual(listed(['aa', 'b', 'c'], 10, 5), ['aa  b', 'c'])
  t.deepEqual(listed(['a', 'b', 'c', 'd', 'e'], 7, 2), ['a  b', 'and 3 more'])
})

/** An editor that gets keys in turn; resolves with what it says of them. */
async function edited(keys: readonly string[], remembered: readonly string[] = []) {
  const history = await History.open(join(await mkdtemp(join(tmpdir(), 'millrace-history-')), 'history'))
  for (const text of remembered) await history.add(text)
  const decoder = new KeyDecoder()
  const queue = keys.flatMap((key) => decoder.push(key))
  const terminal: EditorTerminal = {
    columns: 80,
    rows: 24,
    write: () => undefined,
    nextKey: async () => queue.shift(),
    suspend: async () => undefined,
  }
  const editor = new Editor(terminal, {
    prompts: PROMPTS,
    history,
    highlight: () => [],
    complete: async (text, place) => ({ from: place, common: text === '' ? '' : 'ed', candidates: ['ed'] }),
    isComplete: (text) => text.endsWith(';'),
  })
  return await editor.read()
}

test('Enter begins a line until the statement is ended, and older texts come back with what was typed after them', async (t) => {
  const entered = (text: string) => ({ kind: 'entered' as const, text })
  const [up, down, undo] = [`${ESC}[A`, `${ESC}[B`, '\u001f']
  t.deepEqual(await edited(['a', '\r', 'b;', '\r']), entered('a\nb;'))
  t.deepEqual(await edited([up, up, '\r'], ['one;', 'two;']), entered('one;'))
  t.deepEqual(await edited(['x;', up, up, down, down, '\r'], ['one;', 'two;']), entered('x;'))
  t.deepEqual(await edited(['ab cd', '\u0017', 'x;', '\u0019', ';', '\r']), entered('ab x;cd;'))
  t.deepEqual(await edited(['a;', 'b', undo, '\r']), entered('a;'))
  t.deepEqual(await edited(['want', '\t', ';', '\r']), entered('wanted;'))
  t.deepEqual(await edited(['\u0012', 'on', '\r', '\r'], ['one;', 'two;']), entered('one;'))
  t.deepEqual(await edited(['\u0012', 'e', '\u0012', '\r', '\r'], ['e1;', 'e2;']), entered('e1;'))
  t.deepEqual(await edited(['x', '\u0012', 'on', '\u0003', ';', '\r'], ['one;']), entered('x;'))
})

test('Ctrl-C drops a text, Ctrl-D takes a letter out and ends where there is none', async (t) => {
  t.deepEqual(await edited(['a', '\u0003']), { kind: 'dropped', wasEmpty: false })
  t.deepEqual(await edited(['\u0003']), { kind: 'dropped', wasEmpty: true })
  t.deepEqual(await edited(['\u0004']), { kind: 'ended' })
  t.deepEqual(await edited(['ab;', '\u0001', '\u0004', '\r']), { kind: 'entered', text: 'b;' })
  t.deepEqual(await edited([]), { kind: 'ended' })
})
