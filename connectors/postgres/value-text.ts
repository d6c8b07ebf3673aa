import { Decimal } from '../../columnar/decimal.js'
import { doubleText, floatText } from '../../columnar/double-text.js'
import { dateText, timestampText, timeText } from '../../columnar/times/calendar.js'
import type { PlainType } from '../../columnar/types.js'

/** A value as it is stored, which is not NULL. */
export type PresentValue = boolean | number | bigint | string | Uint8Array

/** How values of a type are written so that PostgreSQL reads them; undefined when it has no such type. */
export function valueText(type: PlainType): ((value: PresentValue) => string) | undefined {
  switch (type.kind) {
    case 'boolean':
      return (value) => (value ? 't' : 'f')
    case 'tinyint':
    case 'smallint':
    case 'int':
    case 'bigint':
      return String
    case 'float':
      return (value) => floatText(Number(value))
    case 'double':
      return (value) => doubleText(Number(value))
    case 'decimal':
      return (value) => new Decimal(BigInt(value as bigint), type.scale).toString()
    case 'string':
      return (value) => (typeof value === 'string' ? value : bufferOf(value as Uint8Array).toString())
    case 'binary':
      return (value) => `\\x${bufferOf(value as Uint8Array).toString('hex')}`
    case 'date':
      return (value) => inYears(dateText(Number(value)))
    case 'time':
      return (value) => timeText(BigInt(value as bigint))
    case 'timestamp':
      return (value) => inYears(`${timestampText(BigInt(value as bigint))}+00`)
    case 'timestamp_ntz':
      return (value) => inYears(timestampText(BigInt(value as bigint)))
    default:
      return undefined
  }
}

const bufferOf = ({ buffer, byteOffset, byteLength }: Uint8Array): Buffer => Buffer.from(buffer, byteOffset, byteLength)

/** There is no year 0 for the server: the year before 1 is 1 BC. */
function inYears(text: string): string {
  if (text.startsWith('+')) return text.slice(1)
  const [, minus, year, rest] = /^(-?)(\d+)(.*)$/.exec(text)!
  if (minus === '' && Number(year) > 0) return text
  return `${String(Number(year) + 1).padStart(4, '0')}${rest} BC`
}
