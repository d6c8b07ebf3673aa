/** What stands in files of Avro, as a schema tells it; names are resolved. */
export type AvroType = AvroPlain | AvroFixed | AvroEnum | AvroArray | AvroMap | AvroRecord | AvroUnion

/** What a plain type or a fixed stands for, in Avro's words. */
export interface Meaning {
  readonly logicalType?: string
  readonly precision?: number
  readonly scale?: number
  /** The type that Spark wrote, where Avro has none. */
  readonly sparkType?: string
}

export const PLAIN_KINDS = ['null', 'boolean', 'int', 'long', 'float', 'double', 'bytes', 'string'] as const

export interface AvroPlain extends Meaning {
  readonly kind: (typeof PLAIN_KINDS)[number]
}

export interface AvroFixed extends Meaning {
  readonly kind: 'fixed'
  readonly name: string
  readonly size: number
}

export interface AvroEnum {
  readonly kind: 'enum'
  readonly name: string
  readonly symbols: readonly string[]
}

export interface AvroArray {
  readonly kind: 'array'
  readonly items: AvroType
}

export interface AvroMap {
  readonly kind: 'map'
  readonly values: AvroType
}

export interface AvroRecord {
  readonly kind: 'record'
  readonly name: string
  readonly fields: readonly AvroField[]
}

export interface AvroField {
  readonly name: string
  readonly aliases: readonly string[]
  readonly type: AvroType
  /** What a reader has of it where a file lacks it, as JSON; undefined when there is nothing. */
  readonly fallback: unknown
}

export interface AvroUnion {
  readonly kind: 'union'
  readonly branches: readonly AvroType[]
}
