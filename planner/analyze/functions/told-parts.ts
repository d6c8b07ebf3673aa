import { type DataType, partTypes, sameType } from '../../../columnar/types.js'
import type { Expression } from '../../plan/expression/expression.js'
import type { TextOptions } from '../../plan/expression/text-options.js'
import { QUOTED_TEXTS, quotedPath } from '../../plan/text-specs/quoted-texts.js'
import { castInterval } from '../types/interval-casts.js'
import { withTexts } from '../types/interval-parts.js'
import { type PartChange, withParts } from '../types/parts.js'

/* Intervals of months, days and microseconds within JSON and CSV: they are read as texts, of which they are made then. A text that says none is NULL, and no fault. */

const isTold = (type: DataType): boolean => type.kind === 'interval'

const READING: PartChange = {
  isOf: (type, target) => type.kind === 'string' && isTold(target),
  changed: (part, target) => castInterval(part, target, 'try', part.origin),
}

type Read = (type: DataType, options: TextOptions) => Expression

/** In JSON they are in quotes; what else is there is malformed. */
export function jsonWithTexts(type: DataType, options: TextOptions, read: Read): Expression {
  const plain = withTexts(type, isTold)
  if (sameType(type, plain)) return read(type, options)
  const quoted = { ...options, [QUOTED_TEXTS]: JSON.stringify(pathsIn(type, '')) }
  return withParts(read(plain, quoted), READING, type)
}

function pathsIn(type: DataType, path: string): readonly string[] {
  if (isTold(type)) return [path]
  const names = type.kind === 'struct' ? type.fields.map(({ name }) => name) : []
  return partTypes(type).flatMap((part, i) => pathsIn(part, quotedPath(path, names[i] ?? '')))
}

export function csvWithTexts(type: DataType, options: TextOptions, read: Read): Expression {
  const plain = withTexts(type, isTold)
  return sameType(type, plain) ? read(type, options) : withParts(read(plain, options), READING, type)
}
