import { MillraceError } from '../../common/errors/millrace-error.js'
import { parsedXml } from '../../common/xml/document.js'
import type { XmlNode } from '../../common/xml/packages.js'
import { childrenOf, isElement, isText, partsOf } from '../../common/xml/parts.js'
import type { XmlField, XmlReading, XmlShape } from '../../planner/plan/expression/xml-shape.js'
import type { HostRoutine } from './routine.js'
import { xmlLeaf } from './xml-leaves.js'
import { constantOnce } from './xml-specs.js'

export { write } from './xml-writing.js'

/* XML as JSON of a schema, which from_json then reads. */

/** A value that is not of its type: what was read before it counts, and nothing behind it. */
class Unfit extends Error {}

const readingOf = constantOnce<XmlReading>()

/** @throws MALFORMED_RECORD_IN_PARSING.WITHOUT_SUGGESTION */
export const json: HostRoutine = ([text, spec]) => {
  const reading = readingOf(spec as string)
  const found = new Map<string, string>()
  if (!isRead(text as string, reading, found)) {
    if (reading.failsFast) {
      const parameters = { badRecord: text as string, failFastMode: 'FAILFAST' }
      throw new MillraceError('MALFORMED_RECORD_IN_PARSING.WITHOUT_SUGGESTION', parameters)
    }
    if (reading.corruptField !== undefined) found.set(reading.corruptField, JSON.stringify(text))
  }
  return objectText(found)
}

/** Puts what a text has into `found`; false where it is no XML, or not of the schema. */
function isRead(text: string, reading: XmlReading, found: Map<string, string>): boolean {
  let root: XmlNode | null
  try {
    root = parsedXml(text).documentElement
  } catch {
    return false
  }
  if (!root) return false
  try {
    readFields(root, reading.fields, reading, found)
    return true
  } catch (error) {
    if (error instanceof Unfit) return false
    throw error
  }
}

const objectText = (values: ReadonlyMap<string, string>): string =>
  `{${[...values].map(([name, value]) => `${JSON.stringify(name)}:${value}`).join(',')}}`

function readFields(
  element: XmlNode,
  fields: readonly XmlField[],
  reading: XmlReading,
  found: Map<string, string>,
): void {
  const keyOf = (name: string): string => (reading.caseSensitive ? name : name.toLowerCase())
  const fieldsByKey = new Map(fields.map((field) => [keyOf(field.name), field]))
  const lists = new Map<string, string[]>()
  for (const [written, part] of partsOf(element, reading)) {
    const field = fieldsByKey.get(keyOf(written))
    if (!field) continue
    const { name, shape } = field
    if ('array' in shape) {
      const values = lists.get(name) ?? []
      lists.set(name, values)
      values.push(jsonOf(part, shape.array, reading))
      found.set(name, `[${values.join(',')}]`)
    } else found.set(name, jsonOf(part, shape, reading))
  }
}

/** A part as JSON. @throws Unfit */
function jsonOf(part: XmlNode | string, shape: XmlShape, reading: XmlReading): string {
  if ('leaf' in shape) {
    const value = xmlLeaf(
      typeof part === 'string' ? part : contentOf(part, shape.leaf === 'string'),
      shape.leaf,
      reading,
    )
    if (value === undefined) throw new Unfit()
    return value
  }
  if (typeof part === 'string') throw new Unfit()
  if ('array' in shape) return `[${jsonOf(part, shape.array, reading)}]`
  const found = new Map<string, string>()
  if ('struct' in shape) readFields(part, shape.struct, reading, found)
  else for (const [name, value] of partsOf(part, reading)) found.set(name, jsonOf(value, shape.map, reading))
  return objectText(found)
}

/** The text of an element; for a field that is a text also the elements within it, as they are written. */
function contentOf(element: XmlNode, keepsElements: boolean): string {
  let content = ''
  const hasElements = [...childrenOf(element)].some(isElement)
  for (const child of childrenOf(element)) {
    if (isText(child)) content += hasElements && keepsElements ? child.toString() : child.nodeValue!
    else if (isElement(child) && keepsElements) content += child.toString()
  }
  return content
}
