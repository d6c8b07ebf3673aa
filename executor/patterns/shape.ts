import { ALL, type Ranges, union, unionOf } from './ranges.js'
import type { Pattern } from './syntax.js'

/* What may be said of the texts that a pattern matches. */

/** Whether a pattern may match nothing. */
export function mayBeEmpty(pattern: Pattern): boolean {
  switch (pattern.kind) {
    case 'set':
      return false
    case 'sequence':
      return pattern.parts.every(mayBeEmpty)
    case 'choice':
      return pattern.parts.some(mayBeEmpty)
    case 'repeat':
      return pattern.min === 0 || mayBeEmpty(pattern.body)
    case 'group':
    case 'atomic':
      return mayBeEmpty(pattern.body)
    case 'place':
    case 'look':
    case 'same':
      return true
  }
}

/** The characters that a match may begin with, when it is not empty. Errs on the side of more. */
export function firstOf(pattern: Pattern): Ranges {
  switch (pattern.kind) {
    case 'set':
      return pattern.set
    case 'choice':
      return union(...pattern.parts.map(firstOf))
    case 'sequence':
      return firstOfSequence(pattern.parts)
    case 'repeat':
      return pattern.max === 0 ? [] : firstOf(pattern.body)
    case 'group':
    case 'atomic':
      return firstOf(pattern.body)
    case 'same':
      return ALL
    case 'place':
    case 'look':
      return []
  }
}

function firstOfSequence(parts: readonly Pattern[]): Ranges {
  const last = parts.findIndex((part) => !mayBeEmpty(part))
  return unionOf((last < 0 ? parts : parts.slice(0, last + 1)).map(firstOf))
}

/** Whether something is decided by more than the characters of a match. */
export function looksAround(pattern: Pattern): boolean {
  switch (pattern.kind) {
    case 'place':
    case 'look':
    case 'same':
      return true
    case 'set':
      return false
    case 'sequence':
    case 'choice':
      return pattern.parts.some(looksAround)
    case 'repeat':
    case 'group':
    case 'atomic':
      return looksAround(pattern.body)
  }
}

/**
 * Whether being at a place for the second time may end otherwise than the first: where a match depends on what groups have, and where a group
 * gets what the last round of a loop had, which may be nothing.
 */
export function dependsOnGroups(pattern: Pattern, isInEmptyLoop = false): boolean {
  const inner = (part: Pattern): boolean => dependsOnGroups(part, isInEmptyLoop)
  switch (pattern.kind) {
    case 'same':
      return true
    case 'set':
    case 'place':
      return false
    case 'sequence':
    case 'choice':
      return pattern.parts.some(inner)
    case 'repeat':
      return dependsOnGroups(pattern.body, isInEmptyLoop || (pattern.max > 1 && mayBeEmpty(pattern.body)))
    case 'group':
      return isInEmptyLoop || inner(pattern.body)
    case 'atomic':
    case 'look':
      return inner(pattern.body)
  }
}

/** The fewest and the most characters of a match. */
export function lengthOf(pattern: Pattern): readonly [number, number] {
  switch (pattern.kind) {
    case 'set':
      return [1, 1]
    case 'sequence':
      return sum(pattern.parts.map(lengthOf))
    case 'choice': {
      const lengths = pattern.parts.map(lengthOf)
      return lengths.reduce(([fewest, most], [a, b]) => [Math.min(fewest, a), Math.max(most, b)])
    }
    case 'repeat': {
      const [fewest, most] = lengthOf(pattern.body)
      return [fewest * pattern.min, most === 0 ? 0 : most * pattern.max]
    }
    case 'group':
    case 'atomic':
      return lengthOf(pattern.body)
    case 'place':
    case 'look':
      return [0, 0]
    case 'same':
      return [0, Number.POSITIVE_INFINITY]
  }
}

const sum = (lengths: readonly (readonly [number, number])[]): readonly [number, number] => [
  lengths.reduce((total, [fewest]) => total + fewest, 0),
  lengths.reduce((total, [, most]) => total + most, 0),
]

/** Whether a match can only begin where the text does. */
export function isAnchored(pattern: Pattern): boolean {
  switch (pattern.kind) {
    case 'place':
      return pattern.place === 'begin' || pattern.place === 'searchBegin'
    case 'sequence':
      return pattern.parts.length > 0 && isAnchored(pattern.parts[0]!)
    case 'choice':
      return pattern.parts.every(isAnchored)
    case 'group':
    case 'atomic':
      return isAnchored(pattern.body)
    case 'set':
    case 'repeat':
    case 'look':
    case 'same':
      return false
  }
}
