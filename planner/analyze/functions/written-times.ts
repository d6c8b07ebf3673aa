import { BINARY, type DataType, INT, map, STRING } from '../../../columnar/types.js'
import { MillraceError } from '../../../common/errors/millrace-error.js'
import { literal } from '../../plan/expression/build.js'
import type { Expression } from '../../plan/expression/expression.js'
import type { TextOptions } from '../../plan/expression/text-options.js'
import { clockWritingProgram } from '../../plan/time-pattern/clock.js'
import { withTexts } from '../types/interval-parts.js'
import { withParts } from '../types/parts.js'
import { kernelCall } from './definition.js'
import { asFirstDay } from './of-day.js'
import type { OptionSite } from './text-options.js'

const isTime = (type: DataType): boolean => type.kind === 'time'

/**
 * The value with its times of day as texts by the option `timeFormat`, and the other options. Only CSV tells the keys of maps by it.
 * @throws UNSUPPORTED_FEATURE
 */
export function withWrittenTimes(
  value: Expression,
  { timeFormat, ...others }: TextOptions,
  keys: 'by format' | 'plain',
  site: OptionSite,
): readonly [Expression, TextOptions] {
  if (timeFormat === undefined) return [value, others]
  const program = literal(BINARY, programOf(timeFormat, site))
  const change = {
    isOf: (type: DataType, target: DataType) => isTime(type) && !isTime(target),
    changed: (time: Expression) => kernelCall('formatTime', STRING, [asFirstDay(time), literal(INT, 0), program], site),
  }
  const told = withTexts(value.type, isTime)
  return [withParts(value, change, keys === 'plain' ? withKeysOf(value.type, told) : told), others]
}

function programOf(pattern: string, { origin }: OptionSite): Uint8Array {
  try {
    return clockWritingProgram(pattern)
  } catch (error) {
    if (!MillraceError.is(error)) throw error
    throw new MillraceError(error.condition, error.parameters, { origin })
  }
}

/** A type with the keys of the maps of another one that has the same parts. */
function withKeysOf(type: DataType, told: DataType): DataType {
  if (type.kind === 'struct' && told.kind === 'struct')
    return { ...told, fields: told.fields.map((f, i) => ({ ...f, type: withKeysOf(type.fields[i]!.type, f.type) })) }
  if (type.kind === 'array' && told.kind === 'array')
    return { ...told, element: withKeysOf(type.element, told.element) }
  if (type.kind === 'map' && told.kind === 'map')
    return map(type.key, withKeysOf(type.value, told.value), told.valueContainsNull)
  return told
}
