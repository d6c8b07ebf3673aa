import { type XmlEvent, XmlEvents } from '../../common/xml/events.js'
import type { XmlNode } from '../../common/xml/packages.js'
import { attributesOf, childrenOf, elementName, isBlank, isElement, isText } from '../../common/xml/parts.js'
import type { XmlField, XmlReading, XmlShape } from '../../planner/plan/expression/xml-shape.js'
import type { HostKernels } from './routine.js'
import { type TimeTexts, xmlLeaf } from './xml-leaves.js'

/** A value that is not of its type. */
class Unfit extends Error {}

/** The fields of the schemas that calls have, by their names. */
const fieldsByKey = new WeakMap<readonly XmlField[], ReadonlyMap<string, XmlField>>()

/** Values by the names of fields, as JSON; those of lists one by one. */
type Found = Map<string, string | string[]>

export const objectText = (values: ReadonlyMap<string, string | readonly string[]>): string =>
  `{${[...values].map(([name, value]) => `${JSON.stringify(name)}:${memberText(value)}`).join(',')}}`

const memberText = (value: string | readonly string[]): string =>
  typeof value === 'string' ? value : `[${value.join(',')}]`

/**
 * Reads an element by a schema, as Spark does it by the events of a parser. A value that is not of its type leaves the parser where it stands, and the struct around reads on
 * from there to the next end, which it takes for its own: what follows in the same element is read, what follows behind it is not.
 */
export class XmlRecord {
  readonly #events: XmlEvents
  readonly #reading: XmlReading
  readonly #times: TimeTexts
  readonly found: Found = new Map()

