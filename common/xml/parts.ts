import type { XmlNode } from './packages.js'

const [ELEMENT, TEXT, CDATA] = [1, 3, 4]

/** What counts within elements, and by which names: options by Spark's names. */
export interface XmlNames {
  readonly attributePrefix: string
  readonly valueTag: string
  readonly excludeAttribute: boolean
  readonly ignoreNamespace: boolean
}

export function* childrenOf(node: XmlNode): Generator<XmlNode> {
  for (let child = node.firstChild; child; child = child.nextSibling) yield child
}

export const isElement = ({ nodeType }: XmlNode): boolean => nodeType === ELEMENT
export const isText = ({ nodeType }: XmlNode): boolean => nodeType === TEXT || nodeType === CDATA

/** A name that is `xmlns`, or has it for a prefix, is no attribute. */
const isDeclaration = (name: string): boolean => name === 'xmlns' || name.startsWith('xmlns:')

const nameOf = (name: string, { ignoreNamespace }: XmlNames): string =>
  ignoreNamespace ? name.slice(name.indexOf(':') + 1) : name

export const elementName = (element: XmlNode, names: XmlNames): string => nameOf(element.nodeName, names)

export const isBlank = (text: string): boolean => text.trim() === ''

/** The attributes of an element by the names of fields. */
export function* attributesOf(element: XmlNode, names: XmlNames): Generator<readonly [name: string, value: string]> {
  if (names.excludeAttribute) return
  for (const { name, value } of Array.from(element.attributes))
    if (!isDeclaration(name)) yield [names.attributePrefix + nameOf(name, names), value]
}

/** What an element has: its attributes, and the elements and texts within it, by the names of fields. Texts of blanks alone are none. */
export function* partsOf(
  element: XmlNode,
  names: XmlNames,
): Generator<readonly [name: string, part: XmlNode | string]> {
  yield* attributesOf(element, names)
  for (const child of childrenOf(element)) {
    if (isElement(child)) yield [elementName(child, names), child]
    else if (isText(child) && !isBlank(child.nodeValue!)) yield [names.valueTag, child.nodeValue!]
  }
}
