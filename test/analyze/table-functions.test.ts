import test from 'ava'
import { MillraceError } from '../../common/errors/millrace-error.js'
import { outputOf } from '../../planner/plan/logical/output.js'
import { analyzed } from '../support/analysis.js'
import { withSession } from '../support/sessions.js'

/** The condition that a query ends with, and its parameters. */
function refused(sql: string): readonly [string, Readonly<Record<string, unknown>>] | 'nothing' {
  try {
    analyzed(sql)
    return 'nothing'
  } catch (error) {
    if (!MillraceError.is(error)) throw error
    return [error.condition, error.parameters]
  }
}

test('range() counts as Spark does, whatever its arguments are written as', async (t) => {
  await withSession('local[2]', async (session) => {
    const numbers = async (call: string): Promise<readonly number[]> =>
      (await session.sql(`select * from ${call}`).collect()).map((row) => Number(Object.values(row)[0]))
    for (const [call, expected] of [
      ['range(3)', [0, 1, 2]],
      ['RANGE (1, 10, 3)', [1, 4, 7]],
      ['`range`(10, 0, -3)', [10, 7, 4, 1]],
      ['builtin.range(1 + 1) as t(x)', [0, 1]],
      ['system.builtin.range(2)', [0, 1]],
      ["range(' +3 ')", [0, 1, 2]],
      ['range(2.9)', [0, 1]],
      ['range(2.9D, 4.1D)', [2, 3]],
      ['range(0)', []],
      ['range(3, 1)', []],
      ['range(1, 3, -1)', []],
    ] as const)
      t.deepEqual(await numbers(call), expected, call)
    for (const [start, end, step, partitions] of [
      [0, 10, 3, 4],
      [-7, 50_000, 1, 3],
      [9, -30, -4, 5],
      [1, 3, 1, 7],
      [3, 1, 1, 2],
    ]) {
      const whole = await numbers(`range(${start}, ${end}, ${step})`)
      const shared = await numbers(`range(${start}, ${end}, ${step}, ${partitions})`)
      t.deepEqual(shared, whole, `${start} to ${end} in ${partitions}`)
    }
    const ofBoth = 'select count(*) n from range(0, 8, 1, 4) a join range(0, 8, 1, 3) b on a.id = b.id'
    t.deepEqual(await session.sql(ofBoth).collect(), [{ n: 8n }])
    const united =
      'select count(*) n from (select id from range(0, 9, 1, 2) union all select id from range(0, 5, 1, 3))'
    t.deepEqual(await session.sql(united).collect(), [{ n: 14n }], 'a stage of more tasks than the range has shares')
  })
})

test('the names behind a table function are those of its columns', (t) => {
  const columnsOf = (sql: string): readonly string[] =>
    outputOf(analyzed(sql)).map(({ qualifier, name }) => `${qualifier ?? ''}.${name}`)
  t.deepEqual(columnsOf('select * from range(3)'), ['.id'])
  t.deepEqual(columnsOf('select t.id from range(3) t'), ['t.id'])
  t.deepEqual(columnsOf('select t.x from range(3) as t(x)'), ['t.x'])
  t.deepEqual(columnsOf('select a.id, b.x from range(1, 2) a, range(3) b(x)'), ['a.id', 'b.x'])
  t.deepEqual(refused('select * from range(3) t(x, y)'), [
    'NUM_TABLE_VALUE_ALIASES_MISMATCH',
    { funcName: '`range`', aliasesNum: '2', outColsNum: '1' },
  ])
  t.is(refused('select range.id from range(3)')[0], 'UNRESOLVED_COLUMN.WITH_SUGGESTION')
  t.is(refused('select * from range')[0], 'TABLE_OR_VIEW_NOT_FOUND', 'without parentheses it is a table')
})

test('a table function that does not exist, or gives a value, or is not built is told apart', (t) => {
  t.deepEqual(refused('select * from nosuch(3)'), ['UNRESOLVABLE_TABLE_VALUED_FUNCTION', { name: '`nosuch`' }])
  t.deepEqual(refused('select * from sys.range(3)'), ['UNRESOLVABLE_TABLE_VALUED_FUNCTION', { name: '`sys`.`range`' }])
  for (const name of ['upper', 'count', 'sqrt'])
    t.deepEqual(refused(`select * from ${name}('a')`), ['NOT_A_TABLE_FUNCTION', { functionName: `\`${name}\`` }])
})

test('arguments of range() that cannot be are told as Spark does', (t) => {
  const count = (actualNum: number) => ({
    functionName: '`range`',
    expectedNum: '[1, 2, 3, 4]',
    actualNum: String(actualNum),
  })
  t.deepEqual(refused('select * from range()'), ['WRONG_NUM_ARGS.WITHOUT_SUGGESTION', count(0)])
  t.deepEqual(refused('select * from range(1, 2, 3, 4, 5)'), ['WRONG_NUM_ARGS.WITHOUT_SUGGESTION', count(5)])
  const input = (paramIndex: string, inputSql: string, inputType: string, requiredType = '"BIGINT"') => [
    'UNEXPECTED_INPUT_TYPE',
    { paramIndex, functionName: '`range`', requiredType, inputSql, inputType },
  ]
  t.deepEqual(refused('select * from range(null)'), input('second', '"NULL"', '"VOID"'))
  t.deepEqual(refused('select * from range(null, 2)'), input('first', '"NULL"', '"VOID"'))
  t.deepEqual(refused('select * from range(1, 5, true)'), input('third', '"true"', '"BOOLEAN"'))
  t.deepEqual(refused('select * from range(1, 5, 1, null)'), input('4th', '"NULL"', '"VOID"', '"INT"'))
  t.deepEqual(refused("select * from range(date'2020-01-01')"), input('second', `"DATE '2020-01-01'"`, '"DATE"'))
  for (const e of ['max(3)', '(select 3)'])
    t.deepEqual(refused(`select * from range(${e})`), [
      'NON_FOLDABLE_ARGUMENT',
      { funcName: '`range`', paramName: '`end`', paramType: '"BIGINT"' },
    ])
  t.is(refused('select * from range(*)')[0], 'INVALID_USAGE_OF_STAR_OR_REGEX')
  t.is(refused('select * from range(a)')[0], 'UNRESOLVED_COLUMN.WITHOUT_SUGGESTION')
  t.is(refused('select * from range(1, 5, 0)')[0], 'FAILED_FUNCTION_CALL')
  t.like(refused("select * from range('a')"), ['CAST_INVALID_INPUT', { expression: "'a'", sourceType: '"STRING"' }])
  t.like(refused('select * from range(9223372036854775808)'), ['CAST_OVERFLOW', { value: '9223372036854775808BD' }])
  t.like(refused('select * from range(1, 5, 1, 3000000000)'), [
    'CAST_OVERFLOW',
    { value: '3000000000L', targetType: '"INT"' },
  ])
  for (const partitions of [0, -2, 10_001])
    t.is(refused(`select * from range(1, 5, 1, ${partitions})`)[0], 'UNSUPPORTED_FEATURE')
  t.is(refused("select * from range(length('abc'))")[0], 'UNSUPPORTED_FEATURE', 'it is not computed while planning')
})
