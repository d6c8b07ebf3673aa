import { mayRaise } from '../../../planner/plan/expression/may-raise.js'
import { aggregateState, givesStates, takesStates } from '../../../planner/plan/physical/aggregate-state.js'
import type { PhysicalAggregate } from '../../../planner/plan/physical/plan.js'
import { compileExpression } from '../../compiler/expression/compile.js'
import type { CompilerContext } from '../../compiler/expression/context.js'
import { inFunctions } from '../../compiler/expression/outline.js'
import { rowSource } from '../../compiler/expression/row-source.js'
import type { ColumnSource, Scope } from '../../compiler/expression/scope.js'
import { certainOf, computeShared } from '../../compiler/expression/shared.js'
import type { Value } from '../../compiler/expression/value.js'
import { inPieces, weightInLine } from '../../compiler/expression/weight.js'
import type { FunctionBuilder } from '../../compiler/wasm/function-builder.js'
import type { Local, Operand } from '../../compiler/wasm/types.js'
import { CHUNK_HEADER_BYTES, STORE_FIRST } from '../../kernels/interface/rows.js'
import { TABLE_ROW_STORE } from '../../kernels/interface/table.js'
import { type Accumulator, accumulatorFor, type Part, weightOfAggregate } from './accumulator.js'
import { whenAdded } from './added-values.js'
import { type Cells, clearCells, LocalCells, RowCells } from './cells.js'
import type { Consumer } from './consumer.js'
import { groupByCodes } from './group-codes.js'
import { type EmittedForGroup, type FoundGroup, GroupProbe } from './group-probe.js'
import { KeyLayout, type PreparedKey } from './key-layout.js'
import type { VectorRows } from './lanes/vector-rows.js'
import { vectorSums } from './lanes/vector-sums.js'
import { type RowRef, rowRefs } from './row-refs.js'
import type { TablePlace } from './table-place.js'
import type { VectorColumns } from './vector-test.js'

const CELL_BYTES = 8
/** How much code it is to load a key or the result of an aggregate (see `weightOf`). */
const RESULT_WEIGHT = 12

interface PlacedPart {
  readonly part: Part
  readonly offset: number
}

interface PlacedAccumulator {
  readonly accumulator: Accumulator
  readonly parts: readonly PlacedPart[]
  /** Those that no aggregate before has: only this one adds to them. */
  readonly own: readonly PlacedPart[]
  /** Position of its first column in the output. */
  readonly firstColumn: number
  /** Position of its first state column in the input of `final`. */
  readonly firstState: number
  readonly states: number
}

/**
 * The groups of an aggregation: rows of keys and accumulator cells in a table. As a consumer it adds
 * rows; `source` reads the groups back.
 */
export class GroupedAggregate implements Consumer {
  readonly width: number
  readonly keys: KeyLayout
  readonly #context: CompilerContext
  readonly #plan: PhysicalAggregate
  readonly #table: TablePlace
  readonly #placed: readonly PlacedAccumulator[]
  /** The positions of the aggregates that add up, in pieces for a function each. */
  readonly #pieces: readonly (readonly number[])[]
  /** Offset in a row of its mark, when rows have one. */
  readonly mark: number
  readonly #probe: GroupProbe
  #refs: number | undefined
  #single: { readonly row: Local; readonly cells: ReadonlyMap<Part, LocalCells> } | undefined

