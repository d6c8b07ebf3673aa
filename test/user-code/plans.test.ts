import test from 'ava'
import { type Session, udf } from '../../api/index.js'
import { withSession } from '../support/sessions.js'

async function plansOf(session: Session, text: string): Promise<string> {
  const [row] = await session.sql(`explain extended ${text}`).collect()
  return Object.values(row!).join('\n')
}
const optimizedOf = async (session: Session, text: string): Promise<string> =>
  /== Optimized Logical Plan ==\n([\s\S]*?)\n\n?==/.exec(await plansOf(session, text))![1]!

test('EXPLAIN shows calls as an operator, and filters that need none of them come before', (t) =>
  withSession('local[1]', async (session) => {
    session.udf.register('f', (x: bigint) => x, 'bigint')
    session.udf.register('g', udf((x: bigint) => x, 'bigint').asNondeterministic())
    const optimized = await optimizedOf(session, 'select f(id) y from range(10) where f(id) > 3 and id > 5')
    const lines = optimized.split('\n').map((line) => line.trim().replace(/^[+\-: ]+/, ''))
    t.deepEqual(
      lines.map((line) => line.split(' ')[0]),
      ['Project', 'Evaluate', 'Project', 'Filter', 'Evaluate', 'Filter', 'Range'],
    )
    t.regex(lines[4]!, /^Evaluate \[f\(id#\d+\) AS f\(id\)#\d+\]/)
    t.regex(lines[5]!, /id#\d+ > 5/)
    t.regex(await plansOf(session, 'select f(id) y from range(10)'), /Physical Plan[\s\S]*Evaluate f\(id\)/)
    const random = await optimizedOf(session, 'select * from (select id, g(id) y from range(10)) where id > 5')
    t.regex(random, /Filter[\s\S]*Evaluate/)
  }))

test('what may raise stays behind the function that guards it, and columns that nobody reads are not computed', (t) =>
  withSession('local[1]', async (session) => {
    session.udf.register('aboveZero', (x: bigint) => x > 0n, 'boolean')
    session.udf.register(
      'fails',
      () => {
        throw new Error('called')
      },
      'int',
    )
    const text = 'select 10 div id y from range(-2, 3) where aboveZero(id) and 10 div id > 4'
    t.deepEqual(await session.sql(text).collect(), [{ y: 10n }, { y: 5n }])
    t.deepEqual(await session.sql('select id from (select id, fails() x from range(2))').collect(), [
      { id: 0n },
      { id: 1n },
    ])
    t.deepEqual(await session.sql('select fails() from range(3) where id > 5').collect(), [])
  }))

test('functions that are not built in some places are refused by name', (t) =>
  withSession('local[1]', async (session) => {
    session.udf.register('f', (x: unknown) => x as number, 'int')
    for (const [text, condition] of [
      ['select transform(array(1), x -> f(x))', 'UNSUPPORTED_FEATURE.LAMBDA_FUNCTION_WITH_PYTHON_UDF'],
      ['values (f(1))', 'INVALID_INLINE_TABLE.CANNOT_EVALUATE_EXPRESSION_IN_INLINE_TABLE'],
      ['select f(distinct id) from range(1)', 'INVALID_SQL_SYNTAX.FUNCTION_WITH_UNSUPPORTED_SYNTAX'],
      ['select f(x => 1)', 'NAMED_PARAMETERS_NOT_SUPPORTED'],
      ['select * from f(1)', 'NOT_A_TABLE_FUNCTION'],
      ['select id from range(3) limit f(2)', 'INVALID_LIMIT_LIKE_EXPRESSION.IS_UNFOLDABLE'],
      ['select * from range(1) a full join range(1) b on f(a.id + b.id) = 1', 'UNSUPPORTED_FEATURE'],
    ] as const) {
      const error = await t.throwsAsync(async () => await session.sql(text).collect())
      t.is((error as unknown as { condition: string }).condition, condition, text)
    }
    await session.sql('drop temporary function f').collect()
    const gone = await t.throwsAsync(async () => await session.sql('select f(1)').collect())
    t.is((gone as unknown as { condition: string }).condition, 'UNRESOLVED_ROUTINE')
  }))

test('functions of the program are shown and described as others are', (t) =>
  withSession('local[1]', async (session) => {
    session.udf.register('mine', (x: number, ...more: number[]) => x + more.length, 'int')
    const shown = await session.sql("show user functions like 'mine'").collect()
    t.deepEqual(
      shown.map((row) => Object.values(row)),
      [['mine']],
    )
    const lines = (await session.sql('describe function mine').collect()).map((row) => Object.values(row)[0])
    t.deepEqual(lines, [
      'Function: mine',
      'Type:     SCALAR',
      'Returns:  INT',
      'Usage:    mine with 1 or more arguments',
    ])
  }))
