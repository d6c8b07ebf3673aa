import {
  DAY_TIME_FIELDS,
  type DataType,
  type DayTimeIntervalType,
  INTERVAL_DT,
  INTERVAL_YM,
  YEAR_MONTH_FIELDS,
  type YearMonthIntervalType,
} from '../types.js'

/** The interval that has the fields of both; undefined when they are not of one kind. */
export function widerInterval(a: DataType, b: DataType): YearMonthIntervalType | DayTimeIntervalType | undefined {
  if (a.kind === 'interval_ym' && b.kind === 'interval_ym') {
    if (a.fields === undefined || b.fields === undefined) return INTERVAL_YM
    return Object.freeze({ kind: 'interval_ym', fields: widerFields(YEAR_MONTH_FIELDS, [...a.fields, ...b.fields]) })
  }
  if (a.kind !== 'interval_dt' || b.kind !== 'interval_dt') return undefined
  if (a.fields === undefined || b.fields === undefined) return INTERVAL_DT
  return Object.freeze({ kind: 'interval_dt', fields: widerFields(DAY_TIME_FIELDS, [...a.fields, ...b.fields]) })
}

function widerFields<F>(all: readonly F[], some: readonly F[]): readonly [F, F] {
  const named = all.filter((field) => some.includes(field))
  return [named[0]!, named.at(-1)!]
}
