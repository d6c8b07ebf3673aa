import type { FunctionBuilder } from '../../../compiler/wasm/function-builder.js'
import type { Local } from '../../../compiler/wasm/types.js'
import { hardWhere, type LaneSite, type Lanes, splat, splatFloat } from './lanes.js'
import { pushDividedBy } from './quotient.js'

/* Fields of dates as executor/kernels/assembly/times/dates.ts computes them, of four dates at once. */

/** Days from the first of March of the year 0 to 1970. */
const DAYS_BEFORE = 719_468
/** Later days, some 730,000 years from then, and earlier ones are left to kernels. */
const MOST_DAYS = 2 ** 28
const DAYS_OF_ERA = 146_097n
const DAYS_OF_FOUR_YEARS = 1461
const DAYS_BEFORE_JANUARY = 306
/** The days of the year before March. */
const DAYS_BEFORE_MARCH = 59
/** Near dates are those from the first of March of 1900 on for two hundred years: each fourth one has a leap day. */
const FIRST_NEAR_YEAR = 1900
const DAYS_BEFORE_NEAR = -25_508
const NEAR_DAYS = 73_049
/** Whole numbers are the lower bits of floats from this on, to which numbers are rounded when it is added: 2^23 + 2^22. */
const FLOAT_BASE = 0xc00000
const FLOAT_BASE_BITS = 0x4b400000

/** Years that begin in March, the days since then from 0 on, and a mask of the days that are in the next year of the calendar. */
interface MarchYear {
  readonly year: Local
  readonly day: Local
  readonly isNext: Local
}

function marchYear(site: LaneSite, date: Lanes): MarchYear {
  const { f } = site
  const found = { year: f.local('v128'), day: f.local('v128') }
  whereNear(
    site,
    date,
    () => yearOfEra(site, date, found),
    (days) => nearYear(f, days, found),
  )
  return { ...found, isNext: nextYear(f, found.day) }
}

function nextYear(f: FunctionBuilder, day: Local): Local {
  f.get(day)
    .get(splat(f, DAYS_BEFORE_JANUARY - 1))
    .op('i32x4.gt_s')
  return f.setNew('v128')
}

/** Leaves days since the first of March of 1900 in a local, and goes the way of dates of which one is not near where there is such. */
function whereNear(site: LaneSite, { values, valid }: Lanes, far: () => void, near: (days: Local) => void): void {
  const { f } = site
  f.get(values).get(splat(f, DAYS_BEFORE_NEAR)).op('i32x4.sub')
  const days = f.setNew('v128')
  f.get(days).get(splat(f, NEAR_DAYS)).op('i32x4.ge_u')
  if (valid) f.get(valid).op('v128.and')
  f.op('v128.any_true').if(far, () => near(days))
}

/**
 * Leaves how many years of 365.25 days begin by a day, as the bits of a float: they are the lower half of these. Floats are exact enough to tell: no day is nearer than an
 * eighth of one to where a year begins, when it counts from an eighth before or behind a whole one.
 */
function yearsOfDays(f: FunctionBuilder, days: Local, counted: number): Local {
  const daysOfYear = DAYS_OF_FOUR_YEARS / 4
  f.get(days)
    .op('f32x4.convert_i32x4_s')
    .get(splatFloat(f, 1 / daysOfYear))
    .op('f32x4.mul')
  f.get(splatFloat(f, counted / daysOfYear - 0.5))
    .op('f32x4.add')
    .get(splatFloat(f, FLOAT_BASE))
    .op('f32x4.add')
  return f.setNew('v128')
}

const pushNearYear = (f: FunctionBuilder, years: Local): void => {
  f.get(years)
    .get(splat(f, FLOAT_BASE_BITS - FIRST_NEAR_YEAR))
    .op('i32x4.sub')
}

/** Each fourth year that begins in March ends with a leap day. */
function nearYear(f: FunctionBuilder, days: Local, { year, day }: Omit<MarchYear, 'isNext'>): void {
  const years = yearsOfDays(f, days, 0.875)
  // Upper halves are multiplied by those of the other factor, which are zero.
  f.get(days).get(years).get(splat(f, DAYS_OF_FOUR_YEARS)).op('i32x4.dot_i16x8_s').i32(2).op('i32x4.shr_u')
  f.op('i32x4.sub').set(day)
  pushNearYear(f, years)
  f.set(year)
}

function yearOfEra(site: LaneSite, { values, valid }: Lanes, { year, day }: Omit<MarchYear, 'isNext'>): void {
  const { f } = site
  f.get(values).get(splat(f, DAYS_BEFORE)).op('i32x4.add')
  const days = f.setNew('v128')
  f.get(days).get(splat(f, MOST_DAYS)).op('i32x4.ge_u')
  hardWhere(site, valid)
  const three = splat(f, 3)
  const fourTimes = (lanes: Local): Local =>
    f.get(lanes).i32(2).op('i32x4.shl').get(three).op('i32x4.add').setNew('v128')
  pushDividedBy(f, fourTimes(days), DAYS_OF_ERA)
  const century = f.setNew('v128')
  // With a day more for each century without a leap day all centuries are alike.
  f.get(days).get(century).op('i32x4.add').get(century).i32(2).op('i32x4.shr_u').op('i32x4.sub')
  const even = f.setNew('v128')
  pushDividedBy(f, fourTimes(even), BigInt(DAYS_OF_FOUR_YEARS))
  f.set(year)
  f.get(even).get(year).get(splat(f, DAYS_OF_FOUR_YEARS)).op('i32x4.mul').i32(2).op('i32x4.shr_u')
  f.op('i32x4.sub').set(day)
}

