import test from 'ava'
import { analyzedWithConstants, evaluate, type RunRow } from '../../api/engine/constants.js'
import { withFoldedConstants } from '../../api/engine/folded-constants.js'
import { BIGINT, INT, STRING } from '../../columnar/types.js'
import { MillraceError } from '../../common/errors/millrace-error.js'
import { constantOf, withConstants } from '../../planner/analyze/constants/constants.js'
import { call, cast, literal, reference } from '../../planner/plan/expression/build.js'
import type { Expression, ExprId } from '../../planner/plan/expression/expression.js'
import { canonicalText } from '../../planner/plan/expression/same.js'
import type { LogicalPlan } from '../../planner/plan/logical/plan.js'
import { withSharedSession } from '../support/shared-sessions.js'

const length = (text: string): Expression => call('length', INT, [literal(STRING, text)])
const malformed = cast(literal(STRING, 'x'), INT, 'ansi')
const id = Object.freeze({ id: 1 as ExprId, name: 'id', type: BIGINT, nullable: false })

/** Runs rows of lengths of texts; notes how many values each has. Casts raise. */
function runner(): { readonly run: RunRow; readonly sizes: number[] } {
  const sizes: number[] = []
  const lengthIn = (e: Expression): number => {
    if (e.kind !== 'call' || e.args[0]!.kind !== 'literal') throw new MillraceError('DIVIDE_BY_ZERO', { config: 'c' })
    return String(e.args[0]!.value).length
  }
  const run: RunRow = async (plan) => {
    const [row] = plan.kind === 'values' ? plan.rows : []
    sizes.push(row!.length)
    return row!.map(lengthIn)
  }
  return { run, sizes }
}

test('constants are computed in one job, each once', async (t) => {
  const { run, sizes } = runner()
  const known = await evaluate([length('ab'), length('abc'), length('ab')], run)
  t.deepEqual(known.get(canonicalText(length('abc'))), { value: literal(INT, 3) })
  t.deepEqual(sizes, [2])
})

test('when one of several constants raises, each is computed alone', async (t) => {
  const { run, sizes } = runner()
  const known = await evaluate([length('ab'), malformed], run)
  t.deepEqual(known.get(canonicalText(length('ab'))), { value: literal(INT, 2) })
  const failed = known.get(canonicalText(malformed))!
  t.true('error' in failed && MillraceError.is(failed.error))
  t.deepEqual(sizes, [2, 1, 1])
})

test('what keeps constants from being computed is not taken for what they raise', async (t) => {
  const cancelled = new MillraceError('OPERATION_CANCELED')
  const run: RunRow = () => Promise.reject(cancelled)
  t.is(await t.throwsAsync(evaluate([length('a'), length('b')], run)), cancelled)
})

test('an analysis is repeated until it knows its constants', async (t) => {
  const { run } = runner()
  let analyses = 0
  const plan: LogicalPlan = Object.freeze({ kind: 'oneRow' })
  const analyzed = await analyzedWithConstants((known) => {
    analyses++
    return withConstants(known, () => {
      t.is(constantOf(length('ab'))?.value, 2)
      t.is(constantOf(length('abc'))?.value, 3)
      t.is(constantOf(reference(id)), undefined)
      return plan
    })
  }, run)
  t.is(analyzed, plan)
  t.is(analyses, 3)
})

test('a constant that raises does so in the analysis that needs it', async (t) => {
  const { run } = runner()
  const analysis = analyzedWithConstants(
    (known) => withConstants(known, () => ({ kind: 'oneRow', value: constantOf(malformed) }) as LogicalPlan),
    run,
  )
  t.is((await t.throwsAsync<MillraceError>(analysis)).condition, 'DIVIDE_BY_ZERO')
})

const overRange = (end: bigint, condition: Expression): LogicalPlan => ({
  kind: 'filter',
  condition,
  input: { kind: 'range', start: 0n, end, step: 1n, output: [id] },
})

test('constants are folded by the engine where many rows would compute them, and what raises stays', async (t) => {
  const { run, sizes } = runner()
  const above = (e: Expression): Expression => call('gt', INT, [reference(id), e])
  const folded = await withFoldedConstants(overRange(100_000n, above(length('abc'))), run)
  t.deepEqual(folded, overRange(100_000n, above(literal(INT, 3))))
  const few = overRange(100n, above(length('abc')))
  t.is(await withFoldedConstants(few, run), few)
  const raising = overRange(100_000n, above(malformed))
  t.is(await withFoldedConstants(raising, run), raising)
  t.deepEqual(sizes, [1, 1])
  const plain = overRange(100_000n, above(call('add', INT, [literal(INT, 1), literal(INT, 2)])))
  t.is(await withFoldedConstants(plain, run), plain)
  t.is(sizes.length, 2)
})

test('a scan of many rows compares its column with the value of a constant', async (t) => {
  await withSharedSession('local[1]', async (session) => {
    const query = "select id from range(20000) where id > length(concat('ab', 'c')) and id < length('abcdefgh')"
    const plan = await session.sql(`explain ${query}`).collect()
    t.regex(JSON.stringify(plan), /id > 3/)
    t.is(await session.sql(query).count(), 4)
    const guarded = "select count(*) n from range(20000) where id > 30000 and id > cast('x' as int)"
    t.deepEqual(await session.sql(guarded).collect(), [{ n: 0n }])
  })
})

test('a lambda is no constant, whatever it makes of its parameters', async (t) => {
  await withSharedSession('local[1]', async (session) => {
    const sum = "sum(size(filter(transform(array(id, id + 1), v -> v + length('abc')), v -> true))) as n"
    const rows = await session
      .sql(`select ${sum}, max(aggregate(array(id), 0L, (acc, v) -> acc + v)) as most from range(20000)`)
      .collect()
    t.deepEqual(rows, [{ n: 40_000n, most: 19_999n }])
  })
})
