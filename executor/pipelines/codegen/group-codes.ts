import type { NamedExpression } from '../../../planner/plan/expression/expression.js'
import type { ColumnCode, Scope } from '../../compiler/expression/scope.js'
import type { FunctionBuilder } from '../../compiler/wasm/function-builder.js'
import type { Local } from '../../compiler/wasm/types.js'
import type { TablePlace } from './table-place.js'

/** The numbers of so many dictionaries are kept with a table of groups. */
const MOST_KEYS = 2
const ADDRESS_SHIFT = 2

/**
 * The row of the current row's group. Where the keys are columns that come as codes of dictionaries, groups that were found before are found again by the
 * codes alone: no value is loaded, hashed or compared for it.
 * @param find finds any group, or adds it
 */
export function groupByCodes(
  scope: Scope,
  table: TablePlace,
  keys: readonly NamedExpression[],
  find: (scope: Scope) => Local,
): Local {
  const codes = table.isChosen ? undefined : codesOf(scope, keys)
  if (!codes) return find(scope)
  const { f } = scope
  const rows = f.atEntry('i32', () => {
    table.address(f, 0)
    codes.forEach(({ dictionary }, i) => {
      f.get(dictionary).op('i64.extend_i32_u')
      if (i > 0) f.i64(32n).op('i64.shl').op('i64.or')
    })
    codes.forEach((code, i) => {
      f.get(code.codes).op('i64.extend_i32_u')
      if (i > 0) f.op('i64.mul')
    })
    f.call(scope.kernel('groupCodes'))
  })
  const [row, place] = [f.local('i32'), f.local('i32')]
  f.block((found) => {
    f.get(rows)
    f.if(() => {
      pushPlace(f, codes)
      f.get(rows).op('i32.add').tee(place).load('i32.load').tee(row).brIf(found)
    })
    f.get(find(scope.fork())).set(row)
    f.get(rows)
    f.if(() => f.get(place).get(row).store('i32.store'))
  })
  return row
}

/** Pushes how far from the first one the place for the current codes is. */
function pushPlace(f: FunctionBuilder, codes: readonly ColumnCode[]): void {
  codes.forEach((code, i) => {
    if (i > 0) f.get(code.codes).op('i32.mul')
    f.get(code.load())
    if (i > 0) f.op('i32.add')
  })
  f.i32(ADDRESS_SHIFT).op('i32.shl')
}

function codesOf(scope: Scope, keys: readonly NamedExpression[]): readonly ColumnCode[] | undefined {
  const ordinals = keys.flatMap(({ expression }) => (expression.kind === 'bound' ? [expression.ordinal] : []))
  if (keys.length > MOST_KEYS || ordinals.length < keys.length) return undefined
  const codes = ordinals.flatMap((ordinal) => scope.code(ordinal) ?? [])
  return codes.length === keys.length ? codes : undefined
}
