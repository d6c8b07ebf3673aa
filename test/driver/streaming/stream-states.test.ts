import test from 'ava'
import { field, INT } from '../../../columnar/types.js'
import { MillraceError } from '../../../common/errors/millrace-error.js'
import { StreamStates } from '../../../driver/streaming/stream-states.js'
import type { PhysicalPlan } from '../../../planner/plan/physical/plan.js'
import { keptOf, table } from '../../support/stages.js'

const COUNTS = {
  ...{ rowsTotal: 0, rowsUpdated: 0, rowsRemoved: 0, rowsDropped: 0, memoryBytes: 0 },
  ...{ updatesMs: 0, removalsMs: 0, commitMs: 0 },
  versions: [],
}

const deduplicate = (input: PhysicalPlan, operatorId: number): PhysicalPlan => ({
  kind: 'deduplicate',
  attributes: input.attributes,
  inputs: [input],
  state: { ...keptOf([], []), operatorId },
  keys: [],
})

test('a batch is due at the moment at which the first row of any operator expires, and not before', (t) => {
  const input = table([field('n', INT)], [])
  const states = new StreamStates(deduplicate(deduplicate(input, 0), 1), 2)
  t.false(states.isDue(1e12), 'nothing expires')
  for (const [first, second] of [
    [5_000n, 7_000n],
    [7_000n, 5_000n],
    [5_000n, undefined],
    [undefined, 5_000n],
  ]) {
    const results = [first, second].map(
      (dueMicros, id) => [id, { ...COUNTS, ...(dueMicros === undefined ? {} : { dueMicros }) }] as const,
    )
    states.after({ states: {} }, new Map(results))
    t.deepEqual([states.isDue(4), states.isDue(5), states.isDue(6)], [false, true, true], `${first} and ${second}`)
  }
  states.after({ states: {} }, new Map())
  t.false(states.isDue(1e12))
})

test('an operator of which a batch tells nothing keeps the state that it had', (t) => {
  const input = table([field('n', INT)], [])
  const states = new StreamStates(deduplicate(deduplicate(input, 0), 1), 2)
  const version = (file: string) => ({ file, digest: 'd' })
  const before = { 0: [version('a'), null], 1: [version('b'), version('c')] }
  const results = new Map([[0, { ...COUNTS, versions: [version('e'), version('f')] }]])
  t.deepEqual(states.after({ states: before }, results).states, { 0: [version('e'), version('f')], 1: before[1] })
  t.deepEqual(states.after({ states: {} }, new Map()).states, { 0: [], 1: [] })
})

test('a batch is too large for its state when the state is short of memory, and not when a sort or a writer is', async (t) => {
  const states = new StreamStates(deduplicate(deduplicate(table([field('n', INT)], []), 0), 1), 2)
  const short = (stateOperator: Readonly<Record<string, number>>): MillraceError =>
    new MillraceError('UNABLE_TO_ACQUIRE_MEMORY', {
      ...{ requestedBytes: 1, receivedBytes: 1, budgetBytes: 1, operators: '', ...stateOperator },
    })
  const ofSort = short({})
  t.is(await t.throwsAsync(states.withinMemory(3, Promise.reject(ofSort))), ofSort)
  const failed = await t.throwsAsync(states.withinMemory(3, Promise.reject(short({ stateOperator: 1 }))))
  t.like(failed, { condition: 'STREAMING_BATCH_EXCEEDS_MEMORY' })
  t.like(failed, { parameters: { batchId: '3', operators: 'operator 1 is dedupe' } })
})
