import test from 'ava'
import { analyze } from '../../planner/analyze/analyze.js'
import { explainLogical } from '../../planner/explain/explain-logical.js'
import { optimize } from '../../planner/optimize/optimize.js'
import { parseQuery } from '../../planner/sql/query.js'
import { parseSchema } from '../../planner/sql/types.js'
import { catalogOf, idGenerator } from '../support/analysis.js'

const schema = parseSchema('a int, s string, b bigint')
const catalog = catalogOf({ t: { provider: 'parquet', options: {}, paths: ['t'], schema } })

test('rows that are divided by chance are put in an order first, by which equal rows alone are exchanged', (t) => {
  const input = parseQuery('select a, s from t')
  const node = { kind: 'sample', input, from: 0.5, to: 1, seed: 4n, isOrdered: true } as const
  t.is(
    explainLogical(optimize(analyze(node, catalog, idGenerator()))),
    `Sample 0.5 to 1, seed 4
+- Sort [a#1 ASC NULLS FIRST, s#2 ASC NULLS FIRST]
   +- Relation parquet [a#1, s#2]`,
  )
})

test('filters stay above a sample, columns that nobody reads are left out below it', (t) => {
  const query = parseQuery('select a from t tablesample (25 percent) repeatable (9) where b > 1')
  t.is(
    explainLogical(optimize(analyze(query, catalog, idGenerator()))),
    `Project [a#1]
+- Filter (b#2 > 1)
   +- Sample 0 to 0.25, seed 9
      +- Relation parquet [a#1, b#2]`,
  )
})
