/** A bigint in JSON: a number, or text where a number of JavaScript would not hold it exactly. */
export const bigintJson = (value: bigint): number | string =>
  Number.isSafeInteger(Number(value)) ? Number(value) : String(value)

/** The object with what `JSON.stringify` asks for, which refuses bigints by itself; it is no property that is seen otherwise. */
export function writingBigints<T extends object>(object: T): T {
  const text = (): string =>
    JSON.stringify({ ...object }, (_name, value: unknown) => (typeof value === 'bigint' ? bigintJson(value) : value))
  return Object.defineProperty({ ...object }, 'toJSON', { value: () => JSON.parse(text()) })
}
