import test from 'ava'
import {
  BIGINT,
  BOOLEAN,
  DATE,
  type DataType,
  DOUBLE,
  decimal,
  field,
  INT,
  STRING,
  struct,
  TIMESTAMP,
} from '../../columnar/types.js'
import type { Cell } from '../support/cells.js'
import { evaluate } from '../support/evaluate.js'
import { call, column } from '../support/expressions.js'

function toJson(type: DataType, rows: readonly Cell[]) {
  return evaluate(call('to_json', STRING, column(0, type)), [{ type, nullable: true, values: rows }], rows.length).map(
    (x) => ('value' in x ? x.value : x.error),
  )
}

test('to_json leaves NULL fields out and escapes text', (t) => {
  const type = struct([field('a', INT), field('say "b"', STRING), field('c', BOOLEAN)])
  const rows = [[1, 'x', true], [null, 'q"\\\n\t\u0001é😀', null], [null, null, false], [null, null, null], null]
  t.deepEqual(toJson(type, rows), [
    '{"a":1,"say \\"b\\"":"x","c":true}',
    '{"say \\"b\\"":"q\\"\\\\\\n\\t\\u0001é😀"}',
    '{"c":false}',
    '{}',
    null,
  ])
})

test('to_json writes numbers, dates and timestamps as Spark does', (t) => {
  const inner = struct([field('x', decimal(10, 2)), field('y', BIGINT)])
  const type = struct([field('d', DOUBLE), field('s', inner), field('on', DATE), field('at', TIMESTAMP)])
  const rows = [
    [1.5, [-5n, (1n << 63n) - 1n], 19782, 1_709_212_455_123_456n],
    [NaN, [null, null], null, -1n],
    [1e10, null, null, null],
  ]
  t.deepEqual(toJson(type, rows), [
    '{"d":1.5,"s":{"x":-0.05,"y":9223372036854775807},"on":"2024-02-29","at":"2024-02-29T13:14:15.123Z"}',
    '{"d":"NaN","s":{},"at":"1969-12-31T23:59:59.999Z"}',
    '{"d":1.0E10}',
  ])
})

test('to_json grows with its text', (t) => {
  const type = struct([field('a', STRING)])
  const long = 'y"'.repeat(5000)
  t.deepEqual(toJson(type, [[long]]), [JSON.stringify({ a: long })])
})

test('from_json takes each field from its slot, and NULLs from malformed text', (t) => {
  const inner = struct([field('amount', decimal(12, 2)), field('name', STRING)])
  const type = struct([
    field('id', BIGINT),
    field('inner', inner),
    field('n', INT),
    field('big', decimal(38, 0)),
    field('x', DOUBLE),
  ])
  const rows: string[] = [
    '{"id":7,"inner":{"amount":1.25,"name":"é"},"n":-3,"big":"-1","x":0.5}',
    '{"n":1}',
    'broken',
    '{"id":1,"inner":{}}',
    ' ',
  ]
  const expression = call('from_json', type, column(0, STRING))
  const columns = [{ type: STRING, nullable: true, values: [...rows, null] }]
  const outcomes = evaluate(expression, columns, 6).map((x) => ('value' in x ? x.value : x.error))
  t.deepEqual(outcomes, [
    [7n, [125n, 'é'], -3, -1n, 0.5],
    [null, null, 1, null, null],
    [null, null, null, null, null],
    [1n, [null, null], null, null, null],
    null,
    null,
  ])
})
