import { readdirSync, readFileSync } from 'node:fs'
import test from 'ava'
import { analyze } from '../../planner/analyze/analyze.js'
import { explainQuery } from '../../planner/explain/explain.js'
import type { PhysicalOptions } from '../../planner/physical/options.js'
import { planQuery } from '../../planner/plan-query.js'
import { parseQuery } from '../../planner/sql/query.js'
import { idGenerator, TPCH_CATALOG } from '../support/analysis.js'
import { matchesGolden } from '../support/golden.js'

const QUERIES = new URL('../../../test/data/tpch/', import.meta.url)
const OPTIONS: PhysicalOptions = {
  shufflePartitions: 2,
  parallelism: 2,
  broadcastThresholdBytes: 64 * 1024 ** 2,
  runtimeFilters: 'auto',
  rangeSortRows: 1_000_000,
  isCached: () => false,
}

for (const file of readdirSync(QUERIES).filter((name) => name.endsWith('.sql'))) {
  test(`explain extended of TPC-H ${file} is as it was`, (t) => {
    const parsed = parseQuery(readFileSync(new URL(file, QUERIES), 'utf8'))
    const analyzed = analyze(parsed, TPCH_CATALOG, idGenerator())
    const planned = planQuery(analyzed, { kind: 'collect' }, OPTIONS)
    matchesGolden(t, `plans/${file.replace('.sql', '.txt')}`, explainQuery(parsed, analyzed, planned, 'extended'))
  })
}
