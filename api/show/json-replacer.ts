import { bigintJson } from '../../common/bigint-json.js'

/**
 * For `JSON.stringify(rows, jsonReplacer)`, which by itself refuses bigint: a bigint becomes a number, or text where a number of JavaScript
 * would not hold it exactly; bytes become base64, a `Map` an object, and NaN and infinities text. Dates, timestamps and decimals write themselves.
 */
export function jsonReplacer(_key: string, value: unknown): unknown {
  if (typeof value === 'bigint') return bigintJson(value)
  if (value instanceof Map) return Object.fromEntries([...value].map(([key, held]) => [String(key), held]))
  if (typeof value === 'number' && !Number.isFinite(value)) return String(value)
  return value instanceof Uint8Array ? Buffer.from(value).toString('base64') : value
}
