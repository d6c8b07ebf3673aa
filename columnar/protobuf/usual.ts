import type { ProtoKind } from './descriptor.js'

/* What fields are where they are not there, which descriptors have as text. */

/** Whether a text is such a value; of enumerations it is the name of one, which only they tell. */
export function isDefaultOf(kind: ProtoKind, text: string): boolean {
  switch (kind) {
    case 'double':
    case 'float':
      return text === 'nan' || !Number.isNaN(floatOf(text))
    case 'bool':
      return text === 'true' || text === 'false'
    case 'string':
    case 'bytes':
    case 'enum':
      return true
    case 'message':
    case 'group':
      return false
    default:
      return /^-?\d{1,20}$/.test(text) && isWithin(kind, BigInt(text))
  }
}

function isWithin(kind: ProtoKind, value: bigint): boolean {
  const bits = kind.endsWith('32') ? 32 : 64
  const isUnsigned = kind.startsWith('u') || kind.startsWith('f')
  return value === (isUnsigned ? BigInt.asUintN(bits, value) : BigInt.asIntN(bits, value))
}

/** NaN for what is no number. */
export const floatOf = (text: string): number =>
  /^-?inf$/.test(text) ? Number(text.replace('inf', 'Infinity')) : text.trim() === '' ? Number.NaN : Number(text)
