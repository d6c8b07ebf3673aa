import { BIGINT, quotedTypeName } from '../../../columnar/types.js'
import { MillraceError } from '../../../common/errors/millrace-error.js'
import type { AggregateCall } from '../../../planner/plan/expression/expression.js'
import { averageSumType } from '../../../planner/plan/physical/aggregate-state.js'
import { compileDecimalDivision } from '../../compiler/expression/functions/decimal-division.js'
import type { Scope } from '../../compiler/expression/scope.js'
import { scalar, type Value } from '../../compiler/expression/value.js'
import { weightInLine } from '../../compiler/expression/weight.js'
import type { FunctionBuilder } from '../../compiler/wasm/function-builder.js'
import type { Operand } from '../../compiler/wasm/types.js'
import type { Cells, CellType } from './cells.js'
import { CollectedPart } from './collected.js'
import { CountPart, SeenPart } from './counts.js'
import { foldOf } from './folded.js'
import { KeptPart } from './kept-value.js'
import type { Lanes } from './lanes/lanes.js'
import { DecimalSumPart, DoubleSumPart, LongSumPart } from './sums.js'
import type { TablePlace } from './table-place.js'

/**
 * Cells in which an aggregate adds up. Parts with the same key add up the same and are kept once for all aggregates of a plan. Values given
 * to `add` are never NULL, unless `takesNull`; `merge` takes the state columns of the aggregate it was made for, NULLs included.
 */
export interface Part {
  readonly key: string
  readonly cells: readonly CellType[]
  /** The cells that hold addresses of bytes; the next one holds how many they are. */
  readonly refCells?: readonly number[]
  readonly takesNull: boolean
  add(scope: Scope, cells: Cells, values: readonly Value[]): void
  merge(scope: Scope, cells: Cells, state: readonly Value[]): void
  /** How it adds four values at a time, within the function; undefined where it does not. */
  inVectors?(f: FunctionBuilder): VectorPart | undefined
}

/** Values that are added up in locals, four at a time. */
export interface VectorPart {
  /** @param lanes undefined when the aggregate has no argument: rows are added */
  add(lanes: Lanes | undefined): void
  /** Adds what there is in the locals to the cells. */
  end(scope: Scope, cells: Cells): void
}

/** How an aggregate is made of parts; `cells` are those of each. State columns are those of `aggregateState`. */
export interface Accumulator {
  readonly parts: readonly Part[]
  state(scope: Scope, cells: readonly Cells[]): readonly Value[]
  result(scope: Scope, cells: readonly Cells[]): Value
}

/** What an accumulator needs to know of where it stands. */
export interface AccumulatorSite {
  readonly call: AggregateCall
  /** The table whose store keeps strings. */
  readonly table: TablePlace
  /** Whether a group may exist in which no value was added. */
  readonly mayBeEmpty: boolean
  readonly inWindow: boolean
}

/** What is one value in a part, which is also its state. */
function single(part: Part, result: (scope: Scope, cells: Cells) => Value): Accumulator {
  return {
    parts: [part],
    state: (scope, cells) => [result(scope, cells[0]!)],
    result: (scope, cells) => result(scope, cells[0]!),
  }
}

/** A sum, and where a group may be without values whether there was one. */
function sum(part: LongSumPart | DoubleSumPart | DecimalSumPart, site: AccumulatorSite): Accumulator {
  const seen = new SeenPart(site.call)
  const result = (scope: Scope, [cells, seenCells]: readonly Cells[]): Value => {
    const value = part.value(scope, cells!)
    return seenCells ? { ...value, isNull: seen.isNull(seenCells) } : value
  }
  return {
    parts: site.mayBeEmpty ? [part, seen] : [part],
    state: (scope, cells) => [result(scope, cells)],
    result,
  }
}

/** An average: a sum and a count. */
class Average implements Accumulator {
  readonly parts: readonly Part[]
  readonly #sum: DecimalSumPart | DoubleSumPart
  readonly #count: CountPart
  readonly #call: AggregateCall

