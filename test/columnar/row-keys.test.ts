import test from 'ava'
import { blockFromRows } from '../../columnar/blocks/block-from-rows.js'
import { memberOf, rowKeys } from '../../columnar/row-keys.js'
import { rowsFromBlock, tuplesFromBlock } from '../../columnar/rows.js'
import { field, INT, STRING, schema, struct } from '../../columnar/types.js'

const keysOf = (...names: readonly string[]) => rowKeys(names.map((name) => field(name, INT)))

test('the first of several columns of one name keeps it, the others get a number that no name has', (t) => {
  t.deepEqual(keysOf('a', 'b'), ['a', 'b'])
  t.deepEqual(keysOf('a', 'b', 'a', 'a'), ['a', 'b', 'a_1', 'a_2'])
  t.deepEqual(keysOf('a', 'a', 'a_1', 'a_1', 'A'), ['a', 'a_2', 'a_1', 'a_1_1', 'A'])
  t.deepEqual(keysOf('a', 'a', 'a', 'a_1', 'a_1_1', 'a_1'), ['a', 'a_2', 'a_3', 'a_1', 'a_1_1', 'a_1_2'])
  t.deepEqual(keysOf('__proto__', '__proto__', ''), ['__proto__', '__proto___1', ''])
})

test('rows with columns of one name, also within structs, are read and given under the same keys', (t) => {
  const twice = schema([
    field('a', INT),
    field('a', STRING),
    field('s', struct([field('x', INT), field('x', INT)])),
    field('s', INT),
  ])
  const rows = [{ a: 1, a_1: 'x', s: { x: 2, x_1: 3 }, s_1: 4 }]
  const block = blockFromRows(twice, rows)
  t.deepEqual(rowsFromBlock(twice, block) as object[], rows)
  t.deepEqual(tuplesFromBlock(twice, block), [[1, 'x', { x: 2, x_1: 3 }, 4]])
})

test('a column __proto__ is a member like others, and nothing of the data becomes a prototype', (t) => {
  const odd = schema([field('__proto__', struct([field('__proto__', INT), field('isAdmin', INT)])), field('b', INT)])
  const given = JSON.parse('{"__proto__":{"__proto__":1,"isAdmin":2},"b":3}') as object
  const [row] = rowsFromBlock(odd, blockFromRows(odd, [given]))
  t.deepEqual(Object.keys(row!), ['__proto__', 'b'])
  t.is(Object.getPrototypeOf(row), Object.prototype)
  t.is((row as { isAdmin?: number }).isAdmin, undefined)
  t.is(JSON.stringify(row), JSON.stringify(given))
  const [empty] = rowsFromBlock(odd, blockFromRows(odd, [{ b: 1 }]))
  t.is(JSON.stringify(empty), '{"__proto__":null,"b":1}')
})

test('what every object has is no value of a column', (t) => {
  const names = schema([field('constructor', STRING), field('toString', STRING), field('got', INT)])
  class Given {
    get got(): number {
      return 7
    }
  }
  t.deepEqual(tuplesFromBlock(names, blockFromRows(names, [new Given(), { constructor: 'c', toString: 't' }])), [
    [null, null, 7],
    ['c', 't', null],
  ])
  t.is(memberOf({}, '__proto__'), undefined)
})
