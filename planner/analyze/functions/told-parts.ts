import { type DataType, isAnyInterval, partTypes, sameType, TIME } from '../../../columnar/types.js'
import { MillraceError } from '../../../common/errors/millrace-error.js'
import { cast } from '../../plan/expression/build.js'
import type { Expression } from '../../plan/expression/expression.js'
import type { TextOptions } from '../../plan/expression/text-options.js'
import { QUOTED_TEXTS, quotedPath } from '../../plan/text-specs/quoted-texts.js'
import { castInterval } from '../interval-casts.js'
import { withTexts } from '../interval-parts.js'
import { type PartChange, withParts } from '../parts.js'
import { nanosOf, ofNanos } from './of-day.js'
import type { OptionSite } from './text-options.js'

/* Intervals and times of day within JSON and CSV: they are read as texts, of which they are made then. A text that says none is NULL. */

const isTold = (type: DataType): boolean => isAnyInterval(type) || type.kind === 'time'

const READ: PartChange = {
  isOf: (type, target) => type.kind === 'string' && isTold(target),
  changed: (part, target) =>
    target.kind === 'time'
      ? // All digits stay, whatever the type says.
        ofNanos(nanosOf(cast(part, TIME, 'try')), target)
      : castInterval(part, target, 'try', part.origin),
}

type Read = (type: DataType, options: TextOptions) => Expression

/** In JSON they are in quotes; what else is there is malformed. @throws UNSUPPORTED_FEATURE for times that fail or are kept where they are malformed */
export function jsonWithTexts(type: DataType, options: TextOptions, site: OptionSite, read: Read): Expression {
  const plain = withTexts(type, isTold)
  if (sameType(type, plain)) return read(type, options)
  if (hasTimes(type)) refuseModes(options, site)
  refuseListedTimes(type, site)
  const quoted = { ...options, [QUOTED_TEXTS]: JSON.stringify(pathsIn(type, '')) }
  return withParts(read(plain, quoted), READ, type)
}

/** A text that is no time makes all of an array or map NULL. @throws UNSUPPORTED_FEATURE for such */
function refuseListedTimes(type: DataType, site: OptionSite): void {
  if ((type.kind === 'array' || type.kind === 'map') && hasTimes(type)) {
    const feature = `${site.name} of times in arrays and maps`
    throw new MillraceError('UNSUPPORTED_FEATURE', { feature }, { origin: site.origin })
  }
  for (const part of partTypes(type)) refuseListedTimes(part, site)
}

function pathsIn(type: DataType, path: string): readonly string[] {
  if (isTold(type)) return [path]
  const names = type.kind === 'struct' ? type.fields.map(({ name }) => name) : []
  return partTypes(type).flatMap((part, i) => pathsIn(part, quotedPath(path, names[i] ?? '')))
}

/** In CSV a text that says none makes a row malformed. @throws UNSUPPORTED_FEATURE where that matters */
export function csvWithTexts(type: DataType, options: TextOptions, site: OptionSite, read: Read): Expression {
  const plain = withTexts(type, isTold)
  if (sameType(type, plain)) return read(type, options)
  refuseModes(options, site)
  return withParts(read(plain, options), READ, type)
}

const hasTimes = (type: DataType): boolean => type.kind === 'time' || partTypes(type).some(hasTimes)

function refuseModes(options: TextOptions, { name, origin }: OptionSite): void {
  if (options['mode'] !== 'FAILFAST' && options['columnNameOfCorruptRecord'] === undefined) return
  const feature = `${name} of intervals or times that fails, or keeps what is malformed`
  throw new MillraceError('UNSUPPORTED_FEATURE', { feature }, { origin })
}
