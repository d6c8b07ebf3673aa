import test from 'ava'
import { completionOf } from '../../../cli/shell/completion/completion.js'
import type { Names } from '../../../cli/shell/completion/names.js'
import { highlighted } from '../../../cli/shell/highlight.js'

const COLUMNS: Readonly<Record<string, readonly string[]>> = {
  trips: ['day', 'distance', 'Start Place'],
  'db.people': ['name'],
  "'x.csv'": ['xx'],
}
const NAMES: Names = {
  commands: ['.help', '.mode', '.tables'],
  keywords: ['DISTINCT', 'FROM', 'SELECT'],
  functions: ['date_add', 'day'],
  settings: ['session.timeZone', 'shuffle.partitions'],
  tables: async () => ['trips', 'odd name'],
  columns: async (relation) => COLUMNS[relation] ?? [],
  files: async (path) => ['data/', 'data.csv'].filter((file) => file.startsWith(path)),
}

/** Completes at the bar. @returns the text up to the cursor then, and the candidates when there are several */
async function completed(marked: string) {
  const at = marked.indexOf('|')
  const text = marked.replace('|', '')
  const { from, common, candidates } = await completionOf(text, at, NAMES)
  return candidates.length === 1 ? text.slice(0, from) + common : [text.slice(0, from) + common, ...candidates]
}

test('what is completed is what may stand at the cursor', async (t) => {
  for (const [typed, wanted] of [
    ['.ta|', '.tables'],
    ['.mode js|', ['.mode json', 'json', 'jsonl']],
    ['.read data.|', '.read data.csv'],
    ['.timer of|', '.timer off'],
    ['.schema tr|', '.schema trips'],
    ['sel|', 'select'],
    ['SEL|', 'SELECT'],
    ['set shu|', 'set shuffle.partitions'],
    ['select * from tr|', 'select * from trips'],
    ['select * from od|', 'select * from `odd name`'],
    ["select * from 'data.|", "select * from 'data.csv'"],
    ["select * from 'da|", ["select * from 'data", 'data/', "data.csv'"]],
    ['select dist| from trips', ['select dist', 'distance', 'distinct']],
    ['select sta| from trips', 'select `Start Place`'],
    ['select t.d| from trips as t', ['select t.d', 'day', 'distance']],
    ['select t.di| from trips t where 1', 'select t.distance'],
    ['select trips.di| from trips where', 'select trips.distance'],
    ['select p.| from db.people p', 'select p.name'],
    ["select x| from 'x.csv'", 'select xx'],
    ['select | from db.people', 'select name'],
    ['select 1; select na| from db.people', 'select 1; select name'],
    ['select 1 from db.people; select na|', ['select 1 from db.people; select na']],
    ['select date_|', 'select date_add('],
    ['-- sel|', ['-- sel']],
    ['select "da|', ['select "da']],
    ['.nope da|', ['.nope da']],
  ] as const)
    t.deepEqual(await completed(typed), wanted, typed)
})

const coloured = (text: string): readonly string[] =>
  highlighted(text).map(({ start, end, style }) => `${style.replace('\u001b', '')}${text.slice(start, end)}`)

test('keywords, functions, texts, numbers and comments have colours of their own, while they are typed', (t) => {
  t.deepEqual(coloured("select upper(t.name), 'a; -- b', `q`, 1.5 from t -- x"), [
    '[1;34mselect',
    '[36mupper',
    "[32m'a; -- b'",
    '[33m`q`',
    '[35m1.5',
    '[1;34mfrom',
    '[2m-- x',
  ])
  t.deepEqual(coloured("where 'open"), ['[1;34mwhere', "[32m'open"])
  t.deepEqual(coloured('/* open'), ['[2m/* open'])
  t.deepEqual(coloured('.help me'), ['[1;36m.help'])
})
