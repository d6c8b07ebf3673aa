import {
  array,
  BIGINT,
  BOOLEAN,
  DATE,
  type DataType,
  DOUBLE,
  field,
  STRING,
  type StructType,
  struct,
  TIME,
  TIMESTAMP,
  VOID,
} from '../../../columnar/types.js'
import { parsedXml } from '../../../common/xml/document.js'
import type { XmlNode } from '../../../common/xml/packages.js'
import { childrenOf, isText, partsOf, type XmlNames } from '../../../common/xml/parts.js'
import { parseTemporal } from '../../sql/date-time.js'
import { mergedType } from './inferred-types.js'

export interface XmlInference extends XmlNames {
  /** Whether leaves have types; they are texts otherwise. */
  readonly hasTypes: boolean
  readonly corruptField: string
}

/** The type of an element of XML as Spark infers it; a text that is none has one field. */
export function inferXml(text: string, inference: XmlInference): StructType {
  let root: XmlNode | null = null
  try {
    root = parsedXml(text).documentElement
  } catch {}
  if (!root) return struct([field(inference.corruptField, STRING)])
  return withTexts(structOf(root, inference)) as StructType
}

/** Its fields in the order of their names; what is there several times is an array. */
function structOf(element: XmlNode, inference: XmlInference): StructType {
  const types = new Map<string, DataType[]>()
  for (const [name, part] of partsOf(element, inference)) {
    const type = typeof part === 'string' ? leafType(part, inference) : elementType(part, inference)
    types.set(name, [...(types.get(name) ?? []), type])
  }
  const names = [...types.keys()].toSorted((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)))
  return struct(
    names.map((name) => {
      const [first, ...others] = types.get(name)!
      return field(name, others.length === 0 ? first! : array(others.reduce(mergedType, first!)))
    }),
  )
}

/** An element that has nothing but a text is that. */
function elementType(element: XmlNode, inference: XmlInference): DataType {
  const names = [...partsOf(element, inference)].map(([name]) => name)
  const children = [...childrenOf(element)]
  if (names.length === 0 || (names.every((name) => name === inference.valueTag) && children.every(isText)))
    return leafType(children.map(({ nodeValue }) => nodeValue ?? '').join(''), inference)
  return structOf(element, inference)
}

const WHOLE = /^[+-]?\d+$/
const NUMBER = /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?$/
const DAY = /^\d{4}-\d{2}-\d{2}$/
const MOMENT = /^\d{4}-\d{1,2}-\d{1,2}[ T]./
const CLOCK = /^\d{1,2}:\d{2}/

const isTime = (text: string, type: DataType): boolean =>
  parseTemporal(text, type, { timeZone: 'UTC', nowMicros: 0n }) !== undefined

function leafType(written: string, { hasTypes }: XmlInference): DataType {
  const text = written.trim()
  if (text === '') return VOID
  if (!hasTypes) return STRING
  if (WHOLE.test(text)) {
    const value = BigInt(text.replace('+', ''))
    return BigInt.asIntN(64, value) === value ? BIGINT : DOUBLE
  }
  if (NUMBER.test(text)) return DOUBLE
  if (/^(?:true|false)$/i.test(text)) return BOOLEAN
  if (DAY.test(text) && isTime(text, DATE)) return DATE
  if (MOMENT.test(text) && isTime(text, TIMESTAMP)) return TIMESTAMP
  // A time alone is one of today.
  return CLOCK.test(text) && isTime(text, TIME) ? TIMESTAMP : STRING
}

/** What only was empty is a text. */
function withTexts(type: DataType): DataType {
  switch (type.kind) {
    case 'void':
      return STRING
    case 'array':
      return array(withTexts(type.element))
    case 'struct':
      return struct(type.fields.map((one) => field(one.name, withTexts(one.type))))
    default:
      return type
  }
}
