import {
  array,
  type DataType,
  isAnyInterval,
  isInterval,
  map,
  partTypes,
  STRING,
  struct,
} from '../../../columnar/types.js'
import type { Expression } from '../../plan/expression/expression.js'
import { castInterval } from './interval-casts.js'
import { type PartChange, withParts } from './parts.js'

/* Intervals within other values, which kernels do not print, read or cast: casts of these are made part by part. */

const isEither = (type: DataType, target: DataType): boolean => isAnyInterval(type) || isAnyInterval(target)

const CASTS: PartChange = { isOf: isEither, changed: (part, target) => castInterval(part, target, 'ansi', part.origin) }
const TRIED: PartChange = { isOf: isEither, changed: (part, target) => castInterval(part, target, 'try', part.origin) }

/** The value with its intervals as those of another type, or what is to be intervals as such. */
export const withIntervals = (e: Expression, target: DataType, mode: 'ansi' | 'try'): Expression =>
  withParts(e, mode === 'try' ? TRIED : CASTS, target)

/** The value with its intervals as texts. */
export const intervalsAsTexts = (e: Expression): Expression => withIntervals(e, withTexts(e.type), 'ansi')

/** The same where they are written; the keys of maps are told otherwise there, unless they are intervals of all parts. */
export const writtenIntervals = (e: Expression): Expression => (hasOtherKeys(e.type) ? e : intervalsAsTexts(e))

const hasOtherKeys = (type: DataType): boolean =>
  (type.kind === 'map' && isInterval(type.key)) || partTypes(type).some(hasOtherKeys)

/** The type with texts in the place of intervals, or of other parts. */
export function withTexts(type: DataType, isTold: (type: DataType) => boolean = isAnyInterval): DataType {
  switch (type.kind) {
    case 'struct':
      return struct(type.fields.map((f) => ({ ...f, type: withTexts(f.type, isTold) })))
    case 'array':
      return array(withTexts(type.element, isTold), type.containsNull)
    case 'map':
      return map(withTexts(type.key, isTold), withTexts(type.value, isTold), type.valueContainsNull)
    default:
      return isTold(type) ? STRING : type
  }
}
