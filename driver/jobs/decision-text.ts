import { sizeText } from '../../common/size-text.js'
import type { Decision } from './adaption.js'

/** What was decided of a stage, as people read it. */
export function decisionText(decision: Decision): string {
  switch (decision.kind) {
    case 'divided': {
      const { merging, shared } = decision
      const parts = [
        ...(merging > 0 ? [`tasks that read several small partitions: ${merging}`] : []),
        ...(shared > 0 ? [`large partitions that several tasks share: ${shared}`] : []),
      ]
      return parts.join(', ')
    }
    case 'broadcast': {
      const { left, right, bytes } = decision
      return `the right side of its join, stage ${right}, has only ${sizeText(bytes)}: it is broadcast, and stage ${left} is part of this one`
    }
    case 'swapped': {
      const { leftBytes, rightBytes } = decision
      return `the table of its join is made of the left side, which has ${sizeText(leftBytes)}, not of the right one, which has ${sizeText(rightBytes)}`
    }
  }
}