  constructor({ call, inWindow }: AccumulatorSite) {
    this.#call = call
    const type = averageSumType(call.args[0]!.type)
    const sumCall = { ...call, type }
    this.#sum = type.kind === 'decimal' ? new DecimalSumPart(sumCall, inWindow) : new DoubleSumPart(sumCall)
    this.#count = new CountPart(call, 1)
    this.parts = [this.#sum, this.#count]
  }

  state(scope: Scope, cells: readonly Cells[]): readonly Value[] {
    const { total, count } = this.#values(scope, cells)
    return [total, scalar(BIGINT, count, undefined)]
  }

  /** The sum, NULL where nothing was added, and how many values it is of. */
  #values(scope: Scope, [sumCells, countCells]: readonly Cells[]): { readonly total: Value; readonly count: Operand } {
    const count = this.#count.value(countCells!)
    const isNull = scope.f.get(count).op('i64.eqz').setNew('i32')
    return { total: { ...this.#sum.value(scope, sumCells!), isNull }, count }
  }

  result(scope: Scope, cells: readonly Cells[]): Value {
    const { f } = scope
    const { total, count } = this.#values(scope, cells)
    const { isNull } = total
    const { type, name, origin } = this.#call
    if (type.kind !== 'decimal' || total.type.kind !== 'decimal') {
      f.get((total as { readonly value: Operand }).value)
        .get(count)
        .op('f64.convert_i64_s')
        .op('f64.div')
      return scalar(type, f.setNew('f64'), isNull)
    }
    const divisor = scalar({ kind: 'decimal', precision: 18, scale: 0 }, count, undefined)
    const call = {
      kind: 'call',
      fn: 'divide',
      args: [],
      type,
      nullable: true,
      name,
      ...(origin ? { origin } : {}),
    } as const
    return compileDecimalDivision(call, total, divisor, scope)
  }
}

/** @throws UNSUPPORTED_FEATURE for `distinct` and for types that cannot be added up */
export function accumulatorFor(site: AccumulatorSite): Accumulator {
  const { call } = site
  if (call.distinct) {
    throw new MillraceError(
      'UNSUPPORTED_FEATURE',
      { feature: `${call.fn}(DISTINCT …) in a pipeline` },
      { origin: call.origin },
    )
  }
  switch (call.fn) {
    case 'count': {
      const count = new CountPart(call, 0)
      return single(count, (_, cells) => scalar(BIGINT, count.value(cells), undefined))
    }
    case 'sum':
      return sum(sumPartFor(site), site)
    case 'avg':
      return new Average(site)
    case 'min':
    case 'max':
    case 'first':
    case 'last': {
      const kept = new KeptPart(site, call.fn)
      return single(kept, (scope, cells) => kept.value(scope, cells))
    }
    case 'fold':
      return foldOf(site, call.fold!)
    case 'collect': {
      const collected = new CollectedPart(site)
      return single(collected, (_, cells) => collected.value(cells))
    }
  }
}

function sumPartFor({ call, inWindow }: AccumulatorSite): LongSumPart | DoubleSumPart | DecimalSumPart {
  const { type, origin } = call
  if (type.kind === 'decimal') return new DecimalSumPart(call, inWindow)
  if (type.kind === 'double') return new DoubleSumPart(call)
  if (type.kind === 'bigint') return new LongSumPart(call)
  throw new MillraceError('UNSUPPORTED_FEATURE', { feature: `sum as ${quotedTypeName(type)}` }, { origin })
}

const ADDING_WEIGHT = 16

/** How much code it is to add a row to an aggregate (see `weightOf`). */
export const weightOfAggregate = ({ args, filter }: AggregateCall): number =>
  [...args, ...(filter ? [filter] : [])].reduce((sum, e) => sum + weightInLine(e), ADDING_WEIGHT)
