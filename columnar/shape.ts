import { type DataType, isShortDecimal } from './types.js'

/** In what a value is held: a number of WebAssembly, two words, an address with a length, or the fields of a struct. */
export type Shape = 'i32' | 'i64' | 'f32' | 'f64' | 'wide' | 'bytes' | 'struct'

/** How values of a type are held. A void (the bare NULL) is held as an i32. */
export function shapeOf(type: DataType): Shape {
  switch (type.kind) {
    case 'void':
    case 'boolean':
    case 'tinyint':
    case 'smallint':
    case 'int':
    case 'date':
    case 'interval_ym':
      return 'i32'
    case 'bigint':
    case 'timestamp':
    case 'timestamp_ntz':
    case 'interval_dt':
      return 'i64'
    case 'float':
      return 'f32'
    case 'double':
      return 'f64'
    case 'decimal':
      return isShortDecimal(type) ? 'i64' : 'wide'
    case 'string':
    case 'binary':
    case 'array':
    case 'map':
      return 'bytes'
    case 'struct':
      return 'struct'
  }
}
