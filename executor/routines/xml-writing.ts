import { append } from '../../common/append.js'
import { MillraceError } from '../../common/errors/millrace-error.js'
import type { XmlField, XmlShape, XmlWriting } from '../../planner/plan/expression/xml-shape.js'
import type { HostRoutine } from './routine.js'
import { constantOnce } from './xml-specs.js'

/** A value of JSON all of whose leaves are texts. */
type Json = string | null | readonly Json[] | { readonly [name: string]: Json }
type JsonObject = { readonly [name: string]: Json }

const writingOf = constantOnce<XmlWriting>()

/** A struct, whose JSON is given, as XML. @throws FAILED_FUNCTION_CALL */
export const write: HostRoutine = ([text, spec]) => {
  const writing = writingOf(spec as string)
  const lines = elementOf(writing.rowTag, { struct: writing.fields }, JSON.parse(text as string) as Json, writing)
  return writing.indent === '' ? `${lines.join('')}\n` : lines.join('\n')
}

const TEXT_SIGNS: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '\r': '&#xd;' }
const ATTRIBUTE_SIGNS: Readonly<Record<string, string>> = {
  ...TEXT_SIGNS,
  '"': '&quot;',
  '\t': '&#x9;',
  '\n': '&#xa;',
}
const textOf = (text: string): string =>
  text.replace(/[&<\r]/g, (sign) => TEXT_SIGNS[sign]!).replaceAll(']]>', ']]&gt;')
const attributeText = (text: string): string => text.replace(/[&<\r"\t\n]/g, (sign) => ATTRIBUTE_SIGNS[sign]!)

const NAME = /^[\p{L}_:][\p{L}\p{N}_:.\u00b7-]*$/u

function checkedName(name: string, { validateName }: XmlWriting): string {
  if (!validateName || NAME.test(name)) return name
  throw new MillraceError('FAILED_FUNCTION_CALL', { funcName: '`to_xml`', cause: `'${name}' is no name in XML` })
}

/** The lines of an element, indented if so wanted: those of what is in it stand between its tags unless that is a text. */
function elementOf(name: string, shape: XmlShape, value: Json, writing: XmlWriting): readonly string[] {
  const tag = checkedName(name, writing)
  if ('leaf' in shape) return [`<${tag}>${textOf(leafText(value, writing))}</${tag}>`]
  const { attributes, text, children } = contentOf(shape, value, writing)
  const begin = `<${tag}${attributes.join('')}`
  if (children.length === 0) return [text === undefined ? `${begin}/>` : `${begin}>${textOf(text)}</${tag}>`]
  const inner = children.map((line) => writing.indent + line)
  return [`${begin}>`, ...inner, `${textOf(text ?? '')}</${tag}>`]
}

/** Only where NULLs have a text is there one here. */
const leafText = (value: Json, { nullValue = '' }: XmlWriting): string => (value as string | null) ?? nullValue

interface Content {
  readonly attributes: readonly string[]
  readonly text: string | undefined
  /** Lines of elements. */
  readonly children: readonly string[]
}

function contentOf(shape: XmlShape, value: Json, writing: XmlWriting): Content {
  const none = { attributes: [], text: undefined }
  if ('struct' in shape) return fieldsOf(shape.struct, (value ?? {}) as JsonObject, writing)
  if ('map' in shape) {
    const entries = Object.entries((value ?? {}) as JsonObject)
    return { ...none, children: entries.flatMap(([key, item]) => childOf(key, shape.map, item, writing)) }
  }
  // An array within an array.
  const item = 'array' in shape ? shape.array : shape
  const items = (value ?? []) as readonly Json[]
  return { ...none, children: items.flatMap((one) => childOf(writing.arrayElementName, item, one, writing)) }
}

const isWritten = (value: Json, { nullValue }: XmlWriting): boolean => value !== null || nullValue !== undefined

function fieldsOf(fields: readonly XmlField[], value: JsonObject, writing: XmlWriting): Content {
  const { attributePrefix, valueTag } = writing
  const attributes: string[] = []
  const children: string[] = []
  let text: string | undefined
  for (const { name, shape } of fields) {
    const part = value[name] ?? null
    if (!isWritten(part, writing)) continue
    if (name === valueTag && 'leaf' in shape) text = leafText(part, writing)
    else if (name.startsWith(attributePrefix) && name !== valueTag && 'leaf' in shape) {
      const attribute = checkedName(name.slice(attributePrefix.length), writing)
      attributes.push(` ${attribute}="${attributeText(leafText(part, writing))}"`)
    } else append(children, childOf(name, shape, part, writing))
  }
  return { attributes, text, children }
}

/** An array is an element for each of its own. */
function childOf(name: string, shape: XmlShape, value: Json, writing: XmlWriting): readonly string[] {
  if (!isWritten(value, writing)) return []
  if (!('array' in shape)) return elementOf(name, shape, value, writing)
  if (value === null) return []
  return (value as readonly Json[])
    .filter((item) => isWritten(item, writing))
    .flatMap((item) => elementOf(name, shape.array, item, writing))
}
