import type { StageAdaptivity } from '../plan/physical/adaptivity.js'

/** What may be decided of a stage while the query runs. */
export function adaptivityText({ merge, split, broadcast, swap }: StageAdaptivity): string {
  const parts = [
    ...(merge ? ['small partitions may be read together'] : []),
    ...(split ? [`large ones of stages ${split.stages.join(', ')} may be shared`] : []),
    ...(broadcast
      ? [`stage ${broadcast.right} may be broadcast, and stage ${broadcast.left} be part of this one`]
      : []),
    ...(swap ? [`the join may make its table of stage ${swap.left}`] : []),
  ]
  return parts.join('; ')
}
