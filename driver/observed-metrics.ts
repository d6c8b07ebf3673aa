import { randomUUID } from 'node:crypto'
import { type Row, rowsFromBlock } from '../columnar/rows.js'
import { append } from '../common/append.js'
import { MillraceError } from '../common/errors/millrace-error.js'
import type { Observation } from '../planner/physical/observations.js'
import type { PhysicalQuery } from '../planner/physical/plan-physical.js'
import { cutStages } from '../planner/stages/cut-stages.js'
import type { Driver } from './driver.js'
import type { JobResult } from './job-result.js'

/** What the metrics of an observation came to. */
export interface ObservedMetrics {
  readonly observation: Observation
  readonly row: Row
}

/** Merges what the tasks of a job observed, each observation by a job of one task. @throws what an aggregate raises at its end */
export async function observedMetrics(
  driver: Pick<Driver, 'submit' | 'registerLocalBlocks' | 'releaseLocalBlocks'>,
  { observations }: Pick<PhysicalQuery, 'observations'>,
  { observed }: Pick<JobResult, 'observed'>,
): Promise<readonly ObservedMetrics[]> {
  const all: ObservedMetrics[] = []
  for (const [id, observation] of observations) {
    const states = [...(observed.get(id)?.values() ?? [])].flat()
    const held = randomUUID()
    driver.registerLocalBlocks(held, states)
    try {
      all.push({ observation, row: await metricsRow(driver, observation, held) })
    } finally {
      driver.releaseLocalBlocks(held)
    }
  }
  return all
}

async function metricsRow(
  driver: Pick<Driver, 'submit'>,
  { name, metrics }: Observation,
  states: string,
): Promise<Row> {
  const root = metrics(states)
  const graph = cutStages({ root, caches: new Map(), observations: new Map() }, { kind: 'collect' }, 1)
  const rows: Row[] = []
  for await (const block of driver.submit(graph).blocks) append(rows, rowsFromBlock(graph.stages.at(-1)!.schema, block))
  if (rows[0]) return rows[0]
  throw new MillraceError('INTERNAL_ERROR', { message: `the observation ${name} gave no row` })
}
