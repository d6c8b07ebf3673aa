import type { DataType, Field } from '../../../columnar/types.js'
import type { XmlNames } from '../../../common/xml/parts.js'

/** A type as routines for XML have it: a name of a type without parts, or what its parts are. */
export type XmlShape =
  | { readonly leaf: DataType['kind'] }
  | { readonly array: XmlShape }
  | { readonly map: XmlShape }
  | { readonly struct: readonly XmlField[] }

export interface XmlField {
  readonly name: string
  readonly shape: XmlShape
}

function xmlShape(type: DataType): XmlShape {
  switch (type.kind) {
    case 'struct':
      return { struct: xmlFields(type.fields) }
    case 'array':
      return { array: xmlShape(type.element) }
    case 'map':
      return { map: xmlShape(type.value) }
    default:
      return { leaf: type.kind }
  }
}

export const xmlFields = (fields: readonly Field[]): readonly XmlField[] =>
  fields.map(({ name, type }) => ({ name, shape: xmlShape(type) }))

/** How XML is read: options by Spark's names, and the fields of its root. */
export interface XmlReading extends XmlNames {
  readonly fields: readonly XmlField[]
  readonly nullValue?: string
  readonly ignoreSurroundingSpaces: boolean
  /** Whether case counts in names. */
  readonly caseSensitive: boolean
  readonly failsFast: boolean
  /** The field that gets a text that is not of the schema. */
  readonly corruptField?: string
}

/** How it is written. */
export interface XmlWriting {
  readonly fields: readonly XmlField[]
  readonly rowTag: string
  readonly attributePrefix: string
  readonly valueTag: string
  readonly nullValue?: string
  readonly indent: string
  readonly arrayElementName: string
  readonly validateName: boolean
}
