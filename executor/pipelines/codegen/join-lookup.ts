import type { CompilerContext } from '../../compiler/expression/context.js'
import type { FunctionBuilder } from '../../compiler/wasm/function-builder.js'
import type { Local, Operand } from '../../compiler/wasm/types.js'
import { DIRECTORY_ENTRY_SHIFT, DIRECTORY_HASH_SHIFT, JOIN_TAG_SHIFT } from '../../kernels/interface/rows.js'
import {
  JOIN_FILTER,
  JOIN_FILTER_LAST,
  JOIN_HAS_NULL,
  TABLE_DIRECTORY,
  TABLE_MASK,
  TABLE_ROWS,
} from '../../kernels/interface/table.js'
import { loadSlot } from './consumer.js'

/** What of the table's header a probing function keeps at hand. */
export interface JoinHeader {
  readonly directory: Local
  readonly mask: Local
  readonly filter: Local
  readonly filterLast: Local
  /** Of a null-aware join. */
  readonly nulls: { readonly hasNull: Local; readonly rows: Local } | undefined
}

export function loadHeader(
  context: CompilerContext,
  f: FunctionBuilder,
  table: number,
  isNullAware: boolean,
): JoinHeader {
  const slot = (offset: number): Local => loadSlot(context, f, table + offset)
  return {
    nulls: isNullAware ? { hasNull: slot(JOIN_HAS_NULL), rows: slot(TABLE_ROWS) } : undefined,
    directory: slot(TABLE_DIRECTORY),
    mask: slot(TABLE_MASK),
    filter: slot(JOIN_FILTER),
    filterLast: slot(JOIN_FILTER_LAST),
  }
}

/** Sets `passes` to 0 when no row of the table has the hash. */
export function testFilter(f: FunctionBuilder, hash: Operand, { filter, filterLast }: JoinHeader, passes: Local): void {
  f.get(filter).get(hash).get(filterLast).op('i32.and').i32(3).op('i32.shr_u').op('i32.add').load('i32.load8_u')
  f.get(hash).i32(7).op('i32.and').op('i32.shr_u').i32(1).op('i32.and').set(passes)
}

/** Sets `row` to the first row of the chain of a hash, or to 0 when no row of the chain has a hash like it. */
export function lookUp(
  f: FunctionBuilder,
  hash: Operand,
  { directory, mask }: Pick<JoinHeader, 'directory' | 'mask'>,
  row: Local,
): void {
  const entry = f
    .get(directory)
    .get(hash)
    .get(mask)
    .op('i32.and')
    .i32(DIRECTORY_ENTRY_SHIFT)
    .op('i32.shl')
    .op('i32.add')
    .load('i64.load')
    .setNew('i64')
  f.get(entry).op('i32.wrap_i64').i32(0)
  f.get(entry)
    .i64(BigInt(DIRECTORY_HASH_SHIFT))
    .op('i64.shr_u')
    .op('i32.wrap_i64')
    .get(hash)
    .i32(JOIN_TAG_SHIFT)
    .op('i32.shr_u')
    .op('i32.shr_u')
  f.i32(1).op('i32.and').select().set(row)
}
