// Rows of a state that come back from disk when they are asked for: all that have one hash, at once (see interface/state-runs.ts). So the rows with a hash are
// all in memory, or all in runs.
import { DIRECTORY_ENTRY_SHIFT, JOIN_ROW_HASH, JOIN_ROW_NEXT } from '../../interface/rows'
import { RUN_LIST_ENTRY_BYTES, RUN_LIST_FIRST } from '../../interface/state-runs'
import { ROW_MARK_HASH, STATE_RUNS, TABLE_DIRECTORY, TABLE_MASK, TABLE_STRING_STORE } from '../../interface/table'
import { chainInsert } from './chained-state'
import { groupInsert } from '../rows/group-table'
import { bury, firstRowOf, isDead, runMayHave } from './state-runs'
import { copyStrings, stateExpires } from './state-table'

/** Whether rows with a hash, of which none is in memory, may be in a run. */
export function stateMayReturn(state: usize, hash: u32): i32 {
  const list: usize = load<u32>(state, STATE_RUNS)
  const end = list + RUN_LIST_FIRST + <usize>load<u32>(list) * RUN_LIST_ENTRY_BYTES
  for (let at = list + RUN_LIST_FIRST; at < end; at += RUN_LIST_ENTRY_BYTES)
    if (runMayHave(load<u32>(at), hash)) return 1
  return 0
}

/** The same where rows lie in chains: those with the hash may be in memory. */
export function chainMayReturn(state: usize, hash: u32): i32 {
  if (stateMayReturn(state, hash) == 0) return 0
  const place = <usize>(hash & load<u32>(state, TABLE_MASK)) << DIRECTORY_ENTRY_SHIFT
  let row: usize = load<u32>(<usize>load<u32>(state, TABLE_DIRECTORY) + place)
  for (; row != 0; row = load<u32>(row, JOIN_ROW_NEXT)) if (load<u32>(row, JOIN_ROW_HASH) == hash) return 0
  return 1
}

/**
 * Takes the rows with a hash out of a page of a run, that lies at `first`, into the memory.
 * @param expires where it says in a row when it expires, or 0
 */
export function runReturn(
  run: usize,
  page: u32,
  first: usize,
  hash: u32,
  state: usize,
  width: usize,
  mark: usize,
  expires: usize,
  refs: usize,
  chained: i32,
): void {
  const number = firstRowOf(run, page)
  const rows = firstRowOf(run, page + 1) - number
  for (let i: u32 = 0; i < rows; i++) {
    const old = first + <usize>i * width
    const own = load<u32>(old + mark, ROW_MARK_HASH)
    if (own > hash) return
    if (own < hash || isDead(run, number + i)) continue
    returnRow(old, hash, state, width, mark, expires, refs, chained)
    bury(run, number + i)
  }
}

/** The same with those rows of a page that expire at a time or before. */
export function runReturnDue(
  run: usize,
  page: u32,
  first: usize,
  until: i64,
  state: usize,
  width: usize,
  mark: usize,
  expires: usize,
  refs: usize,
): void {
  const number = firstRowOf(run, page)
  const rows = firstRowOf(run, page + 1) - number
  for (let i: u32 = 0; i < rows; i++) {
    const old = first + <usize>i * width
    if (load<i64>(old + expires) > until || isDead(run, number + i)) continue
    returnRow(old, load<u32>(old + mark, ROW_MARK_HASH), state, width, mark, expires, refs, 0)
    bury(run, number + i)
  }
}

function returnRow(
  old: usize,
  hash: u32,
  state: usize,
  width: usize,
  mark: usize,
  expires: usize,
  refs: usize,
  chained: i32,
): void {
  const row = chained != 0 ? chainInsert(state, hash, width) : groupInsert(state, hash, width)
  // What leads to the next row of the chain stays.
  const kept: usize = chained != 0 ? <usize>JOIN_ROW_HASH : 0
  memory.copy(row + kept, old + kept, width - kept)
  copyStrings(row, state + TABLE_STRING_STORE, refs)
  store<u32>(row + mark, 0)
  if (expires != 0 && load<i64>(row + expires) != i64.MAX_VALUE) stateExpires(state, row, load<i64>(row + expires))
}
