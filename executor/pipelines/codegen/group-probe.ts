import type { CompilerContext } from '../../compiler/expression/context.js'
import type { Scope } from '../../compiler/expression/scope.js'
import type { FunctionBuilder } from '../../compiler/wasm/function-builder.js'
import type { Label, Local } from '../../compiler/wasm/types.js'
import { DIRECTORY_ENTRY_SHIFT, DIRECTORY_HASH_SHIFT } from '../../kernels/interface/rows.js'
import { TABLE_DIRECTORY, TABLE_MASK } from '../../kernels/interface/table.js'
import type { KeyLayout, PreparedKey } from './key-layout.js'
import type { ReturningRows } from './returning-rows.js'
import type { TablePlace } from './table-place.js'

/** The directory of a table of groups, in one function; of the table that a row chose, where there are several. */
interface Directory {
  readonly address: Local
  readonly mask: Local
}

/** Emits what is done with a row that was just added, whose keys have this hash. */
export type AddedRow = (f: FunctionBuilder, row: Local, hash: Local) => void

/** Emits, for a row, what is done when its group was added, then what is done with the group's row. What it takes for that it computes when it is called. */
export type FoundGroup = (scope: Scope) => EmittedForGroup

export interface EmittedForGroup {
  readonly added: AddedRow
  readonly found?: (row: Local) => void
}

/** Emits how the row of a group is found in a table of groups, and added where there is none. */
export class GroupProbe {
  readonly #context: CompilerContext
  readonly #table: TablePlace
  readonly #keys: KeyLayout
  readonly #width: number
  readonly #returning: ReturningRows | undefined
  #directory: Directory | undefined

  /** @param width of the rows @param returning where groups may be on disk that are not in the table */
  constructor(context: CompilerContext, table: TablePlace, keys: KeyLayout, width: number, returning?: ReturningRows) {
    this.#returning = returning
    this.#context = context
    this.#table = table
    this.#keys = keys
    this.#width = width
  }

  begin(f: FunctionBuilder): void {
    const field = (offset: number): Local =>
      this.#table.isChosen ? f.local('i32') : this.#table.load(f, offset).setNew('i32')
    this.#directory = { address: field(TABLE_DIRECTORY), mask: field(TABLE_MASK) }
  }

  /** The row that the first entry for a key leads to, or 0 where that has another hash: without branches, and without reading the row. Only in one table for all rows. */
  presume(f: FunctionBuilder, key: PreparedKey): Local {
    const { address, mask } = this.#directory!
    const hash = this.#hash(f, key)
    f.get(address).get(hash).get(mask).op('i32.and').i32(DIRECTORY_ENTRY_SHIFT).op('i32.shl')
    const entry = f.op('i32.add').load('i64.load').setNew('i64')
    f.get(entry).op('i32.wrap_i64').i32(0)
    pushHashOf(f, entry).get(hash).op('i32.eq').select()
    return f.setNew('i32')
  }

  /**
   * The address of the group's row, added when there was none.
   * @param presumed what `presume` gave, when no row has left the table since
   * @param added emits what is done with a row that was added
   */
  find(f: FunctionBuilder, key: PreparedKey, presumed?: Local, added?: AddedRow): Local {
    const row = f.local('i32')
    f.block((found) => {
      if (presumed) {
        f.block((different) => {
          f.get(presumed).tee(row).op('i32.eqz').brIf(different)
          this.#keys.compare(f, row, key, different)
          f.br(found)
        })
      }
      this.#probe(f, key, row, found, added)
    })
    return row
  }

  #probe(f: FunctionBuilder, key: PreparedKey, row: Local, found: Label, added: AddedRow | undefined): void {
    const { address, mask } = this.#directory!
    const hash = this.#hash(f, key)
    if (this.#table.isChosen) {
      this.#table.choose(f, hash)
      this.#loadDirectory(f)
    }
    const slot = f.get(hash).get(mask).op('i32.and').setNew('i32')
    const entry = f.local('i64')
    const asked = this.#returning && f.i32(0).setNew('i32')
    f.loop((again) => {
      f.get(address).get(slot).i32(DIRECTORY_ENTRY_SHIFT).op('i32.shl').op('i32.add').load('i64.load').tee(entry)
      f.op('i32.wrap_i64').tee(row).op('i32.eqz')
      f.if(() => {
        if (asked) this.#ask(f, hash, asked, () => f.get(hash).get(mask).op('i32.and').set(slot).br(again))
        this.#table.address(f, 0).get(hash).i32(this.#width)
        f.call(this.#context.kernel('groupInsert')).set(row)
        this.#keys.store(f, row, key, this.#table)
        added?.(f, row, hash)
        this.#loadDirectory(f)
        f.br(found)
      })
      f.block((different) => {
        pushHashOf(f, entry).get(hash).op('i32.ne').brIf(different)
        this.#keys.compare(f, row, key, different)
        f.br(found)
      })
      f.get(slot).i32(1).op('i32.add').get(mask).op('i32.and').set(slot).br(again)
    })
  }

  /** Asks once for rows with a hash that are on disk, before one is added. */
  #ask(f: FunctionBuilder, hash: Local, asked: Local, lookAgain: () => void): void {
    f.get(asked).op('i32.eqz')
    f.if(() => {
      f.i32(1).set(asked)
      this.#returning!.ask(f, hash, () => {
        this.#loadDirectory(f)
        lookAgain()
      })
    })
  }

  #loadDirectory(f: FunctionBuilder): void {
    const { address, mask } = this.#directory!
    this.#table.load(f, TABLE_DIRECTORY).set(address)
    this.#table.load(f, TABLE_MASK).set(mask)
  }

  #hash(f: FunctionBuilder, key: PreparedKey): Local {
    return f.get(this.#keys.hash(f, key)).op('i32.wrap_i64').setNew('i32')
  }
}

const pushHashOf = (f: FunctionBuilder, entry: Local): FunctionBuilder =>
  f.get(entry).i64(BigInt(DIRECTORY_HASH_SHIFT)).op('i64.shr_u').op('i32.wrap_i64')