  /** @param markBytes room at the end of rows for their marks (`ROW_MARK_BYTES`); `header` bytes before the keys that are another's */
  constructor(context: CompilerContext, plan: PhysicalAggregate, table: TablePlace, markBytes = 0, header = 0) {
    this.#context = context
    this.#plan = plan
    this.#table = table
    const keys = plan.keys.map(({ expression: { type, nullable } }) => ({ type, nullable }))
    this.keys = new KeyLayout(context, keys, header)
    let offset = header + this.keys.width
    let firstColumn = keys.length
    let firstState = keys.length
    const known = new Map<string, PlacedPart>()
    this.#placed = plan.aggregates.map((call) => {
      const mayBeEmpty =
        keys.length === 0 || call.filter !== undefined || call.args.some((arg) => arg.nullable) || takesStates(plan)
      const takesNull = call.fn === 'first' || call.fn === 'last' || call.fold?.takesNull === true
      const accumulator = accumulatorFor({
        call,
        table,
        inWindow: false,
        mayBeEmpty: takesNull ? keys.length === 0 || call.filter !== undefined : mayBeEmpty,
      })
      const own: PlacedPart[] = []
      const parts = accumulator.parts.map((part) => {
        const shared = known.get(part.key)
        if (shared) return shared
        const placed = { part, offset }
        offset += part.cells.length * CELL_BYTES
        known.set(part.key, placed)
        own.push(placed)
        return placed
      })
      const states = aggregateState(call).length
      const placed = { accumulator, parts, own, firstColumn, firstState, states }
      firstColumn += givesStates(plan) ? states : 1
      firstState += states
      return placed
    })
    const adding = [...this.#placed.keys()].filter((i) => this.#placed[i]!.own.length > 0)
    this.#pieces = inPieces(adding, (i) => weightOfAggregate(plan.aggregates[i]!))
    this.mark = offset
    this.width = Math.max(offset + markBytes, 8)
    this.#probe = new GroupProbe(context, table, this.keys, this.width)
  }

  /** Offset of the list of refs in a row, made when it is first asked for. */
  get refs(): number {
    const ofParts = this.#placed.flatMap(({ own }) =>
      own.flatMap(({ part: { refCells = [] }, offset }) =>
        refCells.map((cell): RowRef => ({ offset: offset + cell * CELL_BYTES, kind: 'cells' })),
      ),
    )
    this.#refs ??= rowRefs(this.#context, [...this.keys.refs, ...ofParts])
    return this.#refs
  }

  /** Whether strings in rows are replaced by others, or grow. */
  get replacesStrings(): boolean {
    return this.#placed.some(({ own }) => own.some(({ part: { refCells = [] } }) => refCells.length > 0))
  }

  get hasKeys(): boolean {
    return this.#plan.keys.length > 0
  }

  begin(f: FunctionBuilder): void {
    this.#begin(f, this.#pieces.length <= 1)
  }

  /** @param inLocals whether the cells of the one group of an aggregate without keys are kept in locals */
  #begin(f: FunctionBuilder, inLocals: boolean): void {
    this.#probe.begin(f)
    if (this.hasKeys) return
    // The one group's row was put there before the first batch: it is the first of the store's first chunk.
    const row = this.#table.load(f, TABLE_ROW_STORE + STORE_FIRST).setNew('i32')
    f.get(row).i32(CHUNK_HEADER_BYTES).op('i32.add').set(row)
    // Functions of their own cannot reach locals of this one.
    const own = inLocals ? this.#placed.flatMap((placed) => placed.own) : []
    const cells = new Map(own.map(({ part, offset }) => [part, new LocalCells(f, part.cells, row, offset)]))
    this.#single = { row, cells }
  }

  end(): void {
    for (const cells of this.#single?.cells.values() ?? []) cells.flush()
  }

  row(scope: Scope): void {
    this.#addRow(scope)
  }

  /** Adds rows to groups, or puts them in place of groups, with something done for the group of each. */
  adding(found: FoundGroup, replaces = false): Consumer {
    return {
      begin: (f) => this.#begin(f, !replaces && this.#pieces.length <= 1),
      row: (scope) => this.addToGroup(scope, this.#groupOf(scope, found(scope)), replaces),
      end: () => this.end(),
    }
  }

  /**
   * Finds the groups of a batch's rows first, as far as their entries tell, in a loop that waits for many entries at once. Only where no row leaves the
   * table until all were added. Keys are hashed once more for it, which for strings takes longer than what it spares.
   */
  get lookingAhead(): Consumer {
    const { keys } = this.#plan
    const adding: Consumer = {
      begin: (f) => this.begin(f),
      row: (scope) => this.row(scope),
      end: () => this.end(),
      vector: (f, columns) => this.#vector(f, columns),
    }
    const isCheap =
      keys.every(({ expression }) => takesStates(this.#plan) || !mayRaise(expression)) && !this.keys.hasStrings
    if (!this.hasKeys || !isCheap) return adding
    const push = (scope: Scope): Local => {
      const row = this.#probe.presume(scope.f, this.preparedKey(scope))
      scope.f.i32(1)
      return row
    }
    return { ...adding, selection: { tests: [{ push }], row: (scope, _, kept) => this.#addRow(scope, kept) } }
  }

  /** Rows of the one group of an aggregate without keys, when its cells are in locals. */
  #vector(f: FunctionBuilder, columns: VectorColumns): VectorRows | undefined {
    const cells = this.#single?.cells ?? new Map<Part, LocalCells>()
    if (cells.size === 0 || takesStates(this.#plan)) return undefined
    const partsOf = ({ own }: PlacedAccumulator) => own.map(({ part }) => [part, cells.get(part)!] as const)
    const aggregates = this.#placed.map((placed, i) => ({ call: this.#plan.aggregates[i]!, parts: partsOf(placed) }))
    return vectorSums(f, columns, this.#context, aggregates)
  }

  #addRow(scope: Scope, presumed?: Local): void {
    const { keys } = this.#plan
    const find = (inner: Scope): Local => this.#probe.find(inner.f, this.preparedKey(inner), presumed)
    if (!this.hasKeys) this.addToGroup(scope, this.#single!.row)
    else if (presumed || takesStates(this.#plan)) this.addToGroup(scope, find(scope))
    else this.addToGroup(scope, groupByCodes(scope, this.#table, keys, find))
  }

  #groupOf(scope: Scope, { added, found }: EmittedForGroup): Local {
    const row = this.hasKeys ? this.#probe.find(scope.f, this.preparedKey(scope), undefined, added) : this.#single!.row
    found?.(row)
    return row
  }

  /** Adds a row to a group. @param isAlone whether it takes the place of what was added before */
  addToGroup(scope: Scope, row: Local, isAlone = false): void {
    if (!takesStates(this.#plan)) {
      computeShared(
        scope,
        this.#pieces.map((piece) => piece.flatMap((i) => certainOf(this.#plan.aggregates[i]!))),
      )
    }
    inFunctions(scope, this.#pieces, (inner, carry, piece) => {
      const groupRow = carry(row)
      for (const i of piece) {
        if (isAlone) for (const { part, offset } of this.#placed[i]!.own) clearCells(inner.f, part, groupRow, offset)
        this.#addTo(this.#placed[i]!, i, inner, groupRow)
      }
    })
  }

  #addTo({ own, firstState, states }: PlacedAccumulator, index: number, scope: Scope, row: Operand): void {
    const cellsOf = ({ part, offset }: PlacedPart): Cells =>
      this.#single?.cells.get(part) ?? new RowCells(scope.f, part.cells, row, offset)
    if (takesStates(this.#plan)) {
      const state = Array.from({ length: states }, (_, j) => scope.column(firstState + j))
      for (const placed of own) placed.part.merge(scope, cellsOf(placed), state)
    } else {
      const takesNull = own.some(({ part }) => part.takesNull)
      whenAdded(scope, this.#plan.aggregates[index]!, takesNull, (inner, values) => {
        for (const placed of own) placed.part.add(inner, cellsOf(placed), values)
      })
    }
  }

  /** The keys of the current row. */
  preparedKey(scope: Scope): PreparedKey {
    const values = this.#plan.keys.map((_, i) => this.#keyValue(scope, i))
    return this.keys.prepare(scope.f, values)
  }

  #keyValue(scope: Scope, index: number): Value {
    return takesStates(this.#plan) ? scope.column(index) : compileExpression(this.#plan.keys[index]!.expression, scope)
  }

  /** The keys and the state columns of the group whose row is given. */
  stateSource(row: Operand): ColumnSource {
    const load = (ordinal: number, scope: Scope, at: Operand): Value => {
      if (ordinal < this.#plan.keys.length) return this.keys.load(scope.f, at, ordinal)
      const placed = this.#placed.findLast((x) => x.firstState <= ordinal)!
      return placed.accumulator.state(scope, cellsIn(scope.f, at, placed))[ordinal - placed.firstState]!
    }
    return rowSource(row, load, RESULT_WEIGHT)
  }

  /**
   * Adds up the current row alone in a row that has been zero at first, and gives its columns as those of a group. The room that strings took
   * there before is used again.
   */
  ofOneRow(scope: Scope, row: Local): ColumnSource {
    this.addToGroup(scope, row, true)
    const groups = this.source(row)
    const keys = (inner: Scope, of: ColumnSource): ColumnSource => ({
      column: (ordinal, outer) =>
        ordinal < this.#plan.keys.length ? this.#keyValue(inner, ordinal) : of.column(ordinal, outer),
      fork: () => keys(inner.fork(), of.fork()),
      within: (g, carry) => keys(inner.within(g, carry), of.within(g, carry)),
      weight: (ordinal) => {
        const key = this.#plan.keys[ordinal]
        return key ? weightInLine(key.expression) : of.weight(ordinal)
      },
    })
    return keys(scope, groups)
  }

  /** The output columns of the group whose row is given. */
  source(row: Operand): ColumnSource {
    const load = (ordinal: number, scope: Scope, at: Operand): Value => {
      if (ordinal < this.#plan.keys.length) return this.keys.load(scope.f, at, ordinal)
      const placed = this.#placed.findLast((x) => x.firstColumn <= ordinal)!
      const cells = cellsIn(scope.f, at, placed)
      if (!givesStates(this.#plan)) return placed.accumulator.result(scope, cells)
      return placed.accumulator.state(scope, cells)[ordinal - placed.firstColumn]!
    }
    return rowSource(row, load, RESULT_WEIGHT)
  }
}

const cellsIn = (f: FunctionBuilder, row: Operand, { parts }: PlacedAccumulator): readonly Cells[] =>
  parts.map(({ part, offset }) => new RowCells(f, part.cells, row, offset))