function pushYear(f: FunctionBuilder, { year, isNext }: MarchYear): void {
  f.get(year).get(isNext).op('i32x4.sub')
}

/** Of near dates the days since the first of January of 1900, as if that had a leap day, tell the year without those of March. */
function yearOfDate(site: LaneSite, date: Lanes): Local {
  const { f } = site
  const year = f.local('v128')
  const far = (): void => {
    const found = { year, day: f.local('v128') }
    yearOfEra(site, date, found)
    pushYear(f, { ...found, isNext: nextYear(f, found.day) })
    f.set(year)
  }
  whereNear(site, date, far, (days) => {
    pushNearYear(f, yearsOfDays(f, days, DAYS_BEFORE_MARCH + 1.125))
    f.set(year)
  })
  return year
}

/** The month, from 3 to 14, behind 16 bits what 2141 a day make of its days. Days of a year have less than 16 bits. */
const monthAndDay = (f: FunctionBuilder, { day }: MarchYear): Local =>
  f.get(day).get(splat(f, 2141)).op('i32x4.dot_i16x8_s').get(splat(f, 197_913)).op('i32x4.add').setNew('v128')

function pushMonth({ f }: LaneSite, march: MarchYear): void {
  f.get(monthAndDay(f, march)).i32(16).op('i32x4.shr_u')
  f.get(march.isNext).get(splat(f, 12)).op('v128.and').op('i32x4.sub')
}

/** Pushes the days since the first of the month. */
function pushDayOfMonth(f: FunctionBuilder, march: MarchYear): void {
  f.get(monthAndDay(f, march)).get(splat(f, 0xffff)).op('v128.and')
  pushDividedBy(f, f.setNew('v128'), 2141n)
}

function pushDay({ f }: LaneSite, march: MarchYear): void {
  pushDayOfMonth(f, march)
  f.get(splat(f, 1)).op('i32x4.add')
}

/** Multiples of 25 times this, in 32 bits without a sign, are up to the other one: no others are. */
const INVERSE_OF_25 = 0xc28f5c29
const MOST_MULTIPLES = 0x0a3d70a3

/** Pushes a mask of the years with a leap day. */
function pushIsLeap(f: FunctionBuilder, year: Local): void {
  const zero = splat(f, 0)
  const divides = (mask: number): void => {
    f.get(year).get(splat(f, mask)).op('v128.and').get(zero).op('i32x4.eq')
  }
  divides(3)
  f.get(year)
    .get(splat(f, INVERSE_OF_25 | 0))
    .op('i32x4.mul')
    .get(splat(f, MOST_MULTIPLES))
    .op('i32x4.le_u')
  divides(15)
  // A multiple of 25 and not of 16 has no leap day, whether it is one of 4 or not.
  f.op('v128.andnot').op('v128.andnot')
}

function pushDayOfYear({ f }: LaneSite, { year, day, isNext }: MarchYear): void {
  pushIsLeap(f, year)
  const isLeap = f.setNew('v128')
  f.get(day)
    .get(splat(f, 1 - DAYS_BEFORE_JANUARY))
    .op('i32x4.add')
  f.get(day)
    .get(splat(f, DAYS_BEFORE_MARCH + 1))
    .op('i32x4.add')
    .get(isLeap)
    .op('i32x4.sub')
  f.get(isNext).op('v128.bitselect')
}

/** The last day of the month: months have 31 days where the lowest bit of their number, turned over from August on, is set, and else 30. */
function pushLastDay(site: LaneSite, march: MarchYear, { values }: Lanes): void {
  const { f } = site
  pushMonth(site, march)
  const month = f.setNew('v128')
  pushYear(f, march)
  pushIsLeap(f, f.setNew('v128'))
  const isLeap = f.setNew('v128')
  f.get(values).get(splat(f, 29)).op('i32x4.add')
  f.get(month).get(month).i32(3).op('i32x4.shr_u').op('i32x4.add').get(splat(f, 1)).op('v128.and').op('i32x4.add')
  // February lacks two of thirty days, or one.
  f.get(splat(f, -2)).get(isLeap).op('i32x4.sub').get(month).get(splat(f, 2)).op('i32x4.eq').op('v128.and')
  f.op('i32x4.add')
  pushDayOfMonth(f, march)
  f.op('i32x4.sub')
}

type Field = 'month' | 'day' | 'dayOfYear' | 'lastDay'

const FIELDS: Readonly<Record<Field, (site: LaneSite, march: MarchYear, date: Lanes) => void>> = {
  month: pushMonth,
  day: pushDay,
  dayOfYear: pushDayOfYear,
  lastDay: pushLastDay,
}

/** A field of dates. */
export function calendarLanes(field: Field | 'year', site: LaneSite, date: Lanes): Lanes {
  const { valid } = date
  if (field === 'year') return { values: yearOfDate(site, date), valid, isSmall: true }
  FIELDS[field](site, marchYear(site, date), date)
  return { values: site.f.setNew('v128'), valid, ...(field === 'lastDay' ? {} : { isSmall: true }) }
}
