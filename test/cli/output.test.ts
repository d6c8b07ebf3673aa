import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import test from 'ava'
import { boundedTable } from '../../cli/output/table.js'
import type { Block } from '../../columnar/blocks/block.js'
import { blockFromRows } from '../../columnar/blocks/block-from-rows.js'
import { field, INT, schema } from '../../columnar/types.js'
import { runCli } from '../support/cli.js'
import { TPCH_SMALL } from '../support/sessions.js'

// Within the package, so that a program finds it by its name.
const HERE = dirname(fileURLToPath(import.meta.url))
const run = async (format: string, sql: string): Promise<string> => {
  const { code, text, err } = await runCli(['sql', '--master', 'local[1]', '--format', format, '-c', sql])
  if (code !== 0) throw new Error(err)
  return text
}

const ODD = `select 1 a, 2 a, named_struct('b', 3, 'b', 4) s, 5 \`__proto__\`, timestamp'2024-01-01 00:00:00.123456' t,
  timestamp_micros(9223372036854775807) g, date'0001-02-03' d, 9007199254740993 n, cast(1.50 as decimal(5,2)) m, double('NaN') x`

test('JSON keeps columns of one name, and every digit', async (t) => {
  t.is(
    await run('jsonl', ODD),
    '{"a":1,"a":2,"s":{"b":3,"b":4},"__proto__":5,"t":"2024-01-01T00:00:00.123456Z","g":"+294247-01-10T04:00:54.775807Z",' +
      '"d":"0001-02-03","n":"9007199254740993","m":"1.50","x":"NaN"}\n',
  )
})

test('CSV keeps columns of one name, and every digit', async (t) => {
  t.is(
    await run('csv', ODD),
    'a,a,s,__proto__,t,g,d,n,m,x\n' +
      '1,2,"{3, 4}",5,2024-01-01 00:00:00.123456,+294247-01-10 04:00:54.775807,0001-02-03,9007199254740993,1.50,NaN\n',
  )
})

test('many results and plans through one stream leave nothing on it', async (t) => {
  const script = `${'select 1 a; explain select 1;'.repeat(20)}`
  for (const format of ['table', 'csv']) {
    const { code, err } = await runCli(['sql', '--master', 'local[1]', '--format', format, '-c', script])
    t.deepEqual([code, err], [0, ''])
  }
})

const one = schema([field('id', INT)])
const idsFrom = (first: number, rows: number): Block =>
  blockFromRows(
    one,
    Array.from({ length: rows }, (_, i) => ({ id: first + i })),
  )
async function* idBlocks(sizes: readonly number[]): AsyncGenerator<Block> {
  let first = 0
  for (const size of sizes) {
    yield idsFrom(first, size)
    first += size
  }
}
const target = (mostRows: number) => ({ mostRows, timeZone: 'UTC' })
const shownOf = async (sizes: readonly number[], most: number): Promise<readonly string[]> =>
  (await boundedTable(one, idBlocks(sizes), target(most)))
    .split('\n')
    .slice(3, -2)
    .map((line) => line.replaceAll(/[| ]/g, ''))

test('a table of more rows than fit shows the first and the last of them and says how many there are', async (t) => {
  for (const sizes of [[100], [3, 0, 2, 94, 1], Array.from({ length: 100 }, () => 1), [98, 2]]) {
    t.deepEqual(await shownOf(sizes, 6), ['0', '1', '2', '...', '97', '98', '99', '+---+'], String(sizes))
    t.true((await boundedTable(one, idBlocks(sizes), target(6))).endsWith('+\n100 rows (6 shown)\n'))
  }
  t.deepEqual(await shownOf([4, 3], 5), ['0', '1', '2', '...', '5', '6', '+---+'])
})

test('of a large result only the blocks with rows that are shown are held', async (t) => {
  const readAtTheEnd = new Set<number>()
  let isEnd = false
  const watched = (id: number): Block => {
    const { rows, bytes } = idsFrom(id, 1)
    const read = (): Uint8Array => {
      if (isEnd) readAtTheEnd.add(id)
      return bytes
    }
    return {
      rows,
      get bytes() {
        return read()
      },
    }
  }
  const blocks = async function* (): AsyncGenerator<Block> {
    for (let id = 0; id < 50; id++) yield watched(id)
    isEnd = true
  }
  await boundedTable(one, blocks(), target(6))
  t.deepEqual([...readAtTheEnd], [47, 48, 49])
})

test('a table that fits is shown whole', async (t) => {
  for (const sizes of [[6], [2, 4], [0, 5, 1, 0]]) {
    t.deepEqual(await shownOf(sizes, 6), ['0', '1', '2', '3', '4', '5'], String(sizes))
  }
  t.is(await boundedTable(one, idBlocks([]), target(6)), '+--+\n|id|\n+--+\n+--+\n')
})

test('a table of a large result is printed with what fits', async (t) => {
  const text = await run('table', `select l_orderkey from parquet.\`${TPCH_SMALL}/lineitem.parquet\``)
  t.is(text.split('\n').length, 1007)
  t.regex(text, /\n\| +60000\|\n\+-+\+\n60175 rows \(1000 shown\)\n$/)
})

test('an error of a program that millrace run runs shows the line of the program', async (t) => {
  const directory = await mkdtemp(join(HERE, 'run-'))
  try {
    const program = join(directory, 'program.mjs')
    await writeFile(
      program,
      "import { Session } from 'millrace'\nconst session = await Session.builder().master('local[1]').getOrCreate()\nawait session.sql('select 1 / 0').collect()\n",
    )
    const { code, err } = await runCli(['run', program])
    t.is(code, 1)
    t.regex(
      err,
      /^MillraceError: \[DIVIDE_BY_ZERO\].*\n== SQL[^\n]*\nselect 1 \/ 0\n *\^+\n {4}at file:[^\n]*program\.mjs:3:\d+\n/,
    )
    t.notRegex(err, /dist\/(api|driver|cli)\//)
  } finally {
    await rm(directory, { recursive: true })
  }
})
