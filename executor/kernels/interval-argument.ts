import {
  DAY_TIME_FIELDS,
  type DayTimeField,
  type DayTimeIntervalType,
  YEAR_MONTH_FIELDS,
  type YearMonthField,
  type YearMonthIntervalType,
} from '../../columnar/types.js'
import { JSON_FIELDS_SHIFT } from './interface/json-spec.js'

const FIELDS: readonly (YearMonthField | DayTimeField)[] = [...YEAR_MONTH_FIELDS, ...DAY_TIME_FIELDS]

type IntervalType = YearMonthIntervalType | DayTimeIntervalType

/** The fields of an interval type as specs of texts tell them: the first one, and above it the last. */
export function intervalArgument({ kind, fields }: IntervalType): number {
  const all = kind === 'interval_ym' ? YEAR_MONTH_FIELDS : DAY_TIME_FIELDS
  const [first, last] = fields ?? [all[0], all.at(-1)!]
  return FIELDS.indexOf(first) + (FIELDS.indexOf(last) << JSON_FIELDS_SHIFT)
}

/** The type that was told so. */
export function intervalTypeOf(argument: number): IntervalType {
  const fields = [argument & ((1 << JSON_FIELDS_SHIFT) - 1), argument >> JSON_FIELDS_SHIFT].map((at) => FIELDS[at]!)
  return (YEAR_MONTH_FIELDS as readonly string[]).includes(fields[0]!)
    ? { kind: 'interval_ym', fields: fields as [YearMonthField, YearMonthField] }
    : { kind: 'interval_dt', fields: fields as [DayTimeField, DayTimeField] }
}
