import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import test from 'ava'
import { Session } from '../../api/index.js'
import { duckdbRows, sameCell } from '../support/duckdb.js'
import { KINDS } from '../support/fuzz/expressions.js'
import { type Dialect, list, piece, type Tree, textOf } from '../support/fuzz/tree.js'
import { firstRows, WindowFunctions } from '../support/fuzz/windows.js'
import { Random } from '../support/random.js'
import { queriedRows } from '../support/row-sets.js'
import { FRAME_KEYS, WINDOW_COLUMNS, windowRows } from '../support/window-rows.js'

const FEW = { few: 37, none: 0 }

const RUNS = [
  { master: 'local[1]', seed: 1, queries: 15, many: 20_000, memory: '512m' },
  { master: 'local[2]', seed: 2, queries: 15, many: 20_000, memory: '512m' },
  { master: 'local-cluster[2,1,512]', seed: 3, queries: 5, many: 20_000, memory: '512m' },
  // Partitions are several times as large as what a task may hold.
  { master: 'local[1]', seed: 4, queries: 8, many: 120_000, memory: '16m' },
]

/** Some functions over windows for each row, by `id`. */
function query(random: Random, table: string): Tree {
  const windows = new WindowFunctions(random, WINDOW_COLUMNS, FRAME_KEYS)
  const members = Array.from({ length: random.integer(1, 6) }, () => shown(windows.next(random.pick(KINDS))))
  const where = random.pick(['', '', ' where x > 0', ' where k < 40'])
  return piece('query')`select id, ${list(members)} from ${table}${where} order by id`
}

/** Days and moments as texts, in which both have them alike. */
const shown = (value: Tree): Tree =>
  value.role === 'day' || value.role === 'time' ? piece('text')`cast(${value} as string)` : value

/** Rows that are the first ones of their partitions, by `id`. */
function firstOnes(random: Random, table: string): Tree {
  const columns = WINDOW_COLUMNS.map(({ kind, tree }) => ({ kind, name: String(tree.parts[0]) }))
  const first = firstRows(random, { tree: piece('query')`select * from ${table}`, columns })
  return piece('query')`select id, g, s, x from (${first.tree}) found order by id`
}

for (const { master, seed, queries, many, memory } of RUNS) {
  test.serial(`random functions over random windows give what DuckDB gives (${master}, ${memory})`, async (t) => {
    const rows = { many, ...FEW }
    const directory = await mkdtemp(join(tmpdir(), 'millrace-'))
    const fileOf = (name: string): string => join(directory, `${name}.parquet`)
    const tables = Object.entries(rows)
    await duckdbRows(
      'select 1',
      tables.map(([name, n]) => `copy (${windowRows(n)}) to '${fileOf(name)}' (format parquet, row_group_size 1500)`),
    )
    await using session = await Session.builder()
      .master(master)
      .config('shuffle.partitions', 3)
      .config('executor.memory', memory)
      .getOrCreate()
    for (const [name] of tables) session.read.parquet(fileOf(name)).createOrReplaceTempView(name)
    const setup = tables.map(([name]) => `create view ${name} as select * from '${fileOf(name)}'`)
    const random = new Random(seed)
    for (let i = 0; i < queries; i++) {
      const table = random.pick(['many', 'many', 'few', 'none'])
      const written = i % 3 === 2 ? firstOnes(random, table) : query(random, table)
      const [ours, theirs] = (['millrace', 'duckdb'] as const).map((dialect: Dialect) => textOf(written, dialect)) as [
        string,
        string,
      ]
      const expected = await duckdbRows(theirs, setup)
      const found = await queriedRows(session, ours)
      t.is(found.length, expected.length, ours)
      const other = found.findIndex((row, at) => !row.every((cell, j) => sameCell(cell, expected[at]![j]!)))
      t.is(other, -1, `${ours}: ${found[other]?.map(String)} is not ${expected[other]}`)
    }
    await rm(directory, { recursive: true })
  })
}
