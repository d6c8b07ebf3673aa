import test from 'ava'
import { tuplesFromBlock } from '../../columnar/rows.js'
import { BIGINT, DOUBLE, field, STRING } from '../../columnar/types.js'
import { aggregateState } from '../../planner/plan/physical/aggregate-state.js'
import type { PhysicalPlan } from '../../planner/plan/physical/plan.js'
import { connect } from '../support/duckdb-connection.js'
import { oracleRows, randomTable, rowTexts } from '../support/oracle.js'
import { Random } from '../support/random.js'
import { aggregateCall, bound, run } from '../support/stages.js'

const FIELDS = [field('b', BIGINT), field('s', STRING), field('d', DOUBLE)]

for (const [seed, rows] of [0, 1, 700, 9000].entries())
  test(`a task passes ${rows} rows on and reports the states of their aggregates, with all memory given back`, async (t) => {
    const random = new Random(seed + 5)
    const connection = await connect()
    const { plan: input } = await randomTable(connection, random, 't', FIELDS, rows, 40)
    const aggregates = [
      aggregateCall('n', 'count', BIGINT, [bound(input, 'b')]),
      aggregateCall('least', 'min', STRING, [bound(input, 's')]),
      aggregateCall('most', 'max', DOUBLE, [bound(input, 'd')]),
    ]
    const plan: PhysicalPlan = {
      kind: 'observe',
      inputs: [input],
      observationId: 'o',
      name: 'o',
      aggregates,
      attributes: input.attributes,
    }
    const { rows: passed, result } = await run(plan)
    const types = FIELDS.map(({ type }) => type)
    const columns = FIELDS.map(({ name, type }) => ({ sql: name, type }))
    t.deepEqual(rowTexts(types, passed).toSorted(), (await oracleRows(connection, columns, 'FROM t')).toSorted())
    const [{ observationId, blocks }] = result.observations as NonNullable<typeof result.observations> as [
      NonNullable<typeof result.observations>[number],
    ]
    t.is(observationId, 'o')
    const states = { fields: aggregates.flatMap(aggregateState) }
    const told = blocks.flatMap((block) => tuplesFromBlock(states, block))
    const expected = await oracleRows(
      connection,
      [
        { sql: 'count(b)', type: BIGINT },
        { sql: 'min(s)', type: STRING },
        { sql: 'max(d)', type: DOUBLE },
      ],
      'FROM t',
    )
    t.deepEqual(rowTexts([BIGINT, STRING, DOUBLE], told), expected)
  })
