import test from 'ava'
import { LateLiterals } from '../../executor/compiler/late-literals.js'
import { numberLiterals } from '../../executor/pipelines/codegen/numbered-literals.js'
import { codeOf } from '../../executor/pipelines/stage-code.js'
import { optimize } from '../../planner/optimize/optimize.js'
import { planPhysical } from '../../planner/physical/plan-physical.js'
import { cutStages } from '../../planner/stages/cut-stages.js'
import { analyzed } from '../support/analysis.js'
import { PHYSICAL_OPTIONS } from '../support/physical-options.js'
import { withSession } from '../support/sessions.js'

const codesOf = (sql: string) =>
  cutStages(planPhysical(optimize(analyzed(sql)), PHYSICAL_OPTIONS), { kind: 'collect' }, 2).stages.map((stage) =>
    codeOf(stage, false),
  )
const isSameCode = (sql: string, other: string): boolean => {
  const [a, b] = [codesOf(sql), codesOf(other)]
  return a.every(({ compiled }, i) => compiled === b[i]!.compiled)
}

test('a query with other literals of the same types is not compiled again', (t) => {
  for (const [sql, ...others] of [
    ['select * from orders where o_custkey > 100', 'select * from orders where o_custkey > -7'],
    [
      'select * from orders where o_custkey between 3 and 10 and o_orderkey < 100',
      'select * from orders where o_custkey between 4 and 5 and o_orderkey < 1',
    ],
    [
      "select count(*) n from orders where o_orderdate >= date'1995-01-01' and o_orderdate < date'1996-01-01'",
      "select count(*) n from orders where o_orderdate >= date'1994-02-01' and o_orderdate < date'1994-03-01'",
    ],
    ['select * from orders where o_totalprice > 1000.50', 'select * from orders where o_totalprice > 1000.75'],
    ["select * from orders where o_orderstatus = 'F'", "select * from orders where o_orderstatus = 'O'"],
    [
      "select * from orders where o_orderpriority <> '1-URGENT'",
      "select * from orders where o_orderpriority <> '2-NORMAL'",
    ],
    [
      "select concat(o_clerk, 'abc') x from orders",
      "select concat(o_clerk, '') x from orders",
      "select concat(o_clerk, 'Ā much longer one') x from orders",
    ],
    ['select o_custkey + 5 x from orders', 'select o_custkey + 6 x from orders'],
    [
      'select sum(cast(o_totalprice as double) * 1.5D) x from orders',
      'select sum(cast(o_totalprice as double) * 2.5D) x from orders',
    ],
    [
      "select case when o_custkey > 5 then 'a' else 'b' end x from orders",
      "select case when o_custkey > 6 then 'x' else 'yz' end x from orders",
    ],
  ] as const) {
    for (const other of others) t.true(isSameCode(sql, other), other)
  }
})

test('code that depends on a literal is not used for another', (t) => {
  for (const [sql, other] of [
    ['select o_custkey % 5 x from orders', 'select o_custkey % 6 x from orders'],
    ['select o_custkey + 5 x from orders', 'select o_custkey + -5 x from orders'],
    ["select * from orders where o_clerk like '%a'", "select * from orders where o_clerk like '%b'"],
    ["select * from orders where o_orderstatus = 'F'", "select * from orders where o_orderstatus = 'FF'"],
    // The bounds of the second are in the wrong order.
    ['select * from orders where o_custkey between 3 and 10', 'select * from orders where o_custkey between 10 and 3'],
    // In the second, both are one and the same.
    ['select o_custkey + 5 x, o_custkey + 6 y from orders', 'select o_custkey + 5 x, o_custkey + 5 y from orders'],
    ['select o_custkey = 5 x from orders', 'select o_custkey = null x from orders'],
    [
      'select cast(o_custkey as double) < 5D x from orders',
      "select cast(o_custkey as double) < double('NaN') x from orders",
    ],
  ] as const)
    t.false(isSameCode(sql, other), other)
})

