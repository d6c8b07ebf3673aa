import { type DuckDBConnection, DuckDBDateValue, DuckDBDecimalValue, DuckDBTimestampValue } from '@duckdb/node-api'
import type { Session } from '../../../api/index.js'
import { Decimal } from '../../../columnar/decimal.js'
import { CalendarDate } from '../../../columnar/times/calendar-date.js'
import { Timestamp } from '../../../columnar/times/timestamp.js'
import { MillraceError } from '../../../common/errors/millrace-error.js'
import { queriedRows } from '../row-sets.js'
import type { RandomQuery } from './queries.js'
import { current, NOTHING, type Swaps, textOf } from './tree.js'

export type Outcome =
  | { readonly kind: 'same'; readonly rows: number }
  /** What one of them does not answer: not built, or data on which the two may differ in what they compute first. */
  | { readonly kind: 'refused'; readonly by: 'millrace' | 'duckdb'; readonly why: string }
  | { readonly kind: 'different'; readonly why: string; readonly detail: string }

/** What depends on which rows an expression sees, which either engine may choose, and what the tally says that we do not answer. */
const REFUSED =
  /^(UNABLE_TO_ACQUIRE_MEMORY|ARITHMETIC_OVERFLOW|NUMERIC_VALUE_OUT_OF_RANGE|CAST_OVERFLOW|DATETIME_OVERFLOW|UNSUPPORTED_\w+)/

const MOST_MS = 30_000
const LOOK_MS = 250
/** A query that takes DuckDB so long may take us too long. */
const LONG_MS = 1500
/** A join of everything with everything may have more than a process can hold. */
const MOST_ROWS = 200_000

type Answer = { readonly rows: readonly (readonly string[])[] } | { readonly error: string; readonly detail: string }

/** Runs a query in both engines and compares the rows. */
export async function compare(
  session: Session,
  connection: DuckDBConnection,
  { tree, order, orderedBy }: RandomQuery,
  swaps: Swaps = new Map(),
): Promise<Outcome> {
  const beganMs = performance.now()
  const theirs = await within(
    () => connection.interrupt(),
    async () => (await connection.streamAndReadUntil(textOf(tree, 'duckdb', swaps), MOST_ROWS + 1)).getRows(),
  )
  if ('rows' in theirs && theirs.rows.length > MOST_ROWS) return { kind: 'refused', by: 'duckdb', why: 'too many rows' }
  // What DuckDB does not end in time, as most joins of everything with everything, need not be tried.
  if ('error' in theirs && /interrupt/i.test(theirs.error)) return { kind: 'refused', by: 'duckdb', why: 'too slow' }
  const isLong = performance.now() - beganMs > LONG_MS
  const ours = await within(
    () => session.interruptAll(),
    () => queriedRows(session, textOf(tree, 'millrace', swaps)),
  )
  if ('error' in ours) {
    if (isLong && ours.error === 'OPERATION_CANCELED') return { kind: 'refused', by: 'millrace', why: 'too slow' }
    if (REFUSED.test(ours.error)) return { kind: 'refused', by: 'millrace', why: ours.detail }
    if ('error' in theirs && !/^INTERNAL/.test(ours.error)) return { kind: 'refused', by: 'duckdb', why: theirs.error }
    return { kind: 'different', why: ours.error, detail: ours.detail }
  }
  if ('error' in theirs) return { kind: 'refused', by: 'duckdb', why: theirs.error }
  const why = difference(ours.rows, theirs.rows, current(order, swaps) === NOTHING ? [] : orderedBy)
  return why === undefined ? { kind: 'same', rows: ours.rows.length } : { kind: 'different', ...why }
}

/** An answer, or the error of a query that was interrupted as it took too long: by the time of the processor, however busy the machine is. */
async function within(interrupt: () => void, run: () => Promise<readonly (readonly unknown[])[]>): Promise<Answer> {
  const begun = process.cpuUsage()
  const timer = setInterval(() => {
    const { user, system } = process.cpuUsage(begun)
    if ((user + system) / 1000 > MOST_MS) interrupt()
  }, LOOK_MS)
  try {
    return await answer(run)
  } finally {
    clearInterval(timer)
  }
}

async function answer(run: () => Promise<readonly (readonly unknown[])[]>): Promise<Answer> {
  try {
    return { rows: (await run()).map((row) => row.map(cellText)) }
  } catch (error) {
    const detail = error instanceof Error ? error.message : String(error)
    return { error: MillraceError.is(error) ? error.condition : detail.slice(0, 100), detail }
  }
}

/** The first difference between the rows of both. */
function difference(
  ours: readonly (readonly string[])[],
  theirs: readonly (readonly string[])[],
  orderedBy: readonly number[],
): { readonly why: string; readonly detail: string } | undefined {
  if (ours.length !== theirs.length) return { why: 'rows', detail: `${ours.length} rows instead of ${theirs.length}` }
  const sorted = (rows: readonly (readonly string[])[]): readonly (readonly string[])[] =>
    rows
      .map((row) => ({ row, key: row.join('|') }))
      .toSorted((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0))
      .map(({ row }) => row)
  const asSets = firstDifference(sorted(ours), sorted(theirs))
  if (asSets !== undefined) return { why: 'rows', detail: asSets }
  const keys = (rows: readonly (readonly string[])[]) => rows.map((row) => orderedBy.map((i) => row[i] ?? ''))
  const inOrder = firstDifference(keys(ours), keys(theirs))
  return inOrder === undefined ? undefined : { why: 'order', detail: inOrder }
}

function firstDifference(
  ours: readonly (readonly string[])[],
  theirs: readonly (readonly string[])[],
): string | undefined {
  const at = ours.findIndex((row, i) => !row.every((cell, j) => isAlike(cell, theirs[i]![j]!)))
  return at < 0 ? undefined : `row ${at}: ${shown(ours[at]!)} instead of ${shown(theirs[at]!)}`
}

const shown = (row: readonly string[]): string => `[${row.map((cell) => cell.slice(0, 60)).join(' | ')}]`

/** Averages and quotients may differ in their last digits. */
function isAlike(mine: string, other: string): boolean {
  if (mine === other) return true
  if (!/^-?\d.*[.e]/.test(mine) && !/^-?\d.*[.e]/.test(other)) return false
  const [a, b] = [Number(mine), Number(other)]
  return Math.abs(a - b) <= 1e-9 * Math.max(Math.abs(a), Math.abs(b))
}

/** Values as texts that do not tell types of numbers apart. */
function cellText(value: unknown): string {
  if (value === null || value === undefined) return 'NULL'
  if (typeof value === 'number')
    return Number.isFinite(value) ? String(Number(value.toPrecision(12)) + 0) : String(value)
  if (value instanceof DuckDBDecimalValue) return plain(new Decimal(value.value, value.scale).toString())
  if (value instanceof Decimal) return plain(value.toString())
  if (value instanceof DuckDBDateValue) return `day ${value.days}`
  if (value instanceof CalendarDate) return `day ${value.getTime() / 86_400_000}`
  if (value instanceof DuckDBTimestampValue) return `time ${value.micros}`
  if (value instanceof Timestamp) return `time ${value.micros}`
  return String(value)
}

const plain = (decimal: string): string =>
  decimal.includes('.') ? decimal.replace(/\.?0+$/, '').replace(/^-0$/, '0') : decimal
