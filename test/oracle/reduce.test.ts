import test from 'ava'
import { reduce } from '../support/fuzz/reduce.js'
import { fixedList, list, piece, textOf } from '../support/fuzz/tree.js'

const query = piece('query')
const key = piece('int')`r.k`
const sum = piece('int')`(${key} + ${piece('int')`length(${piece('text')`upper(${piece('text')`r.s`})`})`})`
const where = piece(
  'clause',
)` where ${piece('truth')`(${piece('truth')`r.f`} and ${piece('truth')`(${sum} > ${key})`})`}`
const from = piece('relation')`${piece('relation')`t r`} join ${piece('relation')`u v`} on true`
const order = piece('clause')` order by ${fixedList([key, piece('text')`r.s`])}`
const whole = query`select ${list([key, sum, piece('text')`r.s`])} from ${from}${where}${order}`

const reduced = async (fails: (sql: string) => boolean): Promise<string> => {
  const swaps = await reduce(whole, async (tree, tried) => fails(textOf(tree, 'duckdb', tried)))
  return textOf(whole, 'duckdb', swaps)
}

test('a query that fails is reduced to what it fails by', async (t) => {
  t.is(await reduced((sql) => sql.includes('upper(')), 'select r.s from u v where (length(upper(r.s)) > r.k)')
  t.is(await reduced((sql) => sql.includes('join')), 'select r.s from t r join u v on true')
  t.is(await reduced((sql) => /where.* > /.test(sql)), 'select r.s from u v where (1 > r.k)')
})

test('an order that must be total is dropped as a whole or kept', async (t) => {
  t.regex(await reduced((sql) => sql.includes('order by')), / order by r\.k, r\.s$/)
  t.false((await reduced((sql) => sql.includes('select'))).includes('order by'))
})

test('a piece that stands in two places is replaced in both', async (t) => {
  const twice = query`select ${key} from t r group by ${key}`
  const swaps = await reduce(twice, async (tree, tried) => textOf(tree, 'duckdb', tried) !== 'nothing')
  t.is(textOf(twice, 'duckdb', swaps), 'select r.k from t r group by r.k')
})

test('a query that fails whatever is dropped ends after its attempts', async (t) => {
  let attempts = 0
  await reduce(
    whole,
    async () => {
      attempts++
      return false
    },
    5,
  )
  t.is(attempts, 5)
})
