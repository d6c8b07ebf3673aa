import type { Origin } from '../../../common/errors/condition.js'
import type { Stage } from '../../../planner/plan/physical/plan.js'

/** What differs from query to query without changing the code: identities, and where data lies. */
const IGNORED: ReadonlySet<string> = new Set([
  'id',
  'scanId',
  'stageId',
  'cacheId',
  'source',
  'filters',
  'qualifier',
  'rows',
])

/** What of a stage the compiler looks at. */
function compiledParts({ sink, root, schema }: Stage): object {
  return { root, schema, partitioning: sink.kind === 'shuffle' ? sink.partitioning : undefined }
}

/**
 * A text that is the same for stages that compile to the same module. Where in a query's text something was written does not count: an error
 * is told with the place in the query at hand (see `originsOf`).
 */
export function fingerprintOf(stage: Stage): string {
  return JSON.stringify(compiledParts(stage), (key, value: unknown) => {
    if (IGNORED.has(key)) return undefined
    if (key === 'origin') return true
    if (typeof value === 'bigint') return `${value}n`
    if (value instanceof Uint8Array) return `x${Buffer.from(value).toString('hex')}`
    if (typeof value === 'number' && (!Number.isFinite(value) || Object.is(value, -0))) {
      return `f${Object.is(value, -0) ? '-0' : value}`
    }
    return value
  })
}

/** All places in the query's text that a stage knows, in the order of its fingerprint: the same place has the same number in stages that share one. */
export const originsOf = (stage: Stage): readonly Origin[] => originsIn(compiledParts(stage))

/** All places in a query's text that a part of a plan knows. */
export function originsIn(part: object): readonly Origin[] {
  const origins: Origin[] = []
  const visit = (value: unknown): void => {
    if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return
    for (const [key, member] of Object.entries(value)) {
      if (key === 'origin' && member !== undefined) origins.push(member as Origin)
      else if (key !== 'type' && !IGNORED.has(key)) visit(member)
    }
  }
  visit(part)
  return origins
}
