import type { Origin } from '../../../common/errors/condition.js'
import { type Routine, routineText } from '../../../planner/plan/expression/routine.js'
import { physicalInputs } from '../../../planner/plan/physical/inputs.js'
import type { PhysicalPlan, Stage } from '../../../planner/plan/physical/plan.js'
import { NumberedLiteral } from '../../compiler/late-literals.js'

/** What differs from query to query without changing the code: identities, and where data lies. */
const IGNORED: ReadonlySet<string> = new Set([
  'id',
  'scanId',
  'stageId',
  'cacheId',
  'source',
  'filters',
  'meaning',
  'rule',
  'qualifier',
  'rows',
  'estimate',
])

/** What of a stage the compiler looks at. */
function compiledParts({ sink, root, schema, isMeasured }: Stage): object {
  return { root, schema, partitioning: sink.kind === 'shuffle' ? sink.partitioning : undefined, isMeasured }
}

/**
 * A text that is the same for stages that compile to the same module, if that depends on their literals, which have numbers, in the same way. Where
 * in a query's text something was written does not count: an error is told with the place in the query at hand (see `originsOf`).
 */
export function fingerprintOf(stage: Stage): string {
  const parts = compiledParts(stage)
  const keepsNames = readsNames(stage.root)
  return JSON.stringify(parts, (key, value: unknown) => {
    if (IGNORED.has(key) || (key === 'name' && !keepsNames)) return undefined
    // Those of fields belong to the type of a struct, which is read from texts and written to them.
    if (key === 'type') return JSON.stringify(value)
    if (key === 'origin') return true
    // Of one label there may be several kernels.
    if (key === 'routine') return `${(value as Routine).label} ${routineText(value as Routine)}`
    if (typeof value === 'bigint') return `${value}n`
    if (value instanceof NumberedLiteral) return { literal: value.number, type: value.type }
    if (value instanceof Uint8Array) return `x${Buffer.from(value).toString('hex')}`
    if (typeof value === 'number' && (!Number.isFinite(value) || Object.is(value, -0))) {
      return `f${Object.is(value, -0) ? '-0' : value}`
    }
    return value
  })
}

/** Whether a stage has an operator that writes the names of columns to its state, or gives them to a function of the user. */
const readsNames = (plan: PhysicalPlan): boolean =>
  'state' in plan || plan.kind === 'mapPartitions' || physicalInputs(plan).some(readsNames)

/** All places in the query's text that a stage knows, in the order of its fingerprint: the same place has the same number in stages that share one. */
export const originsOf = (stage: Stage): readonly Origin[] => originsIn(compiledParts(stage))

/** All places in a query's text that a part of a plan knows. */
export function originsIn(part: object): readonly Origin[] {
  const origins: Origin[] = []
  const visit = (value: unknown): void => {
    if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return
    // Nothing goes wrong at a literal, and those that have numbers have no place.
    if ('kind' in value && value.kind === 'literal') return
    for (const [key, member] of Object.entries(value)) {
      if (key === 'origin' && member !== undefined) origins.push(member as Origin)
      else if (key !== 'type' && !IGNORED.has(key)) visit(member)
    }
  }
  visit(part)
  return origins
}
