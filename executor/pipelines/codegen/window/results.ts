import type { WindowCall } from '../../../../planner/plan/expression/expression.js'
import type { PhysicalWindow } from '../../../../planner/plan/physical/window.js'
import { compileExpression } from '../../../compiler/expression/compile.js'
import { anyNull } from '../../../compiler/expression/nulls.js'
import { rowSource } from '../../../compiler/expression/row-source.js'
import type { ColumnSource, Scope } from '../../../compiler/expression/scope.js'
import { assign, newSlots } from '../../../compiler/expression/slots.js'
import { type Value, withNull } from '../../../compiler/expression/value.js'
import type { Operand } from '../../../compiler/wasm/types.js'
import { resultKind } from './result-kind.js'
import type { RowFinders } from './row-finder.js'
import type { SharedResults } from './shared-results.js'
import { NO_ROW, type WindowRows } from './window-rows.js'

/** How much code it is to load a column or a result (see `weightOf`). */
const RESULT_WEIGHT = 12

/** The columns of a row with the results behind them. */
export function windowSource(
  { inputs, calls }: PhysicalWindow,
  rows: WindowRows,
  finders: RowFinders,
  shared: SharedResults | undefined,
  row: Operand,
): ColumnSource {
  const columns = inputs[0].attributes.length
  const load = (ordinal: number, scope: Scope, at: Operand): Value => {
    if (ordinal < columns) return rows.input(at).column(ordinal, scope)
    const call = calls[ordinal - columns]!
    const holder = shared?.rowWith(scope.f, call, finders, at) ?? at
    return resultKind(call.fn) === 'computed'
      ? rows.loadComputed(scope.f, holder, call)
      : pickedValue(scope, rows, finders, holder, call)
  }
  return rowSource(row, load, RESULT_WEIGHT)
}

/** The argument as the row has it that was found; without one NULL, or what the function has in its place. */
function pickedValue(scope: Scope, rows: WindowRows, finders: RowFinders, row: Operand, call: WindowCall): Value {
  const { f } = scope
  const found = rows.loadRow(f, row, call)
  const [argument, otherwise] = call.args
  const isNone = f.get(found).i32(NO_ROW).op('i32.eq').setNew('i32')
  f.get(isNone)
  f.if(
    // Any row can be read in the place of one that is not there.
    () => f.get(row),
    () => finders.in(f).push(found),
    'i32',
  )
  const at = f.setNew('i32')
  const value = compileExpression(argument!, rows.scopeAt(f, at))
  if (otherwise === undefined || (otherwise.kind === 'literal' && otherwise.value === null))
    return withNull(value, anyNull(f, [value.isNull, isNone]))
  const slots = newSlots(f, call.type, call.nullable)
  assign(f, slots, value)
  f.get(isNone).if(() => assign(f, slots, compileExpression(otherwise, rows.scopeAt(f, row))))
  return slots
}
