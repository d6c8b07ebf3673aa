import test from 'ava'
import { col, Decimal, functions as F, lit } from '../../api/index.js'
import { withSharedSession } from '../support/shared-sessions.js'

const ROWS = [
  { id: 1n, a: [1, null, 3], m: new Map([['x', { p: [true, null], q: 'é' }]]), s: { t: [['a'], [], null] } },
  { id: 2n, a: [], m: new Map(), s: null },
  { id: 3n, a: null, m: null, s: { t: null } },
]

test('rows with arrays, maps and structs in each other come back as they were given', async (t) => {
  await withSharedSession('local[2]', async (session) => {
    const df = session.createDataFrame(ROWS)
    t.deepEqual(await df.collect(), ROWS as never)
    t.deepEqual(await df.repartition(3, 'a').orderBy('id').collect(), ROWS as never)
    t.is(await df.select('m', 's').showString(20, false), SHOWN)
  })
})

const SHOWN = `+------------------------+-----------------+
|m                       |s                |
+------------------------+-----------------+
|{x -> {[true, NULL], é}}|{[[a], [], NULL]}|
|{}                      |NULL             |
|NULL                    |{NULL}           |
+------------------------+-----------------+
`

test('rows of a schema are checked within arrays and maps', async (t) => {
  await withSharedSession('local[2]', async (session) => {
    const schema = 'a array<int>, m map<string, decimal(4,2)>, b array<boolean>'
    const given = { a: [1], m: { k: '1.5' }, b: Array.from({ length: 11 }, (_, i) => i % 3 === 0) }
    const [row] = await session.createDataFrame([given], schema).collect()
    t.deepEqual(row as unknown, { a: [1], m: new Map([['k', new Decimal(150n, 2)]]), b: given.b })
    const refused = (rows: readonly object[]) => t.throws(() => session.createDataFrame(rows, schema)).message
    t.regex(refused([{ a: [1, 'x'] }]), /Row 0 has the value x in column a: it is no "INT"/)
    t.regex(refused([{ m: { k: '123' } }]), /has the value 123 in column m/)
    t.regex(refused([{ a: 5 }]), /has the value 5 in column a: it is no "ARRAY<INT>"/)
  })
})

test('arrays and maps are lists with columns of their own in Arrow, and are read from these', async (t) => {
  await withSharedSession('local[2]', async (session) => {
    const df = session.createDataFrame(ROWS)
    const table = await df.toArrow()
    t.is(String(table.schema.fields[2]!.type), 'Map<{key:Utf8, value:Struct<{p:List<Bool>, q:Utf8}>}>')
    t.deepEqual(table.getChild('a')!.get(0)!.toArray(), new Float64Array([1, 0, 3]))
    t.deepEqual(await session.createDataFrame(table).collect(), ROWS as never)
  })
})

test('lambdas are functions of columns, which may stand in each other', async (t) => {
  await withSharedSession('local[2]', async (session) => {
    const df = session.range(2).select('id', F.array('id', lit(10)).as('a'))
    const rows = await df
      .select(
        F.transform('a', (x) => F.transform('a', (y) => x.plus(y))).as('pairs'),
        F.filter('a', (_x, i) => i.gt(0)).as('rest'),
        F.aggregate(
          'a',
          lit(0n),
          (s, x) => s.plus(x),
          (s) => s.multiply(col('id')),
        ).as('sum'),
        F.exists('a', (x) => x.eq(1)).as('one'),
      )
      .collect()
    t.deepEqual(rows as unknown, [
      {
        pairs: [
          [0n, 10n],
          [10n, 20n],
        ],
        rest: [10n],
        sum: 0n,
        one: false,
      },
      {
        pairs: [
          [2n, 11n],
          [11n, 20n],
        ],
        rest: [10n],
        sum: 11n,
        one: true,
      },
    ])
  })
})

test('arrays and maps are literals, and their elements are taken by number and key', async (t) => {
  await withSharedSession('local[2]', async (session) => {
    const [row] = await session
      .range(1)
      .select(
        lit([1, null]).as('l'),
        lit(new Map([['k', 1]]))
          .getItem('k')
          .as('v'),
        lit([[2], []])
          .getItem(0)
          .as('n'),
      )
      .collect()
    t.deepEqual(row as unknown, { l: [1, null], v: 1, n: [2] })
  })
})

test('what several tasks have collected is one array, and groups may be arrays and maps', async (t) => {
  await withSharedSession('local[2]', async (session) => {
    const df = session.range(0, 1000, 1, 4).select(col('id'), F.array(col('id').mod(3), lit(-0)).as('k'))
    const groups = await df
      .groupBy('k')
      .agg(F.collectList('id').as('ids'), F.size(F.collectSet(lit([1]))).as('sets'))
      .collect()
    t.is(groups.length, 3)
    for (const { k, ids, sets } of groups as unknown as { k: number[]; ids: bigint[]; sets: number }[]) {
      t.deepEqual(
        ids.toSorted((a, b) => Number(a - b)),
        Array.from({ length: ids.length }, (_, i) => BigInt(i * 3) + BigInt(k[0]!)),
      )
      t.is(sets, 1)
    }
  })
})
