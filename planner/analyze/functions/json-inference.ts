import { array, type DataType, field, STRING, type StructType, struct } from '../../../columnar/types.js'
import type { Origin } from '../../../common/errors/condition.js'
import { MillraceError } from '../../../common/errors/millrace-error.js'
import type { TextOptions } from '../../plan/expression/text-options.js'
import { encodeJsonSample } from '../../plan/text-specs/sample-spec.js'
import { analysisSession } from '../session.js'
import { shapesOfText, typeOfShape } from '../text-formats/line-shapes.js'
import type { CallSite } from './definition.js'
import { mergedType } from './inferred-types.js'

export const malformedJson = (badRecord: string, origin?: Origin): MillraceError =>
  new MillraceError(
    'MALFORMED_RECORD_IN_PARSING.WITHOUT_SUGGESTION',
    { badRecord, failFastMode: 'FAILFAST' },
    { origin },
  )

export const negativeScale = (scale: number, origin?: Origin): MillraceError =>
  new MillraceError(
    'NEGATIVE_SCALE_DISALLOWED',
    { scale, sqlConf: '"spark.sql.legacy.allowNegativeScaleOfDecimal"' },
    { origin },
  )

/** What nothing is known of is text; structs without fields, and fields without names, are left out. */
function canonical(type: DataType, options: TextOptions): DataType | undefined {
  switch (type.kind) {
    case 'void':
      return options['dropFieldIfAllNull'] === 'true' ? undefined : STRING
    case 'array': {
      const element = canonical(type.element, options)
      return element && array(element)
    }
    case 'struct': {
      const fields = type.fields.flatMap(({ name, type: inner }) => {
        const known = name === '' ? undefined : canonical(inner, options)
        return known ? [field(name, known)] : []
      })
      return fields.length > 0 ? struct(fields) : undefined
    }
    default:
      return type
  }
}

const NO_FIELDS: StructType = struct([])

/** The type of a text of JSON as Spark infers it. @throws MALFORMED_RECORD_IN_PARSING.WITHOUT_SUGGESTION, NEGATIVE_SCALE_DISALLOWED */
export function inferJson(text: string, options: TextOptions, site: CallSite): DataType {
  const { timeZone, timestampType } = analysisSession()
  const sample = encodeJsonSample({ timeZone, ...options }, timestampType === 'TIMESTAMP_NTZ')
  const { damaged, negativeScale: scale, row } = shapesOfText(text, sample, site)
  if (damaged) throw malformedJson(text, site.origin)
  if (scale !== undefined) throw negativeScale(scale, site.origin)
  return settledType(typeOfShape(row, mergedType), options)
}

/** A type with text where nothing is known. */
export function settledType(type: DataType, options: TextOptions): DataType {
  const known = canonical(type, options)
  if (known) return known
  return type.kind === 'array' && type.element.kind === 'struct'
    ? array(NO_FIELDS)
    : type.kind === 'struct'
      ? NO_FIELDS
      : STRING
}