test('of code that depends on its literals, the versions used last are kept', (t) => {
  const remainder = (divisor: number) => codesOf(`select o_orderkey % ${divisor} x from orders`)[0]!.compiled
  const [first, second] = [remainder(2), remainder(3)]
  for (let divisor = 4; divisor < 17; divisor++) remainder(divisor)
  t.is(remainder(2), first)
  remainder(17)
  remainder(18)
  t.is(remainder(2), first)
  t.not(remainder(3), second)
})

test('equal literals have one number, those of another type or sign of zero have others, and NULL none', (t) => {
  const literal = (type: string, value: unknown) => ({ kind: 'literal', type: { kind: type }, value })
  const part = [
    literal('int', 1),
    literal('int', 1),
    literal('bigint', 1n),
    literal('double', 0),
    literal('double', -0),
  ]
  const { part: numbered, values } = numberLiterals([...part, literal('int', null), { other: literal('int', 1) }])
  t.deepEqual(values, [1, 1n, 0, -0])
  const numbers = (numbered as readonly { number?: number; other?: { number: number } }[]).map(
    (each) => each.number ?? each.other?.number,
  )
  t.deepEqual(numbers, [0, 0, 1, 2, 3, undefined, 0])
})

test('what is asked of literals is kept, whole values once they are looked at', (t) => {
  const literals = new LateLiterals([7, 'text'])
  t.true(literals.ask((read) => (read(0) as number) > 0))
  t.false(literals.isKnown(0))
  t.is(literals.valueOf(1), 'text')
  t.true(literals.isKnown(1))
  t.deepEqual(
    literals.answered.map(({ answer }) => answer),
    [true, 'text'],
  )
})

test('each query gets the values of its own literals, whatever was compiled for others', async (t) => {
  await withSession('local[1]', async (session) => {
    session.range(-20, 20).createOrReplaceTempView('r')
    const rows = async (sql: string) =>
      (await session.sql(sql).collect()).map((row) => Object.values(row).join('|')).join(' ')
    const numbers = [-21, -20, -3, 0, 1, 5, 19, 20]
    const ids = Array.from({ length: 40 }, (_, i) => i - 20)
    for (const a of numbers) {
      t.is(await rows(`select count(*) from r where id > ${a}`), String(ids.filter((id) => id > a).length))
      t.is(await rows(`select sum(id + ${a}) from r`), String(ids.reduce((sum, id) => sum + id + a, 0)))
      t.is(
        await rows(`select sum(cast(id as decimal(25,2)) - ${a}) from r`),
        ids.reduce((sum, id) => sum + id - a, 0).toFixed(2),
      )
      t.is(await rows(`select count(*) from r where id / 2 >= ${a}D`), String(ids.filter((id) => id / 2 >= a).length))
      for (const b of numbers) {
        const between = ids.filter((id) => id >= a && id <= b).length
        t.is(await rows(`select count(*) from r where id between ${a} and ${b}`), String(between), `${a} ${b}`)
        t.is(
          await rows(`select count(*) from r where cast(id as int) + 0 >= ${a} and cast(id as int) + 0 <= ${b}`),
          String(between),
        )
      }
    }
    for (const text of ['5', '-5', '19', '', 'é', 'a text of more than sixteen bytes', "it''s"]) {
      const plain = text.replace("''", "'")
      t.is(
        await rows(`select count(*) from r where cast(id as string) = '${text}'`),
        String(ids.filter((id) => String(id) === plain).length),
      )
      t.is(await rows(`select max(concat(cast(id as string), '${text}')) from r`), `9${plain}`)
      t.is(await rows(`select max(concat('${text}', '|', '${text}!')) from r`), `${plain}|${plain}!`)
      t.is(await rows(`select count(*) from r where startswith(concat('${text}', id), '${text}')`), '40')
    }
  })
})
