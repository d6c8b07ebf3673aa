import {
  array,
  BIGINT,
  BOOLEAN,
  type DataType,
  DOUBLE,
  decimal,
  type Field,
  field,
  MAX_DECIMAL_PRECISION,
  STRING,
  type StructType,
  struct,
  VOID,
} from '../../../columnar/types.js'
import type { Origin } from '../../../common/errors/condition.js'
import { MillraceError } from '../../../common/errors/millrace-error.js'
import type { TextOptions } from '../../plan/expression/text-options.js'
import { inOrder, mergedType } from './inferred-types.js'

const MOST_DEPTH = 1000
const WORD = /[A-Za-z_$@#*\u0080-\uffff][\w$@#*\-\u0080-\uffff]*/y
const NUMBER = /-?\d+(\.\d+)?([eE][+-]?\d+)?/y
const SPECIAL = /NaN|[+-]?Infinity|[+-]INF/y
const BLANK = /[ \t\r\n]*/y
const BLANK_OR_COMMENT = /(?:[ \t\r\n]|\/\*[\s\S]*?\*\/|\/\/[^\r\n]*)*/y
const ESCAPES: Readonly<Record<string, string>> = { b: '\b', f: '\f', n: '\n', r: '\r', t: '\t' }

/** Reads JSON as Jackson does, for its types. */
class JsonTypes {
  readonly #text: string
  readonly #options: TextOptions
  readonly #origin: Origin | undefined
  #at = 0

  constructor(text: string, options: TextOptions, origin: Origin | undefined) {
    this.#text = text
    this.#options = options
    this.#origin = origin
  }

  /** The type of the first value; what follows is not looked at. */
  read(): DataType {
    this.#blank()
    return this.#at === this.#text.length ? VOID : this.#value(0)
  }

  #fail(): MillraceError {
    const parameters = { badRecord: this.#text, failFastMode: 'FAILFAST' }
    return new MillraceError('MALFORMED_RECORD_IN_PARSING.WITHOUT_SUGGESTION', parameters, { origin: this.#origin })
  }

  #is(option: string): boolean {
    return this.#options[option] === 'true'
  }

  #match(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#at
    const found = pattern.exec(this.#text)?.[0]
    if (found !== undefined) this.#at += found.length
    return found
  }

  #blank(): void {
    this.#match(this.#is('allowComments') ? BLANK_OR_COMMENT : BLANK)
  }

  #accept(sign: string): boolean {
    this.#blank()
    if (this.#text[this.#at] !== sign) return false
    this.#at++
    return true
  }

  #expect(sign: string): void {
    if (!this.#accept(sign)) throw this.#fail()
  }

  #isQuote(sign: string | undefined): boolean {
    return sign === '"' || (sign === "'" && this.#options['allowSingleQuotes'] !== 'false')
  }

  #value(depth: number): DataType {
    if (depth > MOST_DEPTH) throw this.#fail()
    if (this.#accept('{')) return this.#object(depth)
    if (this.#accept('[')) return this.#array(depth)
    if (this.#isQuote(this.#text[this.#at])) return this.#textType(this.#string())
    const plain = this.#is('primitivesAsString') ? STRING : undefined
    const number = this.#match(NUMBER)
    if (number !== undefined) return plain ?? this.#numberType(number)
    if (this.#options['allowNonNumericNumbers'] !== 'false' && this.#match(SPECIAL) !== undefined)
      return plain ?? DOUBLE
    const word = this.#match(WORD)
    if (word === 'true' || word === 'false') return plain ?? BOOLEAN
    if (word === 'null') return VOID
    throw this.#fail()
  }

  #numberType(number: string): DataType {
    const isLeadingZero = /^-?0\d/.test(number)
    if (isLeadingZero && !this.#is('allowNumericLeadingZeros')) throw this.#fail()
    if (/[.eE]/.test(number)) return this.#is('prefersDecimal') ? decimalOf(number, this.#origin) : DOUBLE
    const value = BigInt(number)
    return BigInt.asIntN(64, value) === value ? BIGINT : decimalOf(number, this.#origin)
  }

  #textType(text: string): DataType {
    if (text === '') return VOID
    const isNumber = /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/.test(text)
    return this.#is('prefersDecimal') && isNumber ? decimalOf(text, this.#origin) : STRING
  }

  #string(): string {
    const quote = this.#text[this.#at++]
    let value = ''
    for (;;) {
      const sign = this.#text[this.#at++]
      if (sign === undefined) throw this.#fail()
      if (sign === quote) return value
      if (sign < ' ' && !this.#is('allowUnquotedControlChars')) throw this.#fail()
      value += sign === '\\' ? this.#escape() : sign
    }
  }

  #escape(): string {
    const sign = this.#text[this.#at++]
    if (sign === 'u') {
      const digits = this.#match(/[0-9a-fA-F]{4}/y)
      if (digits === undefined) throw this.#fail()
      return String.fromCharCode(Number.parseInt(digits, 16))
    }
    const isKnown = sign !== undefined && '"\'\\/bfnrt'.includes(sign)
    if (!isKnown && !(sign !== undefined && this.#is('allowBackslashEscapingAnyCharacter'))) throw this.#fail()
    return ESCAPES[sign] ?? sign
  }

  #name(): string {
    this.#blank()
    if (this.#isQuote(this.#text[this.#at])) return this.#string()
    const word = this.#is('allowUnquotedFieldNames') ? this.#match(WORD) : undefined
    if (word === undefined) throw this.#fail()
    return word
  }

  /** Its fields in the order of their names. */
  #object(depth: number): DataType {
    const fields: Field[] = []
    if (!this.#accept('}')) {
      do {
        const name = this.#name()
        this.#expect(':')
        this.#blank()
        fields.push(field(name, this.#value(depth + 1)))
      } while (this.#accept(','))
      this.#expect('}')
    }
    return struct(inOrder(fields))
  }

  #array(depth: number): DataType {
    let element: DataType = VOID
    if (this.#accept(']')) return array(element)
    do {
      this.#blank()
      element = mergedType(element, this.#value(depth + 1))
    } while (this.#accept(','))
    this.#expect(']')
    return array(element)
  }
}

/** A number as a decimal, if it has no more digits than one may have. */
function decimalOf(number: string, origin: Origin | undefined): DataType {
  const [, whole = '', fraction = '', exponent = '0'] = /^[+-]?(\d*)\.?(\d*)(?:[eE]([+-]?\d+))?$/.exec(number) ?? []
  const precision = `${whole}${fraction}`.replace(/^0+(?=\d)/, '').length
  const scale = fraction.length - Number(exponent)
  const digits = Math.max(precision, scale)
  if (digits > MAX_DECIMAL_PRECISION) return DOUBLE
  if (scale < 0) throw negativeScale(scale, origin)
  return decimal(digits, scale)
}

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

/** What a text of JSON alone tells of its type: nothing of NULLs and of what is empty. @throws MALFORMED_RECORD_IN_PARSING.WITHOUT_SUGGESTION */
export const jsonTypeOf = (text: string, options: TextOptions, origin: Origin | undefined): DataType =>
  new JsonTypes(text, options, origin).read()

/** The type of a text of JSON as Spark infers it. @throws MALFORMED_RECORD_IN_PARSING.WITHOUT_SUGGESTION */
export const inferJson = (text: string, options: TextOptions, origin: Origin | undefined): DataType =>
  settledType(jsonTypeOf(text, options, origin), options)

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
