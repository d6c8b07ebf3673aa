import { readdirSync, readFileSync } from 'node:fs'
import test from 'ava'
import { BIGINT } from '../../columnar/types.js'
import { toTaggedJson } from '../../common/tagged-json.js'
import {
  decodeStage,
  decodeTaskInputs,
  encodeStage,
  encodeTaskInputs,
  expressionOfText,
  expressionText,
} from '../../planner/codec/plan-codec.js'
import { call, literal } from '../../planner/plan/expression/build.js'
import { planQuery } from '../../planner/plan-query.js'
import { analyzed } from '../support/analysis.js'

const QUERIES = new URL('../../../test/data/tpch/', import.meta.url)

test('the stages of all TPC-H queries survive the codec, broadcast and shuffled, and arrive frozen', (t) => {
  for (const file of readdirSync(QUERIES).filter((name) => name.endsWith('.sql'))) {
    for (const broadcastThresholdBytes of [0, 1 << 26]) {
      const options = {
        shufflePartitions: 3,
        parallelism: 2,
        broadcastThresholdBytes,
        runtimeFilters: 'always',
        rangeSortRows: 1_000_000,
        isCached: () => false,
      } as const
      const plan = analyzed(readFileSync(new URL(file, QUERIES), 'utf8'))
      for (const stage of planQuery(plan, { kind: 'collect' }, options).stages.stages) {
        const decoded = decodeStage(encodeStage(stage))
        t.deepEqual(decoded, stage, file)
        t.true(Object.isFrozen(decoded) && Object.isFrozen(decoded.root) && Object.isFrozen(decoded.schema.fields))
      }
    }
  }
})

test('inputs of a task keep 64-bit watermarks and their splits', (t) => {
  const inputs = {
    partition: 3,
    splits: { 0: [{ path: 'a', rowGroups: [1, 2] }, null] },
    streaming: {
      queryId: 'q',
      batchId: 7,
      timeMs: 17,
      epoch: 2,
      checkpointLocation: 'c',
      minBatchesToRetain: 9,
      operators: { 0: { lateMicros: -(2n ** 62n), finalMicros: 2n ** 62n + 1n } },
    },
  }
  t.deepEqual(decodeTaskInputs(encodeTaskInputs(inputs)), inputs)
})

test('a plan of another version, or what is no plan, is refused with a condition', (t) => {
  const bytes = (value: unknown): Uint8Array => Buffer.from(toTaggedJson(value))
  for (const version of [0, 1, '2', undefined]) {
    t.like(
      t.throws(() => decodeStage(bytes({ version, plan: {} }))),
      { condition: 'PLAN_VERSION_MISMATCH' },
    )
  }
  for (const text of ['', '{', 'null', '7'])
    t.truthy((t.throws(() => decodeStage(Buffer.from(text))) as { condition?: string } | undefined)?.condition, text)
})

test('an expression that a checkpoint keeps is the same again, and that of another version is refused', (t) => {
  const sum = call('add', BIGINT, [literal(BIGINT, 1n), literal(BIGINT, -(1n << 63n))])
  const text = expressionText(sum)
  t.deepEqual(expressionOfText(text), sum)
  const message = 'an expression that a checkpoint keeps from another version of the engine'
  t.throws(() => expressionOfText(text.replace(/"version":\d+/, '"version":1')), {
    message: new RegExp(`UNSUPPORTED_FEATURE.*${message} \\(plans 1, now \\d+\\)`),
  })
})
