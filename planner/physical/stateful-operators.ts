import { physicalInputs } from '../plan/physical/inputs.js'
import type { PhysicalPlan } from '../plan/physical/plan.js'
import type { KeptParts, KeptState, PhysicalStateful, PhysicalWatermark } from '../plan/physical/stateful.js'
import type { Planning } from './planning.js'

/** The operators of a query that keep state, the last one first. */
export function statefulOperators(plan: PhysicalPlan): readonly PhysicalStateful[] {
  const below = physicalInputs(plan).flatMap(statefulOperators)
  return 'state' in plan ? [plan, ...below] : below
}

/** All that an operator keeps. */
export const statesOf = (state: KeptState): readonly Pick<KeptState, 'operatorId' | 'parts'>[] => [
  state,
  ...(state.others ?? []),
]

/** The watermarks of a query. */
export function watermarksOf(plan: PhysicalPlan): readonly PhysicalWatermark[] {
  const below = physicalInputs(plan).flatMap(watermarksOf)
  return plan.kind === 'watermark' ? [plan, ...below] : below
}

/** What an operator keeps over its inputs. Where rows below are kept for ever, it sees no event time: none ever passes for the last one. */
export function keptState(planning: Planning, inputs: readonly PhysicalPlan[], parts: KeptParts): KeptState {
  const operatorId = planning.nextOperatorId()
  const behind = greatest(inputs.map(behindWatermarks))
  if (behind === undefined) return { operatorId, parts, watermarks: [] }
  const watermarks = inputs.flatMap((input) => watermarksOf(input).map(({ watermarkId }) => watermarkId))
  return { operatorId, parts, watermarks, ...(behind > 0n ? { behindMicros: behind } : {}) }
}

/** How far the event times of the rows of an operator may be behind its watermarks; undefined where they may be so by any time. */
function behindWatermarks(plan: PhysicalPlan): bigint | undefined {
  const below = greatest(physicalInputs(plan).map(behindWatermarks))
  if (plan.kind !== 'streamJoin' || below === undefined) return below
  return plan.holdsMicros === undefined ? undefined : below + plan.holdsMicros
}

const greatest = (all: readonly (bigint | undefined)[]): bigint | undefined =>
  all.reduce((most, one) => (most === undefined || one === undefined ? undefined : one > most ? one : most), 0n)
