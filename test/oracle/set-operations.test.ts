import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import test from 'ava'
import { Session } from '../../api/index.js'
import { tuplesFromBlock } from '../../columnar/rows.js'
import { parseQuery } from '../../planner/sql/query.js'
import { duckdbRows } from '../support/duckdb.js'
import { Random } from '../support/random.js'

/** Rows that come several times, NULLs, and files of different numbers of row groups. */
const TABLES = {
  a: `select case when x % 7 = 0 then null else (x * 37 % 11)::int end as i,
    case x % 5 when 0 then null when 1 then '' when 2 then 'éa' else 'p' || (x % 4) end as s from range(9000) t(x)`,
  b: `select case when x % 9 = 0 then null else (x * 5 % 13)::int end as i,
    case x % 3 when 0 then null when 1 then 'p1' else 'éa' end as s from range(300) t(x)`,
}

/** Random set operations over two columns, in the SQL that Spark and DuckDB share. */
class RandomSets {
  readonly #random: Random

  constructor(random: Random) {
    this.#random = random
  }

  query(): string {
    const sets = this.#sets(3)
    return this.#random.pick([
      `select i, s from (${sets}) q`,
      `select s, count(*), sum(i) from (${sets}) q group by s`,
      `select count(*), max(i) from (${sets}) q where i > 4 or s is null`,
      `select q.i, b.s from (${sets}) q join (select distinct i, s from b) b on q.i = b.i`,
      `select b.i, q.s from (select distinct i, s from b) b left join (${sets}) q on q.s = b.s and q.i = 3`,
      `select count(*) from (${sets}) q`,
      `select count(distinct i), sum(i), count(distinct s) filter (where i < 6), count(distinct i + 1) from (${sets}) q`,
      `select s, count(distinct i), sum(distinct i % 3), min(i) from (${sets}) q group by s`,
      `select i from (${sets}) q order by i desc, s limit 7`,
    ])
  }

  #sets(depth: number): string {
    const r = this.#random
    if (depth === 0 || r.chance(0.2)) return this.#member()
    const operations = ['union all', 'union all', 'union', 'intersect', 'except', 'intersect all', 'except all']
    const right = r.chance(0.5) ? `(${this.#sets(depth - 1)})` : this.#member()
    return `${this.#sets(depth - 1)} ${r.pick(operations)} ${right}`
  }

  #member(): string {
    const table = this.#random.pick(['a', 'b'])
    const condition = `i ${this.#random.pick(['<', '>', '='])} ${this.#random.integer(0, 12)}`
    return this.#random.pick([
      `select i, s from ${table} where ${condition}`,
      `select distinct i, s from ${table}`,
      `select i, min(s) as s from ${table} group by i`,
      `select cast(count(*) as int) as i, max(s) as s from ${table} where ${condition}`,
      `select v.i, ${table}.s from (values (1), (2), (2)) v(i) join ${table} on v.i = ${table}.i`,
      `select * from (values (1, 'p1'), (null, 'éa'), (1, 'p1'), (4 + 4, null)) v(i, s)`,
      `select x.i, y.s from a x join b y on x.i = y.i where y.i = 5 and x.s = ''`,
    ])
  }
}

/** Rows as a set of texts; numbers that are whole are alike whatever their type. */
const normalized = (rows: readonly (readonly unknown[])[]): readonly string[] =>
  rows.map((row) => JSON.stringify(row.map((value) => (value === null ? null : String(value))))).toSorted()

test('random set operations give what DuckDB gives', async (t) => {
  const directory = await mkdtemp(join(tmpdir(), 'millrace-'))
  const fileOf = (name: string): string => join(directory, `${name}.parquet`)
  const names = Object.keys(TABLES) as (keyof typeof TABLES)[]
  await duckdbRows(
    'select 1',
    names.map((name) => `copy (${TABLES[name]}) to '${fileOf(name)}' (format parquet, row_group_size 2048)`),
  )
  await using session = await Session.builder().master('local[2]').config('shuffle.partitions', 3).getOrCreate()
  session.read.parquet(fileOf('a')).createOrReplaceTempView('a')
  session.read.parquet(fileOf('b')).cache().createOrReplaceTempView('b')
  const setup = names.map((name) => `create view ${name} as select * from '${fileOf(name)}'`)
  const queries = new RandomSets(new Random(8))
  for (let i = 0; i < 60; i++) {
    const sql = queries.query()
    const theirs = await duckdbRows(sql, setup)
    const { schema, blocks } = await session.engine.execute(parseQuery(sql))
    const ours: unknown[][] = []
    for await (const block of blocks) ours.push(...tuplesFromBlock(schema, block))
    t.deepEqual(normalized(ours), normalized(theirs), sql)
  }
  await rm(directory, { recursive: true })
})
