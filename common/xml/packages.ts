import { createRequire } from 'node:module'

/*
 * The packages for XML, with types of what is used of them: their own bring the globals of browsers with them, which are others than those of Node,
 * and would hold for all files. They are loaded when a query needs them.
 */

const load = createRequire(import.meta.url)

export interface XmlAttribute {
  readonly name: string
  readonly value: string
}

/** An element, or what lies within or beside one. */
export interface XmlNode {
  readonly nodeType: number
  readonly nodeName: string
  readonly nodeValue: string | null
  readonly firstChild: XmlNode | null
  readonly nextSibling: XmlNode | null
  readonly attributes: ArrayLike<XmlAttribute>
  toString(): string
}

export interface XmlDocument extends XmlNode {
  readonly documentElement: XmlNode | null
}

interface XmlParser {
  parseFromString(text: string, mimeType: 'text/xml'): XmlDocument
}

export interface XPathOptions {
  readonly node: XmlNode
  readonly allowAnyNamespaceForNoPrefix?: boolean
  readonly namespaces?: (prefix: string) => string
}

export interface XPathExpression {
  evaluate(options: XPathOptions): unknown
  evaluateNodeSet(options: XPathOptions): { toArray(): readonly XmlNode[] }
  evaluateNumber(options: XPathOptions): number
  evaluateString(options: XPathOptions): string
  evaluateBoolean(options: XPathOptions): boolean
}

export const xmldom = () =>
  load('@xmldom/xmldom') as {
    readonly DOMParser: new (options: { readonly onError: () => void }) => XmlParser
    readonly onErrorStopParsing: () => void
  }

export const xpath = () =>
  load('xpath') as {
    parse(expression: string): XPathExpression
    readonly XNumber: new () => object
    readonly XBoolean: new () => object
  }
