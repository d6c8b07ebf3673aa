import { array, type DataType, field, STRING, type StructType, struct, VOID } from '../../../columnar/types.js'
import { MillraceError } from '../../../common/errors/millrace-error.js'
import type { Options } from '../../../connectors/api.js'
import { call } from '../../plan/expression/build.js'
import type { Expression } from '../../plan/expression/expression.js'
import { inOrder, mergedType } from '../functions/inferred-types.js'
import { checkSchema, JSON_READING } from '../functions/json.js'
import { jsonTypeOf, settledType } from '../functions/json-inference.js'
import { type OptionRules, optionsFor } from '../functions/text-options.js'
import { CORRUPT_RECORD, checkedMode } from '../functions/text-schema.js'
import { FILE_OPTIONS, given, siteOf, sourceOptions } from './file-options.js'
import type { FoundRows, SchemaInference, TextFormat } from './text-format.js'

const NAME = 'json'
const SITE = siteOf(NAME)
const RULES: OptionRules = { ...FILE_OPTIONS, ...JSON_READING }

const checked = (options: Options): Options => sourceOptions(options, RULES, NAME)

function linesOf(options: Options): Options {
  const { lineSep, multiLine } = checked(options)
  return given({ 'lines.skipBlank': 'true', lineSep, wholetext: multiLine })
}

/** Objects of JSON, one a line, or one file each, as Spark reads them. */
export const jsonFormat: TextFormat = {
  name: NAME,
  rules: RULES,
  lines: linesOf,
  sampledLines: linesOf,
  needsFirstLineOnly: () => false,
  infer: (options) => new JsonInference(checked(options)),
  byFirstLine: (options) =>
    options['multiLine'] === 'auto' ? (line) => ({ ...options, multiLine: String(!isWholeObject(line)) }) : undefined,
  isListed: (options) => checked(options)['multiLine'] === 'true',

  rows(text: Expression, type: StructType, options: Options, isListed: boolean): Expression {
    const { path, lineSep, multiLine, primitivesAsString, prefersDecimal, mode, ...read } = checked(options)
    const whole = isListed ? array(type) : type
    checkSchema(whole, { sql: `"${NAME}"`, origin: undefined })
    const texts = checkedMode(type, given({ ...read, mode: mode === 'DROPMALFORMED' ? undefined : mode }), SITE)
    return call('from_json', whole, [text], { texts: optionsFor(whole, texts, 'reading', SITE), nullable: true })
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

class JsonInference implements SchemaInference {
  readonly #options: Options
  #type: DataType = VOID
  #isListed = false
  #isDamaged = false

  constructor(options: Options) {
    this.#options = options
  }

  /** @throws MALFORMED_RECORD_IN_PARSING.WITHOUT_SUGGESTION when malformed rows are to fail */
  add(line: string): void {
    const type = this.#typeOf(line)
    if (type.kind === 'array') this.#isListed = true
    const row = type.kind === 'array' ? type.element : type
    if (row.kind === 'struct') this.#type = mergedType(this.#type, row)
    else if (row.kind !== 'void') this.#isDamaged = true
  }

  #typeOf(line: string): DataType {
    try {
      return jsonTypeOf(line, this.#options, undefined)
    } catch (error) {
      if (!MillraceError.is(error) || this.#options['mode'] === 'FAILFAST') throw error
      return STRING
    }
  }

  result(): FoundRows {
    const found = this.#type.kind === 'struct' ? settledType(this.#type) : struct([])
    const fields = found.kind === 'struct' ? found.fields : []
    const name = this.#options['columnNameOfCorruptRecord'] ?? CORRUPT_RECORD
    const isKept = this.#isDamaged && this.#options['mode'] === undefined
    const damaged = isKept && !fields.some((one) => one.name === name) ? [field(name, STRING)] : []
    return { schema: { fields: inOrder([...damaged, ...fields]) }, isListed: this.#isListed }
  }
}