  constructor(root: XmlNode, reading: XmlReading, formats: Uint8Array, kernels: HostKernels) {
    this.#events = new XmlEvents(root)
    this.#reading = reading
    this.#times = {
      isTime: (text, place) => kernels.tellsTime(text, place, formats),
    }
  }

  /** Reads all of it into `found`; says whether it is of the schema. Nothing of it counts where an attribute or a text of the root is not. */
  read(root: XmlNode): boolean {
    try {
      this.#attributes(root, this.#reading.fields, this.found)
      return this.#fields(this.#reading.fields, this.found)
    } catch (error) {
      if (!(error instanceof Unfit)) throw error
      this.found.clear()
      return false
    }
  }

  /** @throws Unfit */
  #attributes(element: XmlNode, fields: readonly XmlField[], found: Found): void {
    for (const [name, value] of attributesOf(element, this.#reading)) {
      const field = this.#fieldCalled(name, fields)
      if (field) found.set(field.name, this.#leaf(value, field.shape))
    }
  }

  /** What is within a struct, up to the next end; false where something was not of its type. @throws Unfit for a text */
  #fields(fields: readonly XmlField[], found: Found): boolean {
    let isWhole = true
    for (;;) {
      const event = this.#events.next()
      if (event.kind === 'end') return isWhole
      if (event.kind === 'text') this.#text(event.text, fields, found)
      else
        try {
          this.#field(event.element, fields, found)
        } catch (error) {
          if (!(error instanceof Unfit)) throw error
          isWhole = false
        }
    }
  }

  /** A text beside elements. @throws Unfit */
  #text(text: string, fields: readonly XmlField[], found: Found): void {
    const field = isBlank(text) ? undefined : fields.find(({ name }) => name === this.#reading.valueTag)
    if (!field) return
    const { name, shape } = field
    if ('array' in shape) addTo(found, name, this.#leaf(text, shape.array))
    else found.set(name, this.#leaf(text, shape))
  }

  /** @throws Unfit */
  #field(element: XmlNode, fields: readonly XmlField[], found: Found): void {
    const field = this.#fieldCalled(elementName(element, this.#reading), fields)
    if (!field) return this.#events.leave(element)
    const { name, shape } = field
    if ('array' in shape) addTo(found, name, this.#value(element, shape.array))
    else found.set(name, this.#value(element, shape))
  }

  /** A field of a struct, or an element of a list in one. @throws Unfit */
  #value(element: XmlNode, shape: XmlShape): string {
    if (!('struct' in shape)) return this.#content(element, shape)
    const attributes: Found = new Map()
    this.#attributes(element, shape.struct, attributes)
    const found: Found = new Map()
    if (!this.#fields(shape.struct, found)) throw new Unfit()
    return objectText(new Map([...found, ...attributes]))
  }

  /** What is within an element whose start is behind. @throws Unfit */
  #content(element: XmlNode, shape: XmlShape): string {
    if ('leaf' in shape && shape.leaf === 'string') {
      const text = contentOf(element)
      const value = this.#leaf(text, shape)
      this.#events.leave(element)
      return value
    }
    const event = this.#events.peek()
    if (event.kind === 'end') {
      this.#events.next()
      return 'struct' in shape ? '{}' : 'null'
    }
    if ('struct' in shape) return this.#struct(shape.struct)
    if (event.kind === 'text') return this.#textContent(event.text, element, shape)
    if ('map' in shape) return this.#map(element, shape.map)
    if ('array' in shape) return `[${this.#content(element, shape.array)}]`
    throw new Unfit()
  }

  /** @throws Unfit */
  #struct(fields: readonly XmlField[]): string {
    const found: Found = new Map()
    if (!this.#fields(fields, found)) throw new Unfit()
    return objectText(found)
  }

  /** A text that comes first: blanks count for lists alone. @throws Unfit */
  #textContent(text: string, element: XmlNode, shape: XmlShape): string {
    if ('array' in shape) {
      this.#events.next()
      const value = this.#leaf(text, shape.array)
      this.#end()
      return `[${value}]`
    }
    if (isBlank(text)) {
      this.#events.next()
      return this.#content(element, shape)
    }
    const value = this.#leaf(text, shape)
    this.#events.next()
    this.#end()
    return value
  }

  /** The end, which only blanks may come before. @throws Unfit */
  #end(): void {
    let event: XmlEvent
    do event = this.#events.next()
    while (event.kind === 'text' && isBlank(event.text))
    if (event.kind !== 'end') throw new Unfit()
  }

  /** @throws Unfit */
  #map(element: XmlNode, values: XmlShape): string {
    const found: Found = new Map()
    for (const [name, value] of attributesOf(element, { ...this.#reading, excludeAttribute: false }))
      found.set(name, this.#leaf(value, values))
    for (;;) {
      const event = this.#events.next()
      if (event.kind === 'end') return objectText(found)
      if (event.kind === 'start')
        found.set(elementName(event.element, this.#reading), this.#content(event.element, values))
      else if (!isBlank(event.text)) found.set(this.#reading.valueTag, this.#leaf(event.text, values))
    }
  }

  #fieldCalled(name: string, fields: readonly XmlField[]): XmlField | undefined {
    const keyOf = (given: string): string => (this.#reading.caseSensitive ? given : given.toLowerCase())
    const known = fieldsByKey.get(fields) ?? new Map(fields.map((field) => [keyOf(field.name), field]))
    fieldsByKey.set(fields, known)
    return known.get(keyOf(name))
  }

  /** @throws Unfit */
  #leaf(text: string, shape: XmlShape): string {
    if (!('leaf' in shape)) throw new Unfit()
    const value = xmlLeaf(text, shape.leaf, this.#reading, this.#times)
    if (value === undefined) throw new Unfit()
    return value
  }
}

/** Another value of a field that is a list. */
function addTo(found: Found, name: string, value: string): void {
  const known = found.get(name)
  if (typeof known === 'object') known.push(value)
  else found.set(name, [value])
}

/** The text of an element with those within it, whose tags are written and whose texts are as they are. */
function contentOf(element: XmlNode): string {
  let content = ''
  for (const child of childrenOf(element)) {
    if (isText(child)) content += child.nodeValue!
    else if (isElement(child)) {
      const attributes = Array.from(child.attributes, ({ name, value }) => ` ${name}="${value}"`).join('')
      content += `<${child.nodeName}${attributes}>${contentOf(child)}</${child.nodeName}>`
    }
  }
  return content
}
