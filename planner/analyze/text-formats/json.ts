import { array, field, quotedTypeName, STRING, type StructType, struct, VOID } from '../../../columnar/types.js'
import { MillraceError } from '../../../common/errors/millrace-error.js'
import type { Options } from '../../../connectors/api.js'
import { call } from '../../plan/expression/build.js'
import type { Expression } from '../../plan/expression/expression.js'
import { EXACT_TEXTS } from '../../plan/text-specs/json-flags.js'
import { encodeJsonSample } from '../../plan/text-specs/sample-spec.js'
import { inOrder, mergedType } from '../functions/inferred-types.js'
import { checkSchema, JSON_READING } from '../functions/json.js'
import { malformedJson, negativeScale, settledType } from '../functions/json-inference.js'
import { type OptionRules, optionsFor } from '../functions/text-options.js'
import { CORRUPT_RECORD, checkedMode } from '../functions/text-schema.js'
import { jsonWithTexts } from '../functions/told-parts.js'
import type { AnalysisSession } from '../session.js'
import { FILE_OPTIONS, given, selectionOf, siteOf, sourceOptions, without } from './file-options.js'
import { type LineShapes, typeOfShape } from './line-shapes.js'
import type { SchemaInference, TextFormat } from './text-format.js'

const NAME = 'json'
const SITE = siteOf(NAME)
const off = { kind: 'flag', usual: false } as const
/** What is told of files and of how columns are found, and not of rows. */
const OF_FILES: OptionRules = {
  ...FILE_OPTIONS,
  primitivesAsString: off,
  prefersDecimal: off,
  dropFieldIfAllNull: off,
  inferTimestamp: off,
  samplingRatio: { kind: 'text', usual: '1.0' },
}
const RULES: OptionRules = { ...OF_FILES, ...JSON_READING }

const checked = (options: Options): Options => sourceOptions(options, RULES, NAME)

function linesOf(options: Options): Options {
  const { lineSep, multiLine, charset, encoding = charset, ...others } = checked(options)
  return given({ ...selectionOf(others), 'lines.skipBlank': 'true', lineSep, encoding, wholetext: multiLine })
}

/** Objects of JSON, one a line, or one file each, as Spark reads them. */
export const jsonFormat: TextFormat = {
  name: NAME,
  rules: RULES,
  lines: linesOf,
  sampledLines: linesOf,
  infer: inferred,
  byFirstLine: (options) =>
    options['multiLine'] === 'auto' ? (line) => ({ ...options, multiLine: String(!isWholeObject(line)) }) : undefined,
  isListed: (options) => checked(options)['multiLine'] === 'true',

  listsByFirstLine(options) {
    const { multiLine, lineSep, encoding, charset } = checked(options)
    const areUsual = [multiLine, lineSep, encoding, charset].every((option) => option === undefined)
    return areUsual ? (line) => line.trimStart().startsWith('[') : undefined
  },

  rows(text: Expression, type: StructType, options: Options, isListed: boolean): Expression {
    const { mode, ...others } = checked(options)
    // Spark knows the bytes of a file as long as it does not decode them itself.
    const isExact = others['encoding'] === undefined && others['charset'] === undefined
    const read = { ...without(others, OF_FILES), ...(isExact ? { [EXACT_TEXTS]: 'true' } : {}) }
    const whole = isListed ? array(type) : type
    checkSchema(whole, { sql: `"${NAME}"`, origin: undefined })
    const texts = checkedMode(type, given({ ...read, mode: mode === 'DROPMALFORMED' ? undefined : mode }), SITE)
    return jsonWithTexts(whole, optionsFor(whole, texts, 'reading', SITE), (as, how) =>
      call('from_json', as, [text], { texts: how, nullable: true }),
    )
  },
}

/** Whether a line is an object by itself, as in files that have one a line. */
function isWholeObject(line: string): boolean {
  if (!line.trimStart().startsWith('{')) return false
  try {
    JSON.parse(line)
    return true
  } catch {
    return false
  }
}

/** Columns are the fields of all objects; what is none makes a column of malformed lines. */
function inferred(given: Options, session: AnalysisSession): SchemaInference {
  const options = checked(given)
  const timeZone = options['timeZone'] ?? session.timeZone
  return {
    needsFirstLine: false,
    sample: () => encodeJsonSample({ ...options, timeZone }, session.timestampType === 'TIMESTAMP_NTZ'),

    found(_, shapes) {
      refuse(shapes, options)
      const rows = shapes.map(({ row }) => typeOfShape(row, mergedType)).reduce(mergedType, VOID)
      const found = rows.kind === 'struct' ? settledType(rows, options) : struct([])
      const fields = found.kind === 'struct' ? found.fields : []
      const name = options['columnNameOfCorruptRecord'] ?? CORRUPT_RECORD
      const isKept = shapes.some(({ damaged }) => damaged !== undefined) && options['mode'] === undefined
      const corrupt = isKept && !fields.some((one) => one.name === name) ? [field(name, STRING)] : []
      return { schema: { fields: inOrder([...corrupt, ...fields]) }, isListed: shapes.some(({ isListed }) => isListed) }
    },
  }
}

/** @throws MALFORMED_RECORD_IN_PARSING.WITHOUT_SUGGESTION, INVALID_JSON_RECORD_TYPE, NEGATIVE_SCALE_DISALLOWED */
function refuse(shapes: readonly LineShapes[], options: Options): void {
  const damaged = shapes.find((one) => one.damaged !== undefined)?.damaged
  if (damaged !== undefined && options['mode'] === 'FAILFAST') {
    if (!damaged.shape) throw malformedJson(damaged.line)
    const invalidType = quotedTypeName(typeOfShape(damaged.shape, mergedType))
    throw new MillraceError('INVALID_JSON_RECORD_TYPE', { failFastMode: 'FAILFAST', invalidType })
  }
  const scale = shapes.find(({ negativeScale }) => negativeScale !== undefined)?.negativeScale
  if (scale !== undefined) throw negativeScale(scale)
}
