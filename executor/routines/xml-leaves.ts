import type { DataType } from '../../columnar/types.js'
import type { XmlReading } from '../../planner/plan/expression/xml-shape.js'

const BITS: Readonly<Partial<Record<DataType['kind'], number>>> = { tinyint: 8, smallint: 16, int: 32, bigint: 64 }
const WHOLE = /^[+-]?\d+$/
const FLOATING = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?[dDfF]?$/
const SPECIAL = /^[+-]?(?:NaN|Infinity)$/
const DECIMAL = /^[+-]?(?:[\d,]*\d[\d,]*\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/
const BOOLEANS: Readonly<Record<string, string>> = { true: 'true', 1: 'true', false: 'false', 0: 'false' }

/** A text as JSON of a value of a type; undefined where it is none. Dates and times are texts in JSON, too. */
export function xmlLeaf(
  content: string,
  kind: DataType['kind'],
  { ignoreSurroundingSpaces, nullValue }: XmlReading,
): string | undefined {
  const text = ignoreSurroundingSpaces ? content.trim() : content
  if (text === nullValue || (text === '' && kind !== 'string')) return 'null'
  switch (kind) {
    case 'tinyint':
    case 'smallint':
    case 'int':
    case 'bigint':
      return wholeNumber(text, BITS[kind]!)
    case 'float':
    case 'double':
      return floating(text)
    case 'decimal':
      return DECIMAL.test(text) ? plainNumber(text.replaceAll(',', '')) : undefined
    case 'boolean':
      return BOOLEANS[text.toLowerCase()]
    case 'binary':
      return JSON.stringify(Buffer.from(text, 'utf8').toString('base64'))
    // As Spark has it, which writes them into XML and does not read them.
    case 'interval':
    case 'interval_ym':
    case 'interval_dt':
      return undefined
    default:
      return JSON.stringify(text)
  }
}

function wholeNumber(text: string, bits: number): string | undefined {
  if (!WHOLE.test(text)) return undefined
  const value = BigInt(text.replace('+', ''))
  return BigInt.asIntN(bits, value) === value ? String(value) : undefined
}

function floating(text: string): string | undefined {
  if (SPECIAL.test(text)) return JSON.stringify(text.replace('+', ''))
  return FLOATING.test(text) ? plainNumber(text.replace(/[dDfF]$/, '')) : undefined
}

/** Digits as JSON has them: no plus, and some before and behind a point. */
const plainNumber = (text: string): string =>
  text
    .replace(/^\+/, '')
    .replace(/^(-?)0+(?=\d)/, '$1')
    .replace(/^(-?)\./, '$10.')
    .replace(/\.(?=$|[eE])/, '')
