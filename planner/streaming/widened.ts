import type { DataType } from '../../columnar/types.js'

const WIDTHS = ['tinyint', 'smallint', 'int', 'bigint']

/** Whether every value of a type is one of another type, too, and the same sum. */
export function isWidened(from: DataType, to: DataType): boolean {
  if (from.kind === 'decimal' && to.kind === 'decimal') return from.scale === to.scale && from.precision <= to.precision
  if (from.kind === 'float') return to.kind === 'double'
  const [narrow, wide] = [from, to].map(({ kind }) => WIDTHS.indexOf(kind))
  return narrow! >= 0 && narrow! < wide!
}
