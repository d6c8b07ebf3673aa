import { Decimal } from '../../../api/index.js'

const TAX = 1.2

/** Uses what is around it, and a package. */
export function gross(net: number | null): number | null {
  return net === null ? null : Number(Decimal.parse(String(net)).toString()) * TAX
}

export function failing(x: number | null): number {
  if (x === 3) throw new RangeError('three is too many')
  return x ?? 0
}

function hidden(x: number): number {
  return x
}

export const notExported = hidden
