import type { Stage } from '../../../planner/plan/physical/plan.js'

/** What differs from query to query without changing the code: identities, and where data lies. */
const IGNORED: ReadonlySet<string> = new Set(['id', 'scanId', 'stageId', 'cacheId', 'source', 'filters', 'qualifier'])

/** A text that is the same for stages that compile to the same module. Positions in the query's text belong to it: errors show them. */
export function fingerprintOf(stage: Stage): string {
  const { sink, root, schema } = stage
  const partitioning = sink.kind === 'shuffle' ? sink.partitioning : undefined
  return JSON.stringify({ root, schema, partitioning }, (key, value: unknown) => {
    if (IGNORED.has(key)) return undefined
    if (typeof value === 'bigint') return `${value}n`
    if (value instanceof Uint8Array) return `x${Buffer.from(value).toString('hex')}`
    if (typeof value === 'number' && (!Number.isFinite(value) || Object.is(value, -0))) {
      return `f${Object.is(value, -0) ? '-0' : value}`
    }
    return value
  })
}
